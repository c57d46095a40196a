// Calls that ring: answered, declined, cancelled, not answered, and on more than one device.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "../lib/fixtures";
import { organizer } from "../lib/meetings";
import { expectToHear, expectToSee } from "../lib/probes";
import { newPerson, RingingPage } from "../lib/ringing-page";
import { startServer } from "../lib/server";

test("somebody is called, answers, and both see and hear each other until one hangs up", async ({ open, server }) => {
  const [ann, ben] = [await newPerson(server.url), await newPerson(server.url)];
  const caller = await RingingPage.open(await open("red"), ann.token, "Ann");
  const called = await RingingPage.open(await open("green"), ben.token, "Ben");
  await caller.call(ben.user);
  await called.expectLast("called by Ann");
  await caller.expectState("Ringing");
  expect(await caller.do((app) => app.call.remoteParticipants.map((each) => each.state))).toEqual(["Ringing"]);

  await called.accept();
  await called.expectState("Connected");
  await caller.expectState("Connected");
  expect((await caller.events()).filter((event) => !event.startsWith("role"))).toEqual(["Connecting", "Ringing", "Connected"]);
  expect(await called.do((app) => [app.call.direction, app.call.callerInfo.displayName])).toEqual(["Incoming", "Ann"]);
  expect(await called.callId()).toBe(await caller.callId());
  await expectToSee(caller.videoOf("Ben"), "green");
  await expectToSee(called.videoOf("Ann"), "red");
  await expectToHear(caller.page, ["green"]);
  await expectToHear(called.page, ["red"]);

  await called.do((app) => app.call.hangUp());
  await called.expectEnd(0, 0, /You left/);
  await caller.expectEnd(0, 5003, /other participant left/);
});

test("of two devices the first to answer is in, and the other one stops ringing", async ({ open, server }) => {
  const [ann, ben] = [await newPerson(server.url), await newPerson(server.url)];
  const caller = await RingingPage.open(await open("red"), ann.token, "Ann");
  const desk = await RingingPage.open(await open("green"), ben.token, "Ben");
  const mobile = await RingingPage.open(await open("blue"), ben.token, "Ben");
  await caller.call(ben.user);
  await desk.expectLast("called by Ann");
  await mobile.expectLast("called by Ann");

  await mobile.accept();
  await desk.expectLast("rings no more 487/10003");
  await caller.expectState("Connected");
  await expectToSee(caller.videoOf("Ben"), "blue");
  await expectToHear(caller.page, ["blue"]);
  await expectToHear(mobile.page, ["red"]);
  expect(await mobile.events()).not.toContainEqual(expect.stringMatching("rings no more"));
  expect(await desk.attempt((app) => (app as typeof app & { incomingCall: { accept(): Promise<unknown> } }).incomingCall.accept())).toBe("CommunicationServicesError 412/90412");
});

test("a call is declined, cancelled, not answered, and for nobody who is there", async ({ open }) => {
  const hasty = await startServer({ dev: true, flags: ["--ring-wait", "8"] });
  try {
    const [ann, ben, nobody] = [await newPerson(hasty.url), await newPerson(hasty.url), await newPerson(hasty.url)];
    const at = { baseURL: hasty.url };
    const caller = await RingingPage.open(await open("red", at), ann.token, "Ann");
    const called = await RingingPage.open(await open("green", at), ben.token, "Ben");

    await caller.call(ben.user);
    await called.expectLast("called by Ann");
    await called.reject();
    await called.expectLast("rings no more 603/0");
    await caller.expectEnd(603, 0, /declined/);

    await caller.call(ben.user);
    await called.expectLast("called by Ann");
    await caller.expectState("Ringing");
    await caller.do((app) => app.call.hangUp());
    await caller.expectEnd(487, 0, /cancelled/);
    await called.expectLast("rings no more 487/0");

    await caller.call(ben.user);
    await called.expectLast("rings no more 487/10004");
    await caller.expectEnd(487, 10004, /Nobody answered/);

    await caller.call(nobody.user);
    await caller.expectEnd(480, 10037, /nobody to be reached/);
  } finally {
    await hasty.stop();
  }
});

