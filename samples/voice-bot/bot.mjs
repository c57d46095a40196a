// A bot that joins a meeting by its link, hears each person alone, and says again, an octave higher, what each of them said.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { client } from "../who-is-in/convene.mjs";
import { decode, encode, octaveUp, Phrases } from "./sound.mjs";

const { CONNECTION_STRING = "", PORT = "3002", PUBLIC_URL } = process.env;
const [meetingLink, displayName = "Parrot"] = process.argv.slice(2);
if (!meetingLink) {
  console.error("Usage: node bot.mjs <meeting link> [name]");
  process.exit(2);
}
const ask = client(CONNECTION_STRING);
let connection;

/** What Convene tells of the connection. */
function told({ type, data }) {
  const what = type.replace("Microsoft.Communication.", "");
  const result = data.resultInformation;
  if (what === "MediaStreamingStarted") console.log("It hears and speaks.");
  else if (what === "MediaStreamingFailed") console.error(`No audio: ${result.message}`);
  else if (what === "CallDisconnected") {
    console.log(`Out of the call: ${result.message} (${result.code}/${result.subCode})`);
    process.exit(0);
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  response.end();
  if (request.method === "POST" && request.url === "/callbacks") JSON.parse(body).forEach(told);
});

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
  const ours = new URL(PUBLIC_URL ?? `http://127.0.0.1:${server.address().port}`);
  const audio = new URL("/audio", ours);
  audio.protocol = ours.protocol === "https:" ? "wss:" : "ws:";
  try {
    connection = await ask("POST", "/calling/callConnections:connect", {
      callLocator: { kind: "teamsMeetingLinkLocator", meetingLink },
      callbackUri: new URL("/callbacks", ours).href,
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
  } catch (error) {
    console.error(error.cause?.message ?? error.message);
    process.exit(1);
  }
  console.log(`In the meeting as ${displayName}.`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    if (connection) await ask("DELETE", `/calling/callConnections/${connection.callConnectionId}`).catch(() => {});
    process.exit(0);
  });
}
