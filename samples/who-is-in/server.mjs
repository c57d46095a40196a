// A back end that knows who is in which call and meeting, and who waits, by events alone; and a page that shows it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { client, isSigned, subscribe } from "./convene.mjs";
import { open } from "./kept.mjs";

const { CONNECTION_STRING = "", PORT = "3001", ENDPOINT, MEETINGS, FOLDER, SECRET } = process.env;
const ask = client(CONNECTION_STRING);
const kept = open(FOLDER);

/** Bytes of an event; those of Convene have some hundreds. Larger: strangers cost more memory. Smaller: events are refused. */
const BODY_MAX = 64 * 1024;
/** How long changes are gathered before pages are told, in milliseconds. Longer: they look slow. Shorter: a busy call costs more. */
const GATHERED_MS = 100;

const file = (name) => readFileSync(new URL(name, import.meta.url));
const pages = { "/": [file("page.html"), "text/html; charset=utf-8"], "/page.mjs": [file("page.mjs"), "text/javascript; charset=utf-8"] };
const POLICY = "default-src 'self'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** The pages that are open. */
const openPages = new Set();
let gathering;

function tellPages() {
  gathering ??= setTimeout(() => {
    gathering = undefined;
    const text = `data: ${JSON.stringify(kept.list())}\n\n`;
    for (const page of openPages) page.write(text);
  }, GATHERED_MS);
}

function follow(request, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" }).write(`data: ${JSON.stringify(kept.list())}\n\n`);
  openPages.add(response);
  request.once("close", () => openPages.delete(response));
}

let isSubscribed;
const subscribed = new Promise((resolve) => (isSubscribed = resolve));

async function receive(request, answer) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > BODY_MAX) return answer(413, { error: `An event has ${BODY_MAX} bytes at most.` });
  }
  // The first event may come before the secret that its signature is checked with.
  if (!isSigned(await subscribed, request.headers, body)) return answer(401, { error: "The signature is not that of this subscription." });
  if (kept.take(JSON.parse(body))) tellPages();
  return answer(204);
}

const server = createServer(async (request, response) => {
  const answer = (status, body, headers = {}) => response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(body && JSON.stringify(body));
  const { method, headers } = request;
  const asked = `${method} ${request.url.split("?")[0]}`;
  try {
    // The handshake: this endpoint wants events of whoever asks; it checks their signatures.
    if (asked === "OPTIONS /events") return answer(200, undefined, { "WebHook-Allowed-Origin": headers["webhook-request-origin"] ?? "*" });
    if (asked === "POST /events") return await receive(request, answer);
    if (asked === "GET /calls") return answer(200, kept.list());
    if (asked === "GET /changes") return follow(request, response);
    const [content, type] = pages[asked.replace("GET ", "")] ?? [];
    if (content) return response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": POLICY }).end(content);
    return answer(404, { error: "GET /calls, GET /changes and the page at / are all there is." });
  } catch (error) {
    console.error(error);
    // Convene sends it again.
    return answer(500, { error: "It could not be taken." });
  }
});

server.listen(Number(PORT), "127.0.0.1", async () => {
  const ours = `http://127.0.0.1:${server.address().port}`;
  isSubscribed(SECRET ?? (await subscribe(ask, kept, ENDPOINT ?? `${ours}/events`, MEETINGS !== "no")));
  console.log(`Ready on ${ours}/`);
});