test("a third is called into the call, which goes on without the first, and a ring is taken back", async ({ open, server }) => {
  const [ann, ben, cleo] = [await newPerson(server.url), await newPerson(server.url), await newPerson(server.url)];
  const anns = await RingingPage.open(await open("red"), ann.token, "Ann");
  const bens = await RingingPage.open(await open("green"), ben.token, "Ben");
  const cleos = await RingingPage.open(await open("blue"), cleo.token, "Cleo");
  await anns.call(ben.user);
  await bens.expectLast("called by Ann");
  await bens.accept();
  await anns.expectState("Connected");
  await bens.expectState("Connected");

  await anns.add(cleo.user);
  await cleos.expectLast("called by Ann");
  await expect.poll(() => anns.othersAre()).toEqual([" Ringing", "Ben Connected"]);
  await expect.poll(() => bens.othersAre()).toEqual([" Ringing", "Ann Connected"]);
  await cleos.accept();
  await cleos.expectState("Connected");
  await expect.poll(() => anns.othersAre()).toEqual(["Ben Connected", "Cleo Connected"]);
  for (const [page, others] of [[anns, [["Ben", "green"], ["Cleo", "blue"]]], [bens, [["Ann", "red"], ["Cleo", "blue"]]], [cleos, [["Ann", "red"], ["Ben", "green"]]]] as const) {
    for (const [name, colour] of others) await expectToSee(page.videoOf(name), colour);
  }
  await expectToHear(cleos.page, ["red", "green"]);

  await anns.do((app) => app.call.hangUp());
  await anns.expectEnd(0, 0, /You left/);
  await expect.poll(() => bens.othersAre()).toEqual(["Cleo Connected"]);
  await expectToHear(cleos.page, ["green"]);
  await expectToSee(bens.videoOf("Cleo"), "blue");

  await bens.add(ann.user);
  await anns.expectLast("called by Ben");
  await expect.poll(() => cleos.othersAre()).toEqual([" Ringing", "Ben Connected"]);
  await cleos.do((app, rawId) => app.call.removeParticipant({ id: rawId }), ann.user);
  await anns.expectLast("rings no more 487/0");
  await expect.poll(() => bens.othersAre()).toEqual(["Cleo Connected"]);
  await bens.expectState("Connected");
});

test("an app's user and a user of the organization call each other where the organization trusts the app, and not elsewhere", async ({ open, request, server }) => {
  const resource = "5f1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11";
  const settings = join(await mkdtemp(join(tmpdir(), "convene-settings-")), "convene.toml");
  await writeFile(settings, `federated = ["${resource}"]\n`);
  const trusting = await startServer({ dev: true, flags: ["--config", settings] });
  try {
    await trusting.kill();
    await trusting.cli("resource", "create", "--id", resource, "--default");
    await trusting.start();
    const ann = await newPerson(trusting.url);
    expect(ann.user).toContain(`8:acs:${resource}_`);
    const olga = await organizer(request, trusting, "Olga");
    const at = { baseURL: trusting.url };
    const apps = await RingingPage.open(await open("red", at), ann.token, "Ann");
    const teams = await RingingPage.openTeams(await open("green", at), olga.token);

    await apps.call(olga.user.id);
    await teams.expectLast("called by Ann");
    await teams.accept();
    await teams.expectState("Connected");
    expect(await teams.do((app) => [app.agent.kind, app.call.kind, app.call.direction, app.call.callerInfo.identifier])).toEqual([
      "TeamsCallAgent", "TeamsCall", "Incoming", { kind: "communicationUser", communicationUserId: ann.user, rawId: ann.user },
    ]);
    expect(await apps.do((app) => app.call.remoteParticipants.map((each) => each.identifier.kind))).toEqual(["microsoftTeamsUser"]);
    await expectToSee(apps.videoOf("Olga"), "green");
    await expectToSee(teams.videoOf("Ann"), "red");
    await expectToHear(apps.page, ["green"]);
    await teams.do((app) => app.call.hangUp());
    await apps.expectEnd(0, 5003, /other participant left/);

    await teams.call(ann.user);
    await apps.expectLast("called by Olga");
    await apps.accept();
    await apps.expectState("Connected");
    expect(await apps.do((app) => [app.call.kind, app.call.callerInfo.identifier?.kind, app.call.callerInfo.displayName])).toEqual(["Call", "microsoftTeamsUser", "Olga"]);
    await expectToSee(apps.videoOf("Olga"), "green");
    await expectToSee(teams.videoOf("Ann"), "red");
    await expectToHear(teams.page, ["red"]);
  } finally {
    await trusting.stop();
  }

  const stranger = await newPerson(server.url);
  const oskar = await organizer(request, server, "Oskar");
  const caller = await RingingPage.open(await open("red"), stranger.token, "Ann");
  const called = await RingingPage.openTeams(await open("green"), oskar.token);
  await caller.call(oskar.user.id);
  await caller.expectEnd(480, 10037, /nobody to be reached/);
  await called.call(stranger.user);
  await called.expectEnd(480, 10037, /nobody to be reached/);
  expect((await called.events()).filter((event) => event.startsWith("called by"))).toEqual([]);
});

