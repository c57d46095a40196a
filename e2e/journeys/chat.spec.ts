// Chat in real time, by Microsoft's published client in pages of an app's own origin, and in pages of the server.

import { ChatPage, startChatApp, type ChatApp, type Way } from "../lib/chat-page";
import { expect, test, type OpenPage } from "../lib/fixtures";
import type { Server } from "../lib/server";
import { layWire } from "../lib/wire";

let app: ChatApp;
test.beforeAll(async ({ server }) => {
  app = await startChatApp(server);
});
test.afterAll(() => app.stop());

const overTls = (server: Server): Way => ({ endpoint: `https://127.0.0.1:${new URL(server.url).port}/` });

async function onOwnOrigin(open: OpenPage, server: Server, way: Way): Promise<ChatPage> {
  // The server's certificate is of its local CA, which this browser does not know.
  const page = await open("red", { ignoreHTTPSErrors: true });
  await page.goto(app.page);
  return ChatPage.listen(page, server, way);
}

async function onServersOrigin(open: OpenPage, server: Server): Promise<ChatPage> {
  const page = await open("red");
  await page.goto("/samples/");
  await page.evaluate(`${app.script}; window.Chat = Chat;`);
  return ChatPage.listen(page, server, "the page's origin");
}

/** Everything that can happen in a thread happens; Ben heard all of it, as it was. */
async function everythingHappens(ana: ChatPage, ben: ChatPage, cleo: string): Promise<void> {
  const { threadId, message, html } = await ana.do(
    async (client, { ben, cleo }) => {
      const participants = [{ id: { communicationUserId: ben }, displayName: "Ben 50%" }];
      const made = await client.createChatThread({ topic: "Loan" }, { participants, metadata: { kind: "loan" } });
      const threadId = made.chatThread?.id ?? "";
      const thread = client.getChatThreadClient(threadId);
      const { id: message } = await thread.sendMessage({ content: "Hi {\"a\":1} 50%41" }, { senderDisplayName: "Ana", metadata: { k: "v" } });
      const { id: html } = await thread.sendMessage({ content: "<b>so</b><script>no</script>" }, { type: "html" });
      await thread.updateMessage(message, { content: "Ho" });
      await thread.deleteMessage(html);
      await thread.sendTypingNotification({ senderDisplayName: "Ana" });
      await thread.sendReadReceipt({ chatMessageId: message });
      await thread.updateTopic("Loans");
      await thread.addParticipants({ participants: [{ id: { communicationUserId: cleo }, displayName: "Cleo" }] });
      await thread.removeParticipant({ communicationUserId: cleo });
      await client.deleteChatThread(threadId);
      return { threadId, message, html };
    },
    { ben: ben.id, cleo },
  );
  const kinds = ["chatThreadCreated", "chatMessageReceived", "chatMessageReceived", "chatMessageEdited", "chatMessageDeleted", "typingIndicatorReceived"];
  kinds.push("readReceiptReceived", "chatThreadPropertiesUpdated", "participantsAdded", "participantsRemoved", "chatThreadDeleted");
  for (const person of [ben, ana]) {
    await expect.poll(async () => (await person.heard()).map(([kind]) => kind), { message: "what was heard" }).toEqual(kinds);
  }
  const user = (id: string): object => ({ kind: "communicationUser", communicationUserId: id });
  const [created, first, second, edited, deleted, typing, read, changed, added, removed, gone] = (await ben.heard()).map(([, payload]) => payload);
  for (const payload of [created, first, second, edited, deleted, typing, read, changed, added, removed, gone]) expect(payload).toMatchObject({ threadId });
  expect(created).toMatchObject({ createdBy: { id: user(ana.id) }, properties: { topic: "Loan", metadata: { kind: "loan" } } });
  expect(created?.participants).toContainEqual(expect.objectContaining({ id: user(ben.id), displayName: "Ben 50%" }));
  const ofAna = { sender: user(ana.id), recipient: user(ben.id) };
  const written = { ...ofAna, id: message, message: "Hi {\"a\":1} 50%41", type: "Text", metadata: { k: "v" }, senderDisplayName: "Ana", attachments: [] };
  expect(first).toMatchObject(written);
  expect(second).toMatchObject({ ...ofAna, id: html, message: "<b>so</b>", type: "RichText/Html" });
  expect(edited).toMatchObject({ ...written, message: "Ho", createdOn: first?.createdOn, editedOn: expect.stringMatching(/^20/) });
  expect(deleted).toMatchObject({ ...ofAna, id: html, deletedOn: expect.stringMatching(/^20/) });
  expect(typing).toMatchObject({ ...ofAna, senderDisplayName: "Ana" });
  expect(read).toMatchObject({ ...ofAna, chatMessageId: message, readOn: expect.stringMatching(/^20/) });
  expect(changed).toMatchObject({ updatedBy: { id: user(ana.id) }, properties: { topic: "Loans", metadata: { kind: "loan" } } });
  expect(added).toMatchObject({ addedBy: { id: user(ana.id) }, participantsAdded: [{ id: user(cleo), displayName: "Cleo" }] });
  expect(removed).toMatchObject({ removedBy: { id: user(ana.id) }, participantsRemoved: [{ id: user(cleo) }] });
  expect(gone).toMatchObject({ deletedBy: { id: user(ana.id) }, reason: "deletedByUser" });
}

test("the published client of an app on another origin hears all ten events over https", async ({ open, server }) => {
  const ana = await onOwnOrigin(open, server, overTls(server));
  const ben = await onOwnOrigin(open, server, overTls(server));
  const { id } = await server.cli<{ id: string }>("user", "create", "--name", "Cleo");
  await everythingHappens(ana, ben, id);
});

