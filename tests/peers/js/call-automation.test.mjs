// @azure/communication-call-automation, as published. Started by run.mjs. Callbacks go through the package's own parser.

import { CallAutomationClient, parseCallAutomationEvent, StreamingData } from "@azure/communication-call-automation";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";
import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { client as ask } from "../../../samples/who-is-in/convene.mjs";

const connectionString = process.env.CONVENE_CONNECTION_STRING;
const client = new CallAutomationClient(connectionString);
const identities = new CommunicationIdentityClient(connectionString);
const rooms = new RoomsClient(connectionString);
const ofGroup = () => ({ kind: "groupCallLocator", id: randomUUID() });

/** An endpoint that keeps what comes until somebody asks for it. */
const kept = [];
const asking = [];
const sockets = [];
const endpoint = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    response.end();
    for (const event of JSON.parse(body)) kept.push(parseCallAutomationEvent(event));
    asking.splice(0).forEach((look) => look());
  });
});
const url = () => `http://127.0.0.1:${endpoint.address().port}/callbacks`;
before(() => new Promise((resolve) => endpoint.listen(0, "127.0.0.1", resolve)));
after(() => {
  endpoint.close();
  sockets.forEach((socket) => socket.close());
});

/** The next callback of a connection, of which `expected` must be the kind. */
async function heard(connection, expected) {
  for (;;) {
    const at = kept.findIndex((event) => event.callConnectionId === connection);
    if (at >= 0) {
      const [event] = kept.splice(at, 1);
      assert.equal(event.kind, expected);
      return event;
    }
    await new Promise((resolve) => asking.push(resolve));
  }
}

