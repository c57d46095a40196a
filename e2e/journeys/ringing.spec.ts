// Calls that ring: answered, declined, cancelled, not answered, and on more than one device.

import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { RingingPage } from "../lib/ringing-page";
import { startServer } from "../lib/server";

interface Person {
  readonly token: string;
  readonly user: string;
}

/** A new user of the app. */
async function person(url: string): Promise<Person> {
  const { token } = (await (await fetch(`${url}/api/token`)).json()) as { token: string };
  const { skypeid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { skypeid: string };
  return { token, user: `8:${skypeid}` };
}

test("somebody is called, answers, and both see and hear each other until one hangs up", async ({ open, server }) => {
  const [ann, ben] = [await person(server.url), await person(server.url)];
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
  const [ann, ben] = [await person(server.url), await person(server.url)];
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
    const [ann, ben, nobody] = [await person(hasty.url), await person(hasty.url), await person(hasty.url)];
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

test("the test call answers at once and plays back what is said, a second later", async ({ open, server }) => {
  const ann = await person(server.url);
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
  const [ann, ben] = [await person(server.url), await person(server.url)];
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
  const [ann, ben, cas] = [await person(server.url), await person(server.url), await person(server.url)];
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
    const [ann, ben] = [await person(own.url), await person(own.url)];
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
