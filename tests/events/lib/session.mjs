// A session over the signaling protocol (docs/protocol.md), without media: for tests that look at who is where.

import WebSocket from "ws";

/** The handle of the one call that a session is in. */
const CALL = 1;
/** How long an answer may take, in milliseconds. */
const ANSWER_MAX_MS = 10_000;

export class Session {
  #socket;
  #requests = 0;
  #answers = new Map();
  #pongs = [];
  #heartbeat;
  #tell;

  /** Resolves when the server has said `welcome`. `tell` is called with every event, and every other message that is no answer. */
  static open(url, token, tell) {
    const session = new Session();
    session.#tell = tell;
    session.#socket = new WebSocket(`${url.replace("http", "ws")}/signaling`);
    return new Promise((resolve, reject) => {
      const socket = session.#socket;
      const fail = (why) => {
        clearInterval(session.#heartbeat);
        reject(new Error(why));
        for (const { reject: answer } of [...session.#answers.values(), ...session.#pongs]) answer(new Error(why));
      };
      socket.on("error", (error) => fail(`The session failed: ${error.message}`));
      socket.on("close", () => fail("The session is closed."));
      socket.on("open", () => session.#say({ type: "hello", versions: [1], token, client: "test 1" }));
      socket.on("message", (data) => {
        const message = JSON.parse(data);
        if (message.type === "goodbye") fail(`Goodbye: ${message.error.message}`);
        else if (message.type === "welcome") {
          session.#heartbeat = setInterval(() => session.heard().catch(() => {}), message.heartbeatMs);
          resolve(session);
        } else session.#hear(message);
      });
    });
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #hear(message) {
    if (message.type === "response") {
      this.#answers.get(message.id)?.resolve(message.reply ?? { type: "error", error: message.error });
      this.#answers.delete(message.id);
    } else if (message.type === "pong") this.#pongs.shift()?.resolve();
    else this.#tell(message);
  }

  #within(what, begin) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} was not answered within ${ANSWER_MAX_MS} ms.`)), ANSWER_MAX_MS);
      const settled = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      begin({ resolve: settled(resolve), reject: settled(reject) });
    });
  }

  /** Resolves with the reply, or with `{ type: "error", error }`. */
  ask(request) {
    const id = (this.#requests += 1);
    return this.#within(request.type, (answer) => {
      this.#answers.set(id, answer);
      this.#say({ type: "request", id, call: CALL, request });
    });
  }

  /** What the server had said before it was asked is here when this resolves. */
  heard() {
    return this.#within("ping", (answer) => {
      this.#pongs.push(answer);
      this.#say({ type: "ping" });
    });
  }

  /** The connection is gone, without a word. */
  cut() {
    clearInterval(this.#heartbeat);
    this.#socket.terminate();
  }

  /** The client goes. */
  close() {
    clearInterval(this.#heartbeat);
    this.#socket.close();
  }
}