/** Somebody with a page that is open, by the signaling protocol (docs/protocol.md). */
async function somebody() {
  const user = await identities.createUser();
  const { token } = await identities.getToken(user, ["voip"]);
  const { host, protocol } = new URL(/endpoint=([^;]*)/i.exec(connectionString)[1]);
  const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/signaling`);
  sockets.push(socket);
  const next = (fits) =>
    new Promise((resolve) => socket.on("message", (text) => fits(JSON.parse(text)) && resolve(JSON.parse(text))));
  await new Promise((resolve) => socket.once("open", resolve));
  const welcome = next((message) => message.type === "welcome");
  const ended = next((message) => message.event?.type === "ended");
  socket.send(JSON.stringify({ type: "hello", versions: [1], token, client: "test 1" }));
  await welcome;
  const enter = async (request, call = 1) => {
    const joined = next((message) => message.reply?.type === "joined" || message.error);
    socket.send(JSON.stringify({ type: "request", id: call, call, request }));
    assert.equal((await joined).error, undefined);
  };
  const askedToGo = () => next((message) => message.event?.type === "transferRequested");
  const follow = ({ event }) => enter({ type: "follow", transfer: event.transfer, displayName: "Ben", muted: false }, 2);
  const rings = () => next((message) => message.type === "rings");
  const accept = ({ ring }) => enter({ type: "accept", ring: ring.ring, displayName: "Ben", muted: false });
  return { user, ended, enter, rings, accept, askedToGo, follow };
}

/** Somebody in the group call. */
async function join(groupId) {
  const person = await somebody();
  await person.enter({ type: "join", target: { kind: "group", groupId }, displayName: "Ana", muted: false });
  return person;
}

test("a group call is connected to, looked at and hung up", async () => {
  const { callConnection, callConnectionProperties: made } = await client.connectCall(ofGroup(), url(), { operationContext: "mine" });
  assert.deepEqual([made.callConnectionState, made.targetParticipants], ["connected", []]);
  const id = made.callConnectionId;
  assert.equal((await heard(id, "CallConnected")).operationContext, "mine");
  const first = await heard(id, "ParticipantsUpdated");
  assert.deepEqual([first.participants, first.sequenceNumber, first.serverCallId], [[], 1, made.serverCallId]);
  const read = await client.getCallConnection(id).getCallConnectionProperties();
  assert.equal(read.serverCallId, made.serverCallId);
  const again = await client.connectCall({ kind: "serverCallLocator", id: made.serverCallId }, url());
  assert.equal(again.callConnectionProperties.serverCallId, made.serverCallId);
  await callConnection.hangUp(false);
  await heard(id, "CallDisconnected");
  await assert.rejects(callConnection.getCallConnectionProperties(), (error) => error.statusCode === 404);
  await again.callConnection.hangUp(false);
});

test("participants are listed, muted and removed, and the call is ended", async () => {
  const locator = ofGroup();
  const { user, ended } = await join(locator.id);
  const { callConnection, callConnectionProperties } = await client.connectCall(locator, url());
  const id = callConnectionProperties.callConnectionId;
  await heard(id, "CallConnected");
  assert.equal((await heard(id, "ParticipantsUpdated")).participants[0].identifier.communicationUserId, user.communicationUserId);
  const { values } = await callConnection.listParticipants();
  assert.deepEqual([values.length, values[0].isMuted, values[0].isOnHold], [1, false, false]);
  assert.equal((await callConnection.getParticipant(user)).identifier.communicationUserId, user.communicationUserId);
  const muted = await callConnection.muteParticipant(user, { operationContext: "quiet" });
  assert.equal(muted.operationContext, "quiet");
  assert.equal((await heard(id, "ParticipantsUpdated")).participants[0].isMuted, true);
  await callConnection.removeParticipant(user, { operationContext: "out" });
  const removed = await heard(id, "RemoveParticipantSucceeded");
  assert.deepEqual([removed.operationContext, removed.participant.communicationUserId], ["out", user.communicationUserId]);
  assert.equal((await ended).event.end.reason.subCode, 5300);
  await heard(id, "ParticipantsUpdated");
  await callConnection.removeParticipant(user);
  assert.equal((await heard(id, "RemoveParticipantFailed")).resultInformation.code, 404);
  await callConnection.hangUp(true);
  const { resultInformation } = await heard(id, "CallDisconnected");
  assert.deepEqual([resultInformation.code, resultInformation.subCode], [0, 7000]);
});

test("somebody is called, and others into the call", async () => {
  const [ben, cora] = [await somebody(), await somebody()];
  const ringing = ben.rings();
  const target = { targetParticipant: ben.user, sourceDisplayName: "Shop" };
  const { callConnection, callConnectionProperties: made } = await client.createCall(target, url(), { operationContext: "mine" });
  const id = made.callConnectionId;
  assert.deepEqual([made.callConnectionState, made.targetParticipants[0].communicationUserId], ["connecting", ben.user.communicationUserId]);
  const rings = await ringing;
  assert.equal(rings.ring.displayName, "Shop");
  await ben.accept(rings);
  assert.equal((await heard(id, "CallConnected")).operationContext, "mine");
  assert.equal((await heard(id, "ParticipantsUpdated")).participants.length, 1);
  assert.equal((await callConnection.getCallConnectionProperties()).callConnectionState, "connected");

  const add = (options) => callConnection.addParticipant({ targetParticipant: cora.user }, options);
  let atCora = cora.rings();
  const { invitationId, participant } = await add({ operationContext: "add" });
  assert.equal(participant.identifier.communicationUserId, cora.user.communicationUserId);
  await atCora;
  await callConnection.cancelAddParticipantOperation(invitationId, { operationContext: "cancel" });
  const canceled = await heard(id, "CancelAddParticipantSucceeded");
  assert.deepEqual([canceled.invitationId, canceled.operationContext], [invitationId, "cancel"]);
  await callConnection.cancelAddParticipantOperation(invitationId);
  assert.equal((await heard(id, "CancelAddParticipantFailed")).resultInformation.code, 404);

  await add({ invitationTimeoutInSeconds: 1, operationContext: "short" });
  const late = await heard(id, "AddParticipantFailed");
  assert.deepEqual([late.operationContext, late.resultInformation.code, late.resultInformation.subCode], ["short", 487, 10004]);
  atCora = cora.rings();
  await add();
  await cora.accept(await atCora);
  assert.equal((await heard(id, "AddParticipantSucceeded")).participant.communicationUserId, cora.user.communicationUserId);
  await callConnection.hangUp(true);
  assert.equal((await ben.ended).event.end.reason.subCode, 7000);
});

test("somebody is handed over to somebody else, and moved to another call", async () => {
  const locator = ofGroup();
  const [ben, cora] = [await join(locator.id), await somebody()];
  const { callConnection, callConnectionProperties: made } = await client.connectCall(locator, url());
  const id = made.callConnectionId;
  await heard(id, "CallConnected");
  await heard(id, "ParticipantsUpdated");
  let asked = ben.askedToGo();
  const handed = await callConnection.transferCallToParticipant(cora.user, { transferee: ben.user, operationContext: "hand" });
  assert.equal(handed.operationContext, "hand");
  const atCora = cora.rings();
  await ben.follow(await asked);
  await cora.accept(await atCora);
  const accepted = await heard(id, "CallTransferAccepted");
  assert.deepEqual([accepted.transferee.rawId, accepted.transferTarget.rawId, accepted.operationContext], [ben.user.communicationUserId, cora.user.communicationUserId, "hand"]);
  assert.equal((await ben.ended).event.end.reason.subCode, 7015);
  await heard(id, "ParticipantsUpdated");
  await callConnection.transferCallToParticipant(cora.user, { transferee: ben.user });
  assert.equal((await heard(id, "CallTransferFailed")).resultInformation.code, 404);

  const elsewhere = ofGroup();
  const dora = await join(elsewhere.id);
  const from = (await client.connectCall(elsewhere, url())).callConnectionProperties.callConnectionId;
  asked = dora.askedToGo();
  const moving = await callConnection.moveParticipants([dora.user, cora.user], from, { operationContext: "come" });
  assert.deepEqual([moving.fromCall, moving.participants.length, moving.operationContext], [from, 2, "come"]);
  assert.equal((await heard(id, "MoveParticipantFailed")).participant.communicationUserId, cora.user.communicationUserId);
  await dora.follow(await asked);
  await heard(id, "ParticipantsUpdated");
  const moved = await heard(id, "MoveParticipantSucceeded");
  assert.deepEqual([moved.participant.communicationUserId, moved.fromCall, moved.operationContext], [dora.user.communicationUserId, from, "come"]);
  assert.equal((await dora.ended).event.end.reason.subCode, 7015);
  await callConnection.hangUp(true);
});

test("a call that reaches nobody fails, and telephones are refused", async () => {
  const nobody = await identities.createUser();
  const { callConnectionProperties } = await client.createGroupCall([nobody], url());
  const id = callConnectionProperties.callConnectionId;
  for (const kind of ["CreateCallFailed", "CallDisconnected"]) {
    const { resultInformation } = await heard(id, kind);
    assert.deepEqual([resultInformation.code, resultInformation.subCode], [480, 10037]);
  }
  const target = { targetParticipant: { phoneNumber: "+15550100" }, sourceCallIdNumber: { phoneNumber: "+15550101" } };
  await assert.rejects(client.createCall(target, url()), (error) => error.statusCode === 400 && /telephone|sourceCallerIdNumber/.test(error.message));
});

test("a room is connected to", async () => {
  const room = await rooms.createRoom();
  const { callConnection, callConnectionProperties } = await client.connectCall({ kind: "roomCallLocator", id: room.id }, url());
  await heard(callConnectionProperties.callConnectionId, "CallConnected");
  await callConnection.hangUp(true);
});

/** The events of calls that ring, as Event Grid's own client reads them, until a test is over. */
async function incomingCalls(context, schema) {
  const deserializer = new EventGridDeserializer();
  const waiting = [];
  const came = [];
  const hook = createServer((request, response) => {
    if (request.method === "OPTIONS") {
      response.setHeader("WebHook-Allowed-Origin", request.headers["webhook-request-origin"]).end();
      return;
    }
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", async () => {
      const [event] = schema === "eventGrid" ? await deserializer.deserializeEventGridEvents(body) : await deserializer.deserializeCloudEvents(body);
      if (isSystemEvent("Microsoft.EventGrid.SubscriptionValidationEvent", event)) {
        response.setHeader("content-type", "application/json").end(JSON.stringify({ validationResponse: event.data.validationCode }));
        return;
      }
      response.end();
      assert.ok(isSystemEvent("Microsoft.Communication.IncomingCall", event));
      const take = waiting.shift();
      if (take) take(event.data);
      else came.push(event.data);
    });
  });
  await new Promise((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const convene = ask(connectionString);
  const target = `http://127.0.0.1:${hook.address().port}/events`;
  const { id } = await convene("POST", "/events/subscriptions", { endpoint: target, schema, includedEventTypes: ["Microsoft.Communication.IncomingCall"] });
  context.after(async () => {
    await convene("DELETE", `/events/subscriptions/${id}`);
    hook.close();
  });
  return () => came.shift() ?? new Promise((resolve) => waiting.push(resolve));
}

