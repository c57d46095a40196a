// An app's server for tests of published clients: it hears callbacks and serves files. And people with pages, by the signaling protocol
// (docs/protocol.md).

import { createServer } from "node:http";
import { WebSocket } from "ws";

/** A WAV file of silence, 16 kHz. */
export function silence(seconds) {
  const bytes = seconds * 32_000;
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  [1, 1].forEach((half, at) => header.writeUInt16LE(half, 20 + 2 * at));
  [16_000, 32_000].forEach((long, at) => header.writeUInt32LE(long, 24 + 4 * at));
  [2, 16].forEach((half, at) => header.writeUInt16LE(half, 32 + 2 * at));
  header.write("data", 36);
  header.writeUInt32LE(bytes, 40);
  return Buffer.concat([header, Buffer.alloc(bytes)]);
}

/** An app's server: `parse` reads what it is told, `files` are served by their names. */
export async function startApp(parse, files) {
  const kept = [];
  const asking = [];
  const http = createServer((request, response) => {
    const file = request.method === "GET" ? files[request.url.slice(1)] : undefined;
    if (request.method === "GET") return file ? response.end(file) : response.writeHead(404).end();
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      response.end();
      for (const event of JSON.parse(body)) kept.push(parse(event));
      asking.splice(0).forEach((look) => look());
    });
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${http.address().port}`;
  return {
    http,
    callbacks: `${base}/callbacks`,
    file: (name) => `${base}/${name}`,
    /** The next thing that a connection's app is told, but for lists of people. */
    async heard(connection) {
      for (;;) {
        const at = kept.findIndex((event) => event.callConnectionId === connection && event.kind !== "ParticipantsUpdated");
        if (at >= 0) return kept.splice(at, 1)[0];
        await new Promise((resolve) => asking.push(resolve));
      }
    },
    stop() {
      http.close();
      http.closeAllConnections();
    },
  };
}

/** Somebody in a group call. `ask` asks for something and gives the answer; `stop` closes the page. */
export async function inGroup(connectionString, identities, groupId) {
  const user = await identities.createUser();
  const { token } = await identities.getToken(user, ["voip"]);
  const { host, protocol } = new URL(/endpoint=([^;]*)/i.exec(connectionString)[1]);
  const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/signaling`);
  const waiting = new Map();
  let count = 0;
  const welcome = new Promise((resolve) =>
    socket.on("message", (text) => {
      const message = JSON.parse(text);
      if (message.type === "welcome") resolve();
      if (message.type === "response") waiting.get(message.id)?.(message);
    }),
  );
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ type: "hello", versions: [1], token, client: "test 1" }));
  await welcome;
  const ask = (request) =>
    new Promise((resolve) => {
      count += 1;
      waiting.set(count, resolve);
      socket.send(JSON.stringify({ type: "request", id: count, call: 1, request }));
    });
  const joined = await ask({ type: "join", target: { kind: "group", groupId }, displayName: "Ana", muted: false });
  if (joined.reply?.type !== "joined") throw new Error(JSON.stringify(joined));
  return { user, ask, stop: () => socket.close() };
}
