// A back end that knows who is in which call and meeting, and who waits, by events alone.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { CONNECTION_STRING = "", PORT = "3001", MEETINGS } = process.env;
const [, endpoint, accessKey] = /^endpoint=([^;]+?)\/?;accesskey=(.+)$/.exec(CONNECTION_STRING) ?? [];
if (!endpoint) throw new Error("Set CONNECTION_STRING to what `convene connection-string` prints.");

/** What is known of each call that goes on, by its id. An app keeps this, and the ids, in its database. */
const calls = new Map();
/** Ids of events that were taken: one may come more than once. */
const taken = new Set();
let secret;

function take({ type, data, time }) {
  const id = data.serverCallId;
  if (type === "Microsoft.Communication.CallStarted") {
    calls.set(id, { id, of: data.meeting ?? data.room ?? data.group, startedOn: time, participants: new Map(), waiting: new Map() });
  }
  // In a meeting somebody may wait before anybody has come in.
  const call = calls.get(id) ?? { id, of: data.meeting ?? data.room ?? data.group, participants: new Map(), waiting: new Map() };
  const who = data.user?.rawId;
  if (type === "Convene.LobbyKnocked") {
    calls.set(id, call);
    call.waiting.set(who, data.displayName);
  }
  if (type === "Convene.LobbyAdmitted" || type === "Convene.LobbyLeft") call.waiting.delete(who);
  if (type === "Microsoft.Communication.CallParticipantAdded") call.participants.set(who, data.displayName);
  if (type === "Microsoft.Communication.CallParticipantRemoved") call.participants.delete(who);
  if (type === "Microsoft.Communication.CallEnded") calls.delete(id);
}

/** Standard Webhooks: HMAC-SHA256 over `<id>.<seconds>.<body>`, and no older than five minutes. */
function isSigned({ "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": given = "" }, body) {
  if (!secret || !(Math.abs(Date.now() / 1000 - Number(seconds)) < 300)) return false;
  const expected = Buffer.from(`v1,${createHmac("sha256", secret).update(`${id}.${seconds}.${body}`).digest("base64")}`);
  return given.split(" ").some((one) => one.length === expected.length && timingSafeEqual(Buffer.from(one), expected));
}

const server = createServer(async (request, response) => {
  const answer = (status, body, headers = {}) => response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(body && JSON.stringify(body));
  const { method, url, headers } = request;
  // The handshake: this endpoint wants events of whoever asks; it checks their signatures.
  if (method === "OPTIONS" && url === "/events") return answer(200, undefined, { "WebHook-Allowed-Origin": headers["webhook-request-origin"] });
  if (method === "POST" && url === "/events") {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (!isSigned(headers, body)) return answer(401, { error: "The signature is not that of this subscription." });
    const event = JSON.parse(body);
    if (!taken.has(event.id)) take(event);
    taken.add(event.id);
    return answer(204);
  }
  if (method === "GET" && url === "/calls") {
    const people = (map) => [...map].map(([id, displayName]) => ({ id, displayName }));
    return answer(200, [...calls.values()].map((call) => ({ ...call, participants: people(call.participants), waiting: people(call.waiting) })));
  }
  return answer(404, { error: "GET /calls is all there is." });
});

/** A request to the server, signed with the access key. */
async function ask(method, path, body = "") {
  const target = `${path}?api-version=2023-10-01`;
  const date = new Date().toUTCString();
  const hash = createHash("sha256").update(body).digest("base64");
  const text = `${method}\n${target}\n${date};${new URL(endpoint).host};${hash}`;
  const signature = createHmac("sha256", Buffer.from(accessKey, "base64")).update(text).digest("base64");
  const answer = await fetch(endpoint + target, {
    method,
    body: body || undefined,
    headers: { "x-ms-date": date, "x-ms-content-sha256": hash, Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}` },
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

server.listen(Number(PORT), "127.0.0.1", async () => {
  const ours = `http://127.0.0.1:${server.address().port}`;
  // What an earlier run subscribed is of no use: its secret is not known any more.
  const { value } = await ask("GET", "/events/subscriptions");
  for (const { id, endpoint: theirs } of value) if (theirs === `${ours}/events`) await ask("DELETE", `/events/subscriptions/${id}`);
  const made = await ask("POST", "/events/subscriptions", JSON.stringify({ endpoint: `${ours}/events`, meetings: MEETINGS !== "no" }));
  secret = Buffer.from(made.secret.replace("whsec_", ""), "base64");
  console.log(`Ready on ${ours}/calls`);
});
