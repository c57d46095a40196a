// @azure/communication-chat, as published, with an endpoint and users' tokens. Started by run.mjs. Real-time is not in this client for
// Node: it says so itself.

import { ChatClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import assert from "node:assert/strict";
import { on, once } from "node:events";
import { test } from "node:test";
import WebSocket from "ws";

const connectionString = process.env.CONVENE_CONNECTION_STRING;
const endpoint = /endpoint=([^;]+);/i.exec(connectionString)[1];
const identities = new CommunicationIdentityClient(connectionString);
const STRANGER = { communicationUserId: "8:acs:00000000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000000" };
const UNKNOWN = "19:never@thread.v2";

function refused(statusCode) {
  return (error) => {
    assert.equal(error.name, "RestError");
    assert.equal(error.statusCode, statusCode, error.message);
    return true;
  };
}

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}

async function sizes(list) {
  const found = [];
  for await (const page of list.byPage()) found.push(page.length);
  return found;
}

async function person(scope = "chat") {
  const { user, token } = await identities.createUserAndToken([scope]);
  return { user, chat: new ChatClient(endpoint, new AzureCommunicationTokenCredential(token)) };
}

/** Two people and a thread with both; a third who is not in it. */
async function scene() {
  const [ana, ben, cleo] = await Promise.all([person(), person(), person()]);
  const { chatThread } = await ana.chat.createChatThread({ topic: "Loans" }, { participants: [{ id: ben.user, displayName: "Ben" }] });
  const of = ({ chat }) => chat.getChatThreadClient(chatThread.id);
  return { people: { ana, ben, cleo }, thread: chatThread, ana: of(ana), ben: of(ben), cleo: of(cleo) };
}

const raw = (id) => id.communicationUserId;

test("a thread is created with metadata, a retention policy and participants; who cannot be in it is told", async () => {
  const [ana, ben] = await Promise.all([person(), person()]);
  const retentionPolicy = { kind: "threadCreationDate", deleteThreadAfterDays: 40 };
  const participants = [{ id: ben.user, displayName: "Ben" }, { id: STRANGER }];
  const result = await ana.chat.createChatThread({ topic: "Loans" }, { participants, metadata: { case: "17" }, retentionPolicy });
  const { chatThread } = result;
  assert.deepEqual([chatThread.topic, chatThread.metadata, chatThread.retentionPolicy], ["Loans", { case: "17" }, retentionPolicy]);
  assert.equal(ana.chat.getChatThreadClient(chatThread.id).threadId, chatThread.id);
  assert.deepEqual(chatThread.createdBy, { kind: "communicationUser", communicationUserId: ana.user.communicationUserId });
  assert.ok(chatThread.createdOn instanceof Date);
  assert.deepEqual(result.invalidParticipants.map(({ code, target }) => [code, target]), [["403", STRANGER.communicationUserId]]);
  assert.deepEqual(await ben.chat.getChatThreadClient(chatThread.id).getProperties(), chatThread);
  await assert.rejects(ana.chat.createChatThread({ topic: "x".repeat(300) }), refused(400));
  const guest = await person("chat.join");
  await assert.rejects(guest.chat.createChatThread({ topic: "x" }), refused(403));
});

test("a thread is made once for one idempotency token", async () => {
  const { chat } = await person();
  const idempotencyToken = "8b8b2b1c-6d4c-4b1c-9d4e-0d2d7d9f1c11";
  const made = await Promise.all([1, 2].map(() => chat.createChatThread({ topic: "x" }, { idempotencyToken })));
  assert.equal(made[0].chatThread.id, made[1].chatThread.id);
  assert.equal((await all(chat.listChatThreads())).length, 1);
  await assert.rejects(chat.createChatThread({ topic: "y" }, { idempotencyToken }), refused(412));
});

test("threads are listed past two pages, and deleted", async () => {
  const { chat } = await person();
  const made = [];
  for (let count = 0; count < 7; count += 1) made.push((await chat.createChatThread({ topic: String(count) })).chatThread.id);
  assert.deepEqual(await sizes(chat.listChatThreads({ maxPageSize: 3 })), [3, 3, 1]);
  const listed = await all(chat.listChatThreads({ maxPageSize: 3 }));
  assert.deepEqual(listed.map(({ id }) => id).sort(), [...made].sort());
  assert.ok(listed.every(({ lastMessageReceivedOn }) => lastMessageReceivedOn instanceof Date));
  assert.deepEqual(await all(chat.listChatThreads({ startTime: new Date(Date.now() + 60_000) })), []);
  await chat.deleteChatThread(made[0]);
  assert.equal((await all(chat.listChatThreads())).length, 6);
  await assert.rejects(chat.deleteChatThread(made[0]), refused(403));
});

