// @azure/communication-call-automation, as published: what plays in a call, and tones. Started by run.mjs. Callbacks go through the
// package's own parser.

import { CallAutomationClient, parseCallAutomationEvent } from "@azure/communication-call-automation";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { inGroup, silence, startApp } from "../lib/automation.mjs";

const connectionString = process.env.CONVENE_CONNECTION_STRING;
const client = new CallAutomationClient(connectionString);
const identities = new CommunicationIdentityClient(connectionString);
const opened = [];
let app;
before(async () => (app = await startApp(parseCallAutomationEvent, { "short.wav": silence(0.1), "long.wav": silence(60), "none.wav": "hello" })));
after(() => {
  app.stop();
  opened.forEach((each) => each.stop());
});

/** A connection to a group call with somebody in it. */
async function connected() {
  const groupId = randomUUID();
  const ana = await inGroup(connectionString, identities, groupId);
  opened.push(ana);
  const { callConnection, callConnectionProperties } = await client.connectCall({ kind: "groupCallLocator", id: groupId }, app.callbacks);
  const id = callConnectionProperties.callConnectionId;
  const heard = async (kind) => {
    const event = await app.heard(id);
    assert.equal(event.kind, kind, JSON.stringify(event));
    return event;
  };
  await heard("CallConnected");
  return { ana, callConnection, media: callConnection.getCallMedia(), id, heard };
}
const file = (name, more) => ({ kind: "fileSource", url: app.file(name), ...more });

test("files are played to everybody and to one, one after the other", async () => {
  const { ana, callConnection, media, heard } = await connected();
  await media.playToAll([file("short.wav", { playSourceCacheId: "jingle" }), file("short.wav")], { operationContext: "all" });
  await media.play([file("short.wav")], [ana.user], { operationContext: "one" });
  for (const context of ["all", "one"]) {
    for (const kind of ["PlayStarted", "PlayCompleted"]) {
      const { operationContext, resultInformation } = await heard(kind);
      assert.deepEqual([operationContext, resultInformation.code, resultInformation.subCode], [context, 200, 0]);
    }
  }
  const { values } = await callConnection.listParticipants();
  assert.equal(values.length, 2);
  await callConnection.hangUp(true);
  await heard("CallDisconnected");
});

test("what plays is cut off by what interrupts, and all is canceled", async () => {
  const { callConnection, media, heard } = await connected();
  await media.playToAll([file("long.wav")], { loop: true, operationContext: "one" });
  await heard("PlayStarted");
  await media.playToAll([file("long.wav")], { interruptCallMediaOperation: true, operationContext: "two" });
  assert.equal((await heard("PlayCanceled")).operationContext, "one");
  assert.equal((await heard("PlayStarted")).operationContext, "two");
  await media.cancelAllOperations();
  const { operationContext, resultInformation } = await heard("PlayCanceled");
  assert.deepEqual([operationContext, resultInformation.subCode], ["two", 8508]);
  await callConnection.hangUp(true);
});

test("the app hears of keys that somebody presses, until it stops listening", async () => {
  const { ana, callConnection, media, heard } = await connected();
  const press = async (tone) => assert.equal((await ana.ask({ type: "sendTone", tone })).reply?.type, "done");
  await press("zero");
  await media.startContinuousDtmfRecognition(ana.user, { operationContext: "menu" });
  await press("one");
  await press("pound");
  for (const [tone, sequenceId] of [["one", 1], ["pound", 2]]) {
    const event = await heard("ContinuousDtmfRecognitionToneReceived");
    assert.deepEqual([event.tone, event.sequenceId, event.operationContext], [tone, sequenceId, "menu"]);
  }
  await media.stopContinuousDtmfRecognition(ana.user, { operationContext: "enough" });
  assert.equal((await heard("ContinuousDtmfRecognitionStopped")).operationContext, "enough");
  await press("two");
  await callConnection.hangUp(true);
  await heard("CallDisconnected");
});

test("tones that nobody would hear are refused", async () => {
  const { ana, callConnection, media } = await connected();
  const refused = (error) => error.statusCode === 501 && /telephone/.test(error.message);
  await assert.rejects(media.sendDtmfTones(["one"], ana.user), refused);
  await callConnection.hangUp(true);
});

test("what cannot be played fails with the codes of ACS, or is refused", async () => {
  const { callConnection, media, heard } = await connected();
  for (const [name, subCode] of [["none.wav", 8535], ["nowhere.wav", 8536]]) {
    await media.playToAll([file(name)]);
    const { resultInformation } = await heard("PlayFailed");
    assert.deepEqual([resultInformation.code, resultInformation.subCode], [400, subCode]);
  }
  const refused = (why) => (error) => error.statusCode === 400 && why.test(error.message);
  await assert.rejects(media.playToAll([{ kind: "textSource", text: "Hello", voiceName: "x" }]), refused(/no speech synthesis/));
  await assert.rejects(media.play([file("short.wav")], [{ communicationUserId: "8:acs:r_nobody" }]), refused(/not in the call/));
  await callConnection.hangUp(true);
});