test("the test call answers at once and plays back what is said, a second later", async ({ open, server }) => {
  const ann = await newPerson(server.url);
  const caller = await RingingPage.open(await open("red"), ann.token, "Ann");
  await caller.echoTest();
  await caller.expectState("Connected");
  expect(await caller.do((app) => app.call.remoteParticipants.map((each) => [each.identifier, each.displayName, each.state]))).toEqual([
    [{ kind: "unknown", id: "8:echo123", rawId: "8:echo123" }, "Echo test", "Connected"],
  ]);
  await expectToHear(caller.page, ["red"]);

  await caller.do((app) => app.call.mute());
  await expectToHear(caller.page, []);
  await caller.do((app) => app.call.unmute());
  await expectToHear(caller.page, ["red"]);

  await caller.do((app) => app.call.hangUp());
  await caller.expectEnd(0, 0, /You left/);
});

test("a token that only joins has no test call", async ({ open, server }) => {
  const { id } = await server.cli<{ id: string }>("user", "create", "--name", "Gil");
  const { token } = await server.cli<{ token: string }>("token", "issue", "--user", id, "--scope", "voip.join");
  const guest = await RingingPage.open(await open("red"), token, "Gil");
  await guest.echoTest();
  await guest.expectEnd(403, 10009, /voip/);
});

test("one of two holds the call: neither hears nor sees the other until it is taken up again", async ({ open, server }) => {
  const [ann, ben] = [await newPerson(server.url), await newPerson(server.url)];
  const caller = await RingingPage.open(await open("red"), ann.token, "Ann");
  const called = await RingingPage.open(await open("green"), ben.token, "Ben");
  await caller.call(ben.user);
  await called.expectLast("called by Ann");
  await called.accept();
  await caller.expectState("Connected");
  await expectToSee(caller.videoOf("Ben"), "green");
  await expectToHear(called.page, ["red"]);

  await caller.do((app) => app.call.hold());
  await caller.expectState("LocalHold");
  await called.expectState("RemoteHold");
  expect(await called.do((app) => app.call.remoteParticipants.map((each) => each.state))).toEqual(["Hold"]);
  await expect(called.videoOf("Ann")).toHaveCount(0);
  await expectToHear(called.page, []);
  await expectToHear(caller.page, []);

  await caller.do((app) => app.call.resume());
  await caller.expectState("Connected");
  await called.expectState("Connected");
  await expectToHear(called.page, ["red"]);
  await expectToHear(caller.page, ["green"]);
  await expectToSee(called.videoOf("Ann"), "red");
  await expectToSee(caller.videoOf("Ben"), "green");
});

test("in a group the others see who holds the call, and go on without them", async ({ open, server }) => {
  const [ann, ben, cas] = [await newPerson(server.url), await newPerson(server.url), await newPerson(server.url)];
  const caller = await RingingPage.open(await open("red"), ann.token, "Ann");
  const first = await RingingPage.open(await open("green"), ben.token, "Ben");
  const second = await RingingPage.open(await open("blue"), cas.token, "Cas");
  await caller.call(ben.user, cas.user);
  await first.expectLast("called by Ann");
  await first.accept();
  await second.expectLast("called by Ann");
  await second.accept();
  await expectToHear(first.page, ["red", "blue"]);

  await second.do((app) => app.call.hold());
  await expectToHear(first.page, ["red"]);
  await expectToHear(caller.page, ["green"]);
  await expectToHear(second.page, []);
  const states = (page: RingingPage): Promise<string[]> => page.do((app) => app.call.remoteParticipants.map((each) => `${each.displayName} ${each.state}`).sort());
  expect(await states(first)).toEqual(["Ann Connected", "Cas Hold"]);
  await first.expectState("Connected");
  await second.do((app) => app.call.resume());
  await expectToHear(first.page, ["red", "blue"]);
  await expectToHear(second.page, ["red", "green"]);
});

test("a held call is held still after the server was killed, and is taken up again", async ({ open }) => {
  const own = await startServer({ dev: true });
  try {
    const at = { baseURL: own.url };
    const [ann, ben] = [await newPerson(own.url), await newPerson(own.url)];
    const caller = await RingingPage.open(await open("red", at), ann.token, "Ann");
    const called = await RingingPage.open(await open("green", at), ben.token, "Ben");
    await caller.call(ben.user);
    await called.expectLast("called by Ann");
    await called.accept();
    await expectToHear(called.page, ["red"]);
    await caller.do((app) => app.call.hold());
    await called.expectState("RemoteHold");

    await own.kill();
    await own.start();
    await expect.poll(() => caller.do((app) => app.agent.connectionState), { timeout: 30_000 }).toBe("Connected");
    await expect.poll(() => called.do((app) => app.agent.connectionState), { timeout: 30_000 }).toBe("Connected");
    await caller.expectState("LocalHold");
    await called.expectState("RemoteHold");
    await expectToHear(called.page, []);
    await expectToHear(caller.page, []);
    await caller.do((app) => app.call.resume());
    await called.expectState("Connected");
    await expectToHear(called.page, ["red"]);
    await expectToHear(caller.page, ["green"]);
  } finally {
    await own.stop();
  }
});