for (const schema of ["eventGrid", "cloudEvents"]) {
  test(`a call to a user of the app is read as ${schema} and answered by the app`, async (context) => {
    const next = await incomingCalls(context, schema);
    const [ana, bot] = [await somebody(), await identities.createUser()];
    await ana.enter({ type: "startCall", users: [bot.communicationUserId], displayName: "Ana", muted: false });
    const call = await next();
    assert.deepEqual([call.to.rawId, call.from.rawId, call.callerDisplayName], [bot.communicationUserId, ana.user.communicationUserId, "Ana"]);
    const desk = new CallAutomationClient(connectionString, { sourceIdentity: bot });
    const { callConnection, callConnectionProperties: made } = await desk.answerCall(call.incomingCallContext, url(), { operationContext: "mine" });
    assert.deepEqual(
      [made.callConnectionState, made.serverCallId, made.source.communicationUserId, made.targetParticipants[0].communicationUserId, made.answeredby.communicationUserId],
      ["connected", call.serverCallId, ana.user.communicationUserId, bot.communicationUserId, bot.communicationUserId],
    );
    const id = made.callConnectionId;
    assert.equal((await heard(id, "CallConnected")).operationContext, "mine");
    const { participants } = await heard(id, "ParticipantsUpdated");
    assert.deepEqual(participants.map((each) => each.identifier.communicationUserId).sort(), [ana.user, bot].map((each) => each.communicationUserId).sort());
    await assert.rejects(client.answerCall(call.incomingCallContext, url()), (error) => error.statusCode === 404);
    await callConnection.hangUp(false);
    assert.equal((await ana.ended).event.end.reason.subCode, 5003);
    await heard(id, "CallDisconnected");
  });
}

