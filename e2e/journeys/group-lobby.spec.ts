// A lobby where ACS has none: in group calls, whose hosts the app's server names, in calls that ring, and for calls from apps to the
// organization's users.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { askSigned, organizer } from "../lib/meetings";
import { expectToHear, expectToSee } from "../lib/probes";
import { newPerson, RingingPage } from "../lib/ringing-page";
import { startServer } from "../lib/server";

test("in a group call with a lobby a guest waits, a host lets them in, and both see each other; who is rejected hears it as in meetings", async ({ open, request, server }) => {
  const groupId = crypto.randomUUID();
  const [hana, gus, gil] = [await newPerson(server.url), await newPerson(server.url), await newPerson(server.url)];
  const lobby = { lobby: { bypass: "nobody" }, hosts: [hana.user] };
  const answer = await askSigned(request, server, "PUT", `/convene/groupCalls/${groupId}?api-version=2023-10-01`, lobby);
  expect(answer.status(), await answer.text()).toBe(200);

  const guest = await AppPage.join(await open("green"), gus.token, { groupId }, "Gus");
  await guest.expectState("InLobby");
  const host = await AppPage.join(await open("red"), hana.token, { groupId }, "Hana");
  await host.expectState("Connected");
  await expect.poll(() => host.do(({ call }) => call.lobby.participants.map((each) => `${each.displayName} ${each.state}`))).toEqual(["Gus InLobby"]);
  expect(await guest.do(({ call }) => [call.state, call.remoteParticipants.length, call.info.threadId])).toEqual(["InLobby", 0, undefined]);

  expect(await host.lead("admit", "Gus")).toBe("done");
  await guest.expectState("Connected");
  await expectToSee(host.videoOf("Gus"), "green");
  await expectToSee(guest.videoOf("Hana"), "red");
  await expectToHear(host.page, ["green"]);
  await expectToHear(guest.page, ["red"]);
  const may = (page: AppPage): Promise<boolean> => page.do(({ sdk, call }) => call.feature(sdk.Features.Capabilities).capabilities.manageLobby.isPresent);
  expect([await may(host), await may(guest)]).toEqual([true, false]);

  const rejected = await AppPage.join(await open("blue"), gil.token, { groupId }, "Gil");
  await rejected.expectState("InLobby");
  await expect.poll(() => host.do(({ call }) => call.lobby.participants.length)).toBe(1);
  await host.do(({ call }) => Promise.all(call.lobby.participants.map((each) => call.lobby.reject(each.identifier))));
  await rejected.expectEnd(0, 5854, /./);
  expect(await host.others()).toEqual(["Gus"]);

  expect(await host.lead("putBack", "Gus")).toBe("done");
  await guest.expectState("InLobby");
  await expect.poll(() => host.others()).toEqual([]);
});

test("whom others than the caller add to a call with a lobby waits until the caller lets them in", async ({ open, server }) => {
  const [ann, ben, cleo] = [await newPerson(server.url), await newPerson(server.url), await newPerson(server.url)];
  const anns = await RingingPage.open(await open("red"), ann.token, "Ann");
  const bens = await RingingPage.open(await open("green"), ben.token, "Ben");
  const cleos = await RingingPage.open(await open("blue"), cleo.token, "Cleo");
  await anns.callWith({ lobby: true }, ben.user);
  await bens.expectLast("called by Ann");
  await bens.accept();
  await bens.expectState("Connected");
  await anns.expectState("Connected");

  await bens.add(cleo.user);
  await cleos.expectLast("called by Ben");
  await cleos.accept();
  await cleos.expectState("InLobby");
  await expect.poll(() => anns.do(({ call }) => call.lobby.participants.map((each) => each.displayName))).toEqual(["Cleo"]);
  expect(await bens.do(({ call }) => call.lobby.participants.length)).toBe(0);
  expect(await anns.lead("admit", "Cleo")).toBe("done");
  await cleos.expectState("Connected");
  await expectToSee(cleos.videoOf("Ann"), "red");
  await expectToSee(bens.videoOf("Cleo"), "blue");
});

test("where the operator wants it, an app's user waits until the organization's user who answered lets them in", async ({ open, request }) => {
  const resource = "5f1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11";
  const settings = join(await mkdtemp(join(tmpdir(), "convene-settings-")), "convene.toml");
  await writeFile(settings, `federated = ["${resource}"]\ncalls_from_apps = "lobby"\n`);
  const careful = await startServer({ dev: true, flags: ["--config", settings] });
  try {
    await careful.kill();
    await careful.cli("resource", "create", "--id", resource, "--default");
    await careful.start();
    const ann = await newPerson(careful.url);
    const olga = await organizer(request, careful, "Olga");
    const at = { baseURL: careful.url };
    const apps = await RingingPage.open(await open("red", at), ann.token, "Ann");
    const teams = await RingingPage.openTeams(await open("green", at), olga.token);

    await apps.call(olga.user.id);
    await teams.expectLast("called by Ann");
    await apps.expectState("Ringing");
    await teams.accept();
    await apps.expectState("InLobby");
    await expect.poll(() => teams.do(({ call }) => call.lobby.participants.map((each) => each.displayName))).toEqual(["Ann"]);
    expect(await apps.do(({ call }) => call.remoteParticipants.length)).toBe(0);
    expect(await teams.lead("admit", "Ann")).toBe("done");
    await apps.expectState("Connected");
    await teams.expectState("Connected");
    await expectToSee(apps.videoOf("Olga"), "green");
    await expectToSee(teams.videoOf("Ann"), "red");
    await expectToHear(teams.page, ["red"]);
    await teams.do(({ call }) => call.hangUp());
    await apps.expectEnd(0, 5003, /other participant left/);
  } finally {
    await careful.stop();
  }
});
