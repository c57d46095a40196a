// A bot that joins a meeting by its link, or answers calls to a user of the app. It hears each person alone, and says again, an octave
// higher, what each of them said.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { client, isSigned } from "../who-is-in/convene.mjs";
import { decode, encode, octaveUp, Phrases } from "./sound.mjs";

const { CONNECTION_STRING = "", PORT = "3002", PUBLIC_URL } = process.env;
const [target, displayName = "Parrot"] = process.argv.slice(2);
if (!target) {
  console.error("Usage: node bot.mjs <meeting link, or raw id of a user> [name]");
  process.exit(2);
}
const answersCalls = target.startsWith("8:acs:");
const ask = client(CONNECTION_STRING);
const connections = new Set();
let subscription;

/** What Convene tells of a connection. */
function told({ type, data }) {
  const what = type.replace("Microsoft.Communication.", "");
  const result = data.resultInformation;
  if (what === "MediaStreamingStarted") console.log("It hears and speaks.");
  else if (what === "MediaStreamingFailed") console.error(`No audio: ${result.message}`);
  else if (what === "CallDisconnected") {
    console.log(`Out of the call: ${result.message} (${result.code}/${result.subCode})`);
    connections.delete(data.callConnectionId);
    if (!answersCalls) process.exit(0);
  }
}

/** A call rings at a user of the app. */
async function rings({ to, callerDisplayName, incomingCallContext }) {
  if (to.rawId !== target) return;
  console.log(`${callerDisplayName || "Somebody"} calls.`);
  await enter("answer", { incomingCallContext });
}

/** Comes into a call, in order to hear and to speak. */
async function enter(action, how) {
  const audio = new URL("/audio", ours());
  audio.protocol = ours().protocol === "https:" ? "wss:" : "ws:";
  const connection = await ask("POST", `/calling/callConnections:${action}`, {
    ...how,
    callbackUri: new URL("/callbacks", ours()).href,
    displayName,
    mediaStreamingOptions: {
      transportType: "websocket",
      transportUrl: audio.href,
      contentType: "audio",
      audioChannelType: "unmixed",
      audioFormat: "pcm16KMono",
      startMediaStreaming: true,
      enableBidirectional: true,
    },
  });
  // Nothing is there any more: the caller hung up, or somebody else answered.
  if (connection) connections.add(connection.callConnectionId);
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  // Convene asks first whether this is where events are wanted.
  if (request.method === "OPTIONS") response.setHeader("WebHook-Allowed-Origin", request.headers["webhook-request-origin"] ?? "");
  response.end();
  if (request.method === "POST" && request.url === "/callbacks") JSON.parse(body).forEach(told);
  if (request.method === "POST" && request.url === "/events" && subscription && isSigned(subscription.secret, request.headers, body)) {
    rings(JSON.parse(body).data).catch((error) => console.error(error.message));
  }
});
const ours = () => new URL(PUBLIC_URL ?? `http://127.0.0.1:${server.address().port}`);

new WebSocketServer({ server, path: "/audio" }).on("connection", (socket) => {
  const phrases = new Phrases((who, phrase) => {
    console.log(`${who} said ${(phrase.length / 16_000).toFixed(1)} s`);
    socket.send(JSON.stringify({ kind: "AudioData", audioData: { data: encode(octaveUp(phrase)) } }));
  });
  socket.on("message", (text) => {
    const { kind, audioData } = JSON.parse(text);
    if (kind === "AudioData") phrases.take(audioData.participantRawID, decode(audioData.data), audioData.silent);
  });
});

server.listen(Number(PORT), "127.0.0.1", async () => {
  try {
    if (answersCalls) {
      const endpoint = new URL("/events", ours()).href;
      subscription = await ask("POST", "/events/subscriptions", { endpoint, includedEventTypes: ["Microsoft.Communication.IncomingCall"] });
      console.log(`${displayName} answers calls to ${target}.`);
    } else {
      await enter("connect", { callLocator: { kind: "teamsMeetingLinkLocator", meetingLink: target } });
      console.log(`In the meeting as ${displayName}.`);
    }
  } catch (error) {
    console.error(error.cause?.message ?? error.message);
    process.exit(1);
  }
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    const gone = [...connections].map((id) => `/calling/callConnections/${id}`);
    if (subscription) gone.push(`/events/subscriptions/${subscription.id}`);
    await Promise.allSettled(gone.map((path) => ask("DELETE", path)));
    process.exit(0);
  });
}
