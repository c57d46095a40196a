// What an app's server does with people in calls, as those see it: it hands them over, and moves them to another call.

import { randomUUID } from "node:crypto";
import { startAutomation } from "../lib/published-automation";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { newPerson, RingingPage } from "../lib/ringing-page";

test("an app calls somebody and hands them over to somebody else, whom they then see and hear", async ({ open, server }) => {
  const app = await startAutomation(server);
  try {
    const [ben, cleo] = [await newPerson(server.url), await newPerson(server.url)];
    const bens = await RingingPage.open(await open("green"), ben.token, "Ben");
    const cleos = await RingingPage.open(await open("blue"), cleo.token, "Cleo");
    const { callConnection } = await app.client.createCall({ targetParticipant: { communicationUserId: ben.user }, sourceDisplayName: "Shop" }, app.url);
    await bens.expectLast("called by Shop");
    await bens.accept();
    await bens.expectState("Connected");
    await bens.showTransfers();
    await app.told("CallConnected");
    await callConnection.transferCallToParticipant({ communicationUserId: cleo.user });
    await cleos.expectLast("called by Ben, handed over by Shop");
    await cleos.accept();
    const accepted = await app.told("CallTransferAccepted");
    expect(accepted.transferTarget).toMatchObject({ rawId: cleo.user });
    await app.told("CallDisconnected");
    await bens.expectState("Connected");
    await expectToSee(bens.videoOf("Cleo"), "blue");
    await expectToSee(cleos.videoOf("Ben"), "green");
    await expectToHear(cleos.page, ["green"]);
  } finally {
    await app.stop();
  }
});

test("an app moves somebody from one group call to another", async ({ open, server }) => {
  const app = await startAutomation(server);
  try {
    const [first, second] = [randomUUID(), randomUUID()];
    const [ann, ben] = [await newPerson(server.url), await newPerson(server.url)];
    const anns = await RingingPage.open(await open("red"), ann.token, "Ann");
    const bens = await RingingPage.open(await open("green"), ben.token, "Ben");
    await anns.joinAgain({ groupId: first }, {});
    await bens.joinAgain({ groupId: second }, {});
    await bens.expectState("Connected");
    await bens.showTransfers();
    const here = await app.client.connectCall({ kind: "groupCallLocator", id: first }, app.url);
    const there = await app.client.connectCall({ kind: "groupCallLocator", id: second }, app.url);
    const from = there.callConnectionProperties.callConnectionId ?? "";
    await here.callConnection.moveParticipants([{ communicationUserId: ben.user }], from);
    expect((await app.told("MoveParticipantSucceeded")).fromCall).toBe(from);
    await expectToSee(anns.videoOf("Ben"), "green");
    await expectToSee(bens.videoOf("Ann"), "red");
    await expectToHear(bens.page, ["red"]);
    await expect.poll(() => bens.do((page) => page.agent.calls.length)).toBe(1);
    await expect.poll(async () => (await there.callConnection.listParticipants()).values?.length).toBe(0);
  } finally {
    await app.stop();
  }
});
