// Somebody who joins, waits, leaves and is cut off. What it knows of itself it has from the server's messages.

import assert from "node:assert/strict";
import { Session } from "./session.mjs";

export class Person {
  /** `out`, `waits` or `in`. Somebody whose connection was cut for good is `out`; the server finds out later. */
  state = "out";
  /** Which of the targets, by its name; and what the server said of the call. */
  target;
  view;
  hands = [];
  /** Targets that this person was removed from. */
  barredFrom = new Set();
  session;

  constructor(url, { user, token, meeting }) {
    Object.assign(this, { url, user, token, meeting });
  }

  #out() {
    Object.assign(this, { state: "out", view: undefined, hands: [] });
  }

  #enter(view) {
    Object.assign(this, { state: "in", view });
  }

  #hear({ type, event }) {
    if (type !== "event") return;
    if (event.type === "admitted") this.#enter(event.call);
    if (event.type === "putBack") Object.assign(this, { state: "waits", view: undefined, hands: [] });
    if (event.type === "handsChanged") this.hands = event.hands;
    if (event.type === "ended") {
      if (event.end.reason.name === "removed") this.barredFrom.add(this.target);
      this.#out();
    }
  }

  async #connect() {
    this.session ??= await Session.open(this.url, this.token, (message) => this.#hear(message));
  }

  async join(name, target, muted) {
    await this.#connect();
    this.target = name;
    const reply = await this.session.ask({ type: "join", target, displayName: `Person ${this.user.slice(-4)}`, muted });
    assert.ok(reply.type === "joined" || reply.type === "waiting", `${this.user} may come into ${name}: ${JSON.stringify(reply.error)}`);
    if (reply.type === "joined") this.#enter(reply.call);
    else this.state = "waits";
  }

  async leave() {
    assert.equal((await this.session.ask({ type: "leave" })).type, "done");
  }

  /** The connection is gone, and this person does not come back to this place. */
  cut() {
    this.session.cut();
    this.session = undefined;
    this.#out();
  }

  /** The connection is gone and comes back. */
  async resume() {
    const { resumeSecret } = this.view;
    this.session.cut();
    this.session = undefined;
    this.hands = [];
    await this.#connect();
    const reply = await this.session.ask({ type: "resume", secret: resumeSecret });
    assert.equal(reply.type, "joined", `${this.user} still has a place in ${this.target}: ${JSON.stringify(reply.error)}`);
    this.#enter(reply.call);
  }

  /** True if it was done; false if it is not allowed, or whom it was about is gone. */
  async does(request) {
    const reply = await this.session.ask(request);
    assert.ok(reply.type !== "error" || [403, 404].includes(reply.error.code), `${request.type}: ${JSON.stringify(reply.error)}`);
    return reply.type !== "error";
  }
}