test("a call to a user of the app is redirected to somebody who answers, and rejected", async (context) => {
  const next = await incomingCalls(context, "cloudEvents");
  const [ana, cora, bot] = [await somebody(), await somebody(), await identities.createUser()];
  const rings = cora.rings();
  await ana.enter({ type: "startCall", users: [bot.communicationUserId], displayName: "Ana", muted: false });
  await client.redirectCall((await next()).incomingCallContext, { targetParticipant: cora.user });
  const ring = await rings;
  assert.equal(ring.ring.displayName, "Ana");
  // The other one is a user of the app, too.
  assert.equal((await next()).incomingCallContext, ring.ring.ring);
  await cora.accept(ring);

  for (const [callRejectReason, code] of [[undefined, 603], ["busy", 486], ["forbidden", 403]]) {
    const caller = await somebody();
    await caller.enter({ type: "startCall", users: [bot.communicationUserId], displayName: "Ana", muted: false });
    await client.rejectCall((await next()).incomingCallContext, { callRejectReason });
    const { reason } = (await caller.ended).event.end;
    assert.deepEqual([reason.code, reason.subCode], [code, 0]);
  }
  await assert.rejects(client.rejectCall("nonsense"), (error) => error.statusCode === 404);
});

test("what is missing is refused by 501", async () => {
  const missing = (error) => error.statusCode === 501 && error.code === "NotImplemented";
  const { callConnection } = await client.connectCall(ofGroup(), url());
  await assert.rejects(callConnection.getCallMedia().startTranscription({ locale: "en-US" }), missing);
  await callConnection.hangUp(true);
});