test("a thread's topic, metadata and retention policy are changed", async () => {
  const { ana, ben, cleo } = await scene();
  await ben.updateTopic("Mortgages");
  await ana.updateProperties({ metadata: { a: "b" }, retentionPolicy: { kind: "none" } });
  const { topic, metadata, retentionPolicy } = await ben.getProperties();
  assert.deepEqual({ topic, metadata, retentionPolicy }, { topic: "Mortgages", metadata: { a: "b" }, retentionPolicy: { kind: "none" } });
  await assert.rejects(cleo.updateTopic("x"), refused(403));
  await assert.rejects(cleo.getProperties(), refused(403));
  await assert.rejects(ana.updateProperties({ retentionPolicy: { kind: "threadCreationDate", deleteThreadAfterDays: 1 } }), refused(400));
});

test("a message is sent, read, changed and deleted", async () => {
  const { people, ana, ben, cleo } = await scene();
  const { id } = await ana.sendMessage({ content: "hello" }, { senderDisplayName: "Ana", metadata: { a: "b" } });
  const message = await ben.getMessage(id);
  assert.deepEqual([message.type, message.content, message.senderDisplayName, message.metadata], ["text", { message: "hello" }, "Ana", { a: "b" }]);
  assert.equal(raw(message.sender), raw(people.ana.user));
  await ana.updateMessage(id, { content: "bye", metadata: { a: "c" } });
  const edited = await ben.getMessage(id);
  assert.deepEqual([edited.content, edited.metadata, edited.editedOn instanceof Date], [{ message: "bye" }, { a: "c" }, true]);
  assert.ok(BigInt(edited.version) > BigInt(message.version));
  await assert.rejects(ben.updateMessage(id, { content: "x" }), refused(403));
  await assert.rejects(ben.deleteMessage(id), refused(403));
  await ana.deleteMessage(id);
  const deleted = await ben.getMessage(id);
  assert.deepEqual([deleted.content, deleted.deletedOn instanceof Date], [undefined, true]);
  const html = await ana.sendMessage({ content: "<b>x</b><script>y</script>" }, { type: "html" });
  assert.deepEqual((await ben.getMessage(html.id)).content, { message: "<b>x</b>" });
  await assert.rejects(ana.sendMessage({ content: "x".repeat(28 * 1024 + 1) }), refused(413));
  await assert.rejects(cleo.sendMessage({ content: "x" }), refused(403));
  await assert.rejects(ana.getMessage("1"), refused(404));
  await assert.rejects(ana.updateMessage(id, { content: "x" }), refused(404));
});

test("messages are listed past two pages, the newest first, from a time on", async () => {
  const { people, ana, ben, cleo } = await scene();
  for (let count = 0; count < 5; count += 1) await ana.sendMessage({ content: String(count) });
  assert.deepEqual(await sizes(ben.listMessages({ maxPageSize: 3 })), [3, 3, 1]);
  const listed = await all(ben.listMessages({ maxPageSize: 3 }));
  assert.deepEqual(listed.map(({ sequenceId }) => sequenceId), ["7", "6", "5", "4", "3", "2", "1"]);
  assert.deepEqual(listed.slice(0, 5).map(({ content }) => content.message), ["4", "3", "2", "1", "0"]);
  const [topic, added] = listed.slice(5);
  assert.deepEqual([topic.type, topic.content.topic, raw(topic.content.initiator)], ["topicUpdated", "Loans", raw(people.ana.user)]);
  assert.deepEqual(added.content.participants.map(({ id }) => raw(id)).sort(), [people.ana.user, people.ben.user].map(raw).sort());
  assert.deepEqual(await all(ben.listMessages({ startTime: new Date(Date.now() + 60_000) })), []);
  await assert.rejects(all(cleo.listMessages()), refused(403));
});

test("participants are added, listed past two pages, and removed", async () => {
  const { people, ana, ben, cleo } = await scene();
  const shareHistoryTime = new Date("2026-01-01T00:00:00.000Z");
  const added = await ana.addParticipants({ participants: [{ id: people.cleo.user, displayName: "Cleo", shareHistoryTime, metadata: { a: "b" } }, { id: STRANGER }] });
  assert.deepEqual(added.invalidParticipants.map(({ target }) => target), [STRANGER.communicationUserId]);
  const listed = await all(cleo.listParticipants({ maxPageSize: 1 }));
  assert.deepEqual(await sizes(cleo.listParticipants({ maxPageSize: 1 })), [1, 1, 1]);
  const found = listed.find(({ id }) => raw(id) === raw(people.cleo.user));
  assert.deepEqual([found.displayName, found.shareHistoryTime, found.metadata], ["Cleo", shareHistoryTime, { a: "b" }]);
  assert.equal((await all(cleo.listParticipants({ skip: 2 }))).length, 1);
  await ana.removeParticipant(people.cleo.user);
  await assert.rejects(cleo.getProperties(), refused(403));
  await assert.rejects(all(cleo.listParticipants()), refused(403));
  await assert.rejects(cleo.addParticipants({ participants: [{ id: people.cleo.user }] }), refused(403));
  await assert.rejects(cleo.removeParticipant(people.ben.user), refused(403));
  await assert.rejects(ana.addParticipants({ participants: [{ id: { phoneNumber: "+15550100" } }] }), refused(400));
  await ben.removeParticipant(people.ben.user);
  assert.equal((await all(ana.listParticipants())).length, 1);
});

