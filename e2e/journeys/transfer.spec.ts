// Calls that are handed over: to somebody, and to a call that goes on.

import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { newPerson, RingingPage } from "../lib/ringing-page";

/** Ann and Ben in a call, and Cleo with a page. */
async function three(open: Parameters<Parameters<typeof test>[2]>[0]["open"], url: string) {
  const [ann, ben, cleo] = [await newPerson(url), await newPerson(url), await newPerson(url)];
  const anns = await RingingPage.open(await open("red"), ann.token, "Ann");
  const bens = await RingingPage.open(await open("green"), ben.token, "Ben");
  const cleos = await RingingPage.open(await open("blue"), cleo.token, "Cleo");
  await anns.call(ben.user);
  await bens.expectLast("called by Ann");
  await bens.accept();
  await anns.expectState("Connected");
  await bens.expectState("Connected");
  await bens.showTransfers();
  return { anns, bens, cleos, cleo };
}

test("a call is handed over to somebody who declines first and then answers", async ({ open, server }) => {
  const { anns, bens, cleos, cleo } = await three(open, server.url);
  await anns.transfer({ targetParticipant: { communicationUserId: cleo.user } });
  await cleos.expectLast("called by Ben, handed over by Ann");
  await expect.poll(() => anns.transferState()).toBe("Transferring");
  await cleos.reject();
  await expect.poll(() => anns.transferState()).toBe("Failed 603/0");
  await anns.expectState("Connected");

  await anns.transfer({ targetParticipant: { communicationUserId: cleo.user } });
  await cleos.expectLast("called by Ben, handed over by Ann");
  await cleos.accept();
  await anns.expectEnd(0, 7015, /transferred/);
  await expect.poll(() => anns.transferState()).toBe("Transferred");
  await bens.expectState("Connected");
  expect(await cleos.do((app) => app.call.transferorInfo?.displayName)).toBe("Ann");
  await expectToSee(bens.videoOf("Cleo"), "blue");
  await expectToSee(cleos.videoOf("Ben"), "green");
  await expectToHear(cleos.page, ["green"]);
  await cleos.do((app) => app.call.hangUp());
  await bens.expectEnd(0, 5003, /other participant left/);
});

test("a call is handed over to another call of the same person, who leaves the place there", async ({ open, server }) => {
  const { anns, bens, cleos, cleo } = await three(open, server.url);
  await anns.do((app) => Object.assign(app, { first: app.call }));
  await anns.call(cleo.user);
  await cleos.expectLast("called by Ann");
  await cleos.accept();
  await anns.expectState("Connected");
  await anns.do((app) => {
    const { first, call } = app as typeof app & { first: typeof app.call };
    Object.assign(app, { call: first, second: call });
  });
  await anns.transfer({ targetCallId: await anns.do((app) => (app as typeof app & { second: typeof app.call }).second.id) });
  await anns.expectEnd(0, 7015, /transferred/);
  expect(await anns.do((app) => (app as typeof app & { second: typeof app.call }).second.callEndReason?.subCode)).toBe(7015);
  await bens.expectState("Connected");
  await expectToSee(bens.videoOf("Cleo"), "blue");
  await expectToSee(cleos.videoOf("Ben"), "green");
  await expectToHear(bens.page, ["blue"]);
  expect(await cleos.others()).toEqual(["Ben"]);
});