test("audio goes to the app and back in frames that the package reads, as often as the app says", async () => {
  const sound = new WebSocketServer({ server: endpoint, path: "/audio" });
  const opened = [];
  const waiting = [];
  sound.on("connection", (socket, request) => {
    const stream = { socket, headers: request.headers, frames: [], closed: new Promise((resolve) => socket.once("close", resolve)) };
    socket.on("message", (text) => {
      stream.frames.push(StreamingData.parse(String(text)) ?? JSON.parse(text));
      waiting.splice(0).forEach((look) => look());
    });
    opened.push(stream);
  });
  const until = async (fits) => {
    while (!fits()) await new Promise((resolve) => waiting.push(resolve));
  };
  const mediaStreamingOptions = {
    transportType: "websocket",
    transportUrl: url().replace("http:", "ws:").replace("/callbacks", "/audio"),
    contentType: "audio",
    audioChannelType: "mixed",
    audioFormat: "pcm24KMono",
    startMediaStreaming: false,
    enableBidirectional: true,
  };
  const locator = ofGroup();
  const { callConnection, callConnectionProperties } = await client.connectCall(locator, url(), { mediaStreamingOptions });
  const id = callConnectionProperties.callConnectionId;
  await heard(id, "CallConnected");
  const [agent] = (await heard(id, "ParticipantsUpdated")).participants;
  assert.match(agent.identifier.communicationUserId, new RegExp(`_${id}$`));
  const media = callConnection.getCallMedia();
  for (const round of [0, 1]) {
    await media.startMediaStreaming({ operationContext: `start ${round}` });
    const started = await heard(id, "MediaStreamingStarted");
    assert.deepEqual([started.operationContext, started.mediaStreamingUpdate.mediaStreamingStatus], [`start ${round}`, "mediaStreamingStarted"]);
    const stream = opened[round];
    assert.deepEqual([stream.headers["x-ms-call-connection-id"], stream.headers["x-ms-call-correlation-id"]], [id, started.serverCallId]);
    await until(() => stream.frames.length > 5);
    const [first, second] = stream.frames;
    assert.deepEqual([first.encoding, first.sampleRate, first.channels], ["PCM", 24_000, 1]);
    assert.deepEqual([Buffer.from(second.data, "base64").length, second.isSilent], [960, true]);
    stream.socket.send(JSON.stringify({ kind: "AudioData", audioData: { data: Buffer.alloc(4_800).toString("base64") } }));
    stream.socket.send(JSON.stringify({ kind: "StopAudio", stopAudio: {} }));
    await media.stopMediaStreaming({ operationContext: `stop ${round}` });
    assert.equal((await heard(id, "MediaStreamingStopped")).operationContext, `stop ${round}`);
    await stream.closed;
  }
  await media.startMediaStreaming();
  await heard(id, "MediaStreamingStarted");
  opened[2].socket.send("hello");
  const failed = await heard(id, "MediaStreamingFailed");
  assert.match(failed.resultInformation.message, /no JSON/);
  await media.startMediaStreaming();
  await heard(id, "MediaStreamingStarted");
  const long = JSON.stringify({ kind: "AudioData", audioData: { data: Buffer.alloc(700_000).toString("base64") } });
  for (let part = 0; part < 9; part += 1) opened[3].socket.send(long);
  assert.match((await heard(id, "MediaStreamingFailed")).resultInformation.message, /two minutes/);
  await callConnection.hangUp(false);
  await heard(id, "CallDisconnected");

  const deaf = { ...mediaStreamingOptions, transportUrl: "ws://127.0.0.1:9/", startMediaStreaming: true };
  const other = await client.connectCall(ofGroup(), url(), { mediaStreamingOptions: deaf });
  const otherId = other.callConnectionProperties.callConnectionId;
  await heard(otherId, "CallConnected");
  await heard(otherId, "ParticipantsUpdated");
  assert.match((await heard(otherId, "MediaStreamingFailed")).resultInformation.message, /cannot be opened: .*refused/i);
  await other.callConnection.hangUp(false);
  await assert.rejects(
    client.connectCall(ofGroup(), url(), { mediaStreamingOptions: { ...deaf, transportUrl: "https://app.example/" } }),
    (error) => error.statusCode === 400 && /wss:/.test(error.message),
  );
  sound.close();
});