test("on a page of the server the published client stays at the page's origin, and hears all ten events over http", async ({ open, server }) => {
  const ana = await onServersOrigin(open, server);
  const ben = await onServersOrigin(open, server);
  const { id } = await server.cli<{ id: string }>("user", "create", "--name", "Cleo");
  await everythingHappens(ana, ben, id);
});

test("a listener that is taken off hears no more, and those of others go on", async ({ open, server }) => {
  const ana = await onServersOrigin(open, server);
  const told = await ana.do(async (client) => {
    const { chatThread } = await client.createChatThread({ topic: "Loan" });
    const thread = client.getChatThreadClient(chatThread?.id ?? "");
    const told: string[] = [];
    Object.assign(window, { __told: told });
    await new Promise<void>((resolve, reject) => {
      const listener = ({ message }: { message: string }): void => {
        told.push(message);
        client.off("chatMessageReceived", listener);
        resolve();
      };
      client.on("chatMessageReceived", listener);
      thread.sendMessage({ content: "one" }).catch(reject);
    });
    await thread.sendMessage({ content: "two" });
    return told;
  });
  expect(told).toEqual(["one"]);
  const texts = async (): Promise<unknown[]> => (await ana.heard("chatMessageReceived")).map(([, payload]) => payload.message);
  await expect.poll(texts, { message: "what the other listener heard" }).toEqual(["one", "two"]);
  expect(await ana.page.evaluate(() => (window as unknown as { __told: string[] }).__told)).toEqual(["one"]);
});

test("what was written, and who is in the thread, is there again after the server was killed", async ({ open, server }) => {
  const ana = await onServersOrigin(open, server);
  const ben = await onServersOrigin(open, server);
  const { threadId, sent } = await ana.do(async (client, ben) => {
    const { chatThread } = await client.createChatThread({ topic: "Loan" }, { participants: [{ id: { communicationUserId: ben }, displayName: "Ben" }] });
    const thread = client.getChatThreadClient(chatThread?.id ?? "");
    const first = await thread.sendMessage({ content: "Before" }, { senderDisplayName: "Ana", metadata: { k: "v" } });
    const second = await thread.sendMessage({ content: "wrong" });
    await thread.updateMessage(second.id, { content: "right" });
    return { threadId: thread.threadId, sent: [first.id, second.id] };
  }, ben.id);
  const listed = (person: ChatPage): Promise<{ messages: [string, string][]; members: string[] }> =>
    person.do(async (client, threadId) => {
      const thread = client.getChatThreadClient(threadId);
      const messages: [string, string][] = [];
      for await (const { id, type, content } of thread.listMessages()) if (type === "text") messages.unshift([id, content?.message ?? ""]);
      const members: string[] = [];
      for await (const { id } of thread.listParticipants()) if ("communicationUserId" in id) members.push(id.communicationUserId);
      return { messages, members: members.sort() };
    }, threadId);
  const expected = { messages: [[sent[0], "Before"], [sent[1], "right"]], members: [ana.id, ben.id].sort() };
  expect(await listed(ben)).toEqual(expected);

  await server.kill();
  await server.start();
  expect(await listed(ben)).toEqual(expected);
  await expect.poll(async () => (await ben.heard("realTimeNotificationConnected")).length, { message: "connections", timeout: 60_000 }).toBe(2);
  await ana.do((client, threadId) => client.getChatThreadClient(threadId).sendMessage({ content: "After" }), threadId);
  await expect.poll(async () => (await ben.heard("chatMessageReceived")).map(([, payload]) => payload.message), { message: "what Ben heard" }).toEqual(["Before", "wrong", "After"]);
});

test("a client whose connection breaks misses nothing, and hears it in its order", async ({ open, server }) => {
  const wire = await layWire(Number(new URL(server.url).port));
  const ana = await onOwnOrigin(open, server, overTls(server));
  const ben = await onOwnOrigin(open, server, { endpoint: `https://127.0.0.1:${wire.port}` });
  const threadId = await ana.do(async (client, ben) => {
    const made = await client.createChatThread({ topic: "Loan" }, { participants: [{ id: { communicationUserId: ben } }] });
    return made.chatThread?.id ?? "";
  }, ben.id);
  const write = (content: string): Promise<unknown> =>
    ana.do((client, { threadId, content }) => client.getChatThreadClient(threadId).sendMessage({ content }), { threadId, content });
  const texts = async (): Promise<unknown[]> => (await ben.heard("chatMessageReceived")).map(([, payload]) => payload.message);
  await write("one");
  await expect.poll(texts, { message: "what Ben heard" }).toEqual(["one"]);
  // These are sent to Ben, and are lost on their way.
  wire.hold();
  await write("two");
  await write("three");
  wire.cut();
  await write("four");
  await expect.poll(texts, { message: "what Ben heard", timeout: 30_000 }).toEqual(["one", "two", "three", "four"]);
  expect(await ben.heard("realTimeNotificationDisconnected")).toHaveLength(1);
  await write("five");
  await expect.poll(texts, { message: "what Ben heard" }).toEqual(["one", "two", "three", "four", "five"]);
  // Who has stopped listening is told nothing.
  await ben.do((client) => client.stopRealtimeNotifications());
  await write("six");
  await expect.poll(async () => (await ana.heard("chatMessageReceived")).length, { message: "what Ana heard" }).toBe(6);
  expect(await texts()).toEqual(["one", "two", "three", "four", "five"]);
  await wire.stop();
});