test("receipts are sent, and listed past two pages", async () => {
  const { people, ana, ben, cleo } = await scene();
  await ana.addParticipants({ participants: [{ id: people.cleo.user }] });
  const { id } = await ana.sendMessage({ content: "x" });
  for (const thread of [ana, ben, cleo]) await thread.sendReadReceipt({ chatMessageId: id });
  const receipts = await all(ana.listReadReceipts({ maxPageSize: 1 }));
  assert.deepEqual(await sizes(ana.listReadReceipts({ maxPageSize: 1 })), [1, 1, 1]);
  const expected = Object.values(people).map(({ user }) => raw(user)).sort();
  assert.deepEqual(receipts.map(({ sender }) => raw(sender)), expected);
  assert.deepEqual((await all(ana.listReadReceipts({ skip: 2 }))).map(({ sender }) => raw(sender)), expected.slice(2));
  assert.ok(receipts.every(({ chatMessageId, readOn }) => chatMessageId === id && readOn instanceof Date));
  await assert.rejects(ana.sendReadReceipt({ chatMessageId: "1" }), refused(404));
  await ana.removeParticipant(people.cleo.user);
  await assert.rejects(all(cleo.listReadReceipts()), refused(403));
});

test("typing is told, and not more often than the client itself allows", async () => {
  const { ana, cleo } = await scene();
  assert.equal(await ana.sendTypingNotification({ senderDisplayName: "Ana" }), true);
  assert.equal(await ana.sendTypingNotification(), false);
  await assert.rejects(cleo.sendTypingNotification(), refused(403));
});

test("an unknown thread answers as one that somebody is not in, and a token that is none 401", async () => {
  const { chat } = await person();
  await assert.rejects(chat.getChatThreadClient(UNKNOWN).getProperties(), refused(403));
  const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 3600 })).toString("base64url");
  const none = new ChatClient(endpoint, new AzureCommunicationTokenCredential(`e30.${claims}.e30`));
  await assert.rejects(all(none.listChatThreads()), refused(401));
  await assert.rejects(none.startRealtimeNotifications(), /not supported in node/);
});

/** Joins a group call over the signaling WebSocket; the thread that the call has, and a way out. */
async function joinGroup(token, groupId) {
  const socket = new WebSocket(new URL("/signaling", endpoint.replace(/^http/, "ws")));
  await once(socket, "open");
  const say = (message) => socket.send(JSON.stringify(message));
  const heard = async (fits) => {
    for await (const [data] of on(socket, "message", { close: ["close"] })) {
      const message = JSON.parse(data.toString());
      if (fits(message)) return message;
    }
    throw new Error("the server has closed the connection");
  };
  say({ type: "hello", versions: [1], token, client: "peers 1" });
  await heard(({ type }) => type === "welcome");
  const target = { kind: "group", groupId };
  say({ type: "request", id: 1, call: 1, request: { type: "join", target, displayName: "", muted: false } });
  const { reply } = await heard(({ type }) => type === "response");
  const leave = async () => {
    say({ type: "request", id: 2, call: 1, request: { type: "leave" } });
    await heard(({ event }) => event?.type === "ended");
    socket.close();
  };
  return { threadId: reply.call.threadId, leave };
}

test("people in a group call write in its own thread until they leave", async () => {
  const groupId = "3f6a0d3e-20cf-4b7e-9d3e-6a0d3e20cf4b";
  const calling = async () => {
    const { user, token } = await identities.createUserAndToken(["chat", "voip"]);
    const call = await joinGroup(token, groupId);
    const chat = new ChatClient(endpoint, new AzureCommunicationTokenCredential(token));
    return { user, call, chat, thread: chat.getChatThreadClient(call.threadId) };
  };
  const ana = await calling();
  const ben = await calling();
  assert.equal(ben.call.threadId, ana.call.threadId);
  await ana.thread.sendMessage({ content: "hello" });
  const texts = (await all(ben.thread.listMessages())).filter(({ type }) => type === "text");
  assert.deepEqual(texts.map(({ content }) => content.message), ["hello"]);
  assert.deepEqual((await all(ben.thread.listParticipants())).map(({ id }) => raw(id)).sort(), [raw(ana.user), raw(ben.user)].sort());
  assert.deepEqual((await all(ben.chat.listChatThreads())).map(({ id }) => id), [ana.call.threadId]);
  await ben.call.leave();
  await assert.rejects(all(ben.thread.listMessages()), refused(403));
  await ana.call.leave();
});
