// The real-time events of chat, as the published client (`@azure/communication-signaling`, which `@azure/communication-chat` speaks) reads the
// bodies that the server writes (`crates/directory/tests/chat_events.rs` checks that it writes these).

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

const { CommunicationSignalingClient } = createRequire(import.meta.url)("@azure/communication-signaling");
const folder = new URL("../../crates/directory/fixtures/chat/", import.meta.url);
const KINDS = ["chatMessageReceived", "chatMessageEdited", "chatMessageDeleted", "typingIndicatorReceived", "readReceiptReceived", "chatThreadCreated"];
KINDS.push("chatThreadPropertiesUpdated", "chatThreadDeleted", "participantsAdded", "participantsRemoved");
const silent = { info() {}, warning() {}, error() {}, verbose() {} };

/** What the client tells its listeners of a body. Its connection is left out: handlers are called as that would. */
function heard(body) {
  const [client, handlers, told] = [new CommunicationSignalingClient({}, silent), [], []];
  client.trouter = { registerMessageHandler: (handler) => handlers.push(handler) };
  for (const kind of KINDS) client.on(kind, (event) => told.push({ kind, event: JSON.parse(JSON.stringify(event)) }));
  for (const handler of handlers) handler.handleMessage({ rawBody: JSON.stringify(body) });
  return told;
}

const names = (await readdir(folder)).sort();

for (const name of names) {
  test(`${name} is heard as it was meant`, async () => {
    const fixture = JSON.parse(await readFile(new URL(name, folder), "utf8"));
    assert.deepEqual(heard(fixture.body), [fixture.heard]);
  });
}

test("every kind of event has a fixture", async () => {
  const kinds = await Promise.all(names.map(async (name) => JSON.parse(await readFile(new URL(name, folder), "utf8")).heard.kind));
  assert.deepEqual([...new Set(kinds)].sort(), [...KINDS].sort());
});
