// Every way in which a call ends, as the app sees it (`callEndReason`) and as the person reads it (the meeting page's end screen).
//
// | code      | what                            | app                         | person                       |
// |-----------|---------------------------------|-----------------------------|------------------------------|
// | 0/0       | hung up                         | lobby.spec, calls.spec      | link.spec                    |
// | 0/4097    | ended for everybody             | calls.spec                  | calls.spec                   |
// | 0/4521    | vanished, as the others see it  | here                        | here                         |
// | 0/5300    | removed                         | managing.spec               | here                         |
// | 403/5300  | barred after that               | managing.spec               | here                         |
// | 0/5854    | rejected                        | lobby.spec                  | edges.spec                   |
// | 0/5855    | nobody admitted in time         | here                        | here                         |
// | 403/5221  | no guests, somebody is in       | managing.spec               | here                         |
// | 403/5222  | no guests, nobody is in         | managing.spec               | here                         |
// | 403/8560  | locked                          | managing.spec               | here                         |
// | 404/5751  | no such meeting, Teams' meeting | link.spec, managing.spec    | link.spec                    |
// | 401/10009 | tokens revoked                  | here                        | here                         |
// | 503/90503 | the server stops                | operation.spec              | operation.spec               |
//
// That a token which cannot be refreshed ends with 401/10009, and why, is seen without a browser in `sdk/calling/test/resilience.test.ts`:
// no token lives for less than an hour.

import { expectAccessible } from "../lib/accessible";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { guestToken, meetingOf, organizer, revokeTokens } from "../lib/meetings";
import { expectToSee } from "../lib/probes";
import { startServer } from "../lib/server";

const EVERYONE = { lobbyBypassSettings: { scope: "everyone" } };
const GUESTS_WAIT = { lobbyBypassSettings: { scope: "organization" } };

test("somebody whose tab died has left with 0/4521, as the others see it", async ({ open, request, server }) => {
  test.setTimeout(120_000);
  const olga = await organizer(request, server, "Olga");
  const meeting = await meetingOf(request, server, olga, EVERYONE);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  const watcher = await MeetingPage.knock(await open("blue"), "Ben", meeting.joinWebUrl);
  const guest = await AppPage.join(await open("green"), await guestToken(request, server), { meetingLink: meeting.joinWebUrl }, "Gina");
  await expectToSee(lead.videoOf("Gina"), "green");
  await expectToSee(watcher.videoOf("Gina"), "green");

  const inspector = await guest.page.context().newCDPSession(guest.page);
  const crashed = guest.page.waitForEvent("crash");
  // A page that crashed answers nothing any more.
  void inspector.send("Page.crash").catch(() => undefined);
  await crashed;
  await expect.poll(() => lead.events(), { timeout: 60_000 }).toContain("Gina left 0/4521");
  expect(await lead.others()).toEqual(["Ben"]);
  await expect(watcher.tileOf("Gina")).toHaveCount(0);
});

test("who is not let in in time reads so, and may knock again", async ({ open, request }) => {
  const own = await startServer({ dev: true, lobbyWaitSeconds: 5 });
  try {
    const olga = await organizer(request, own, "Olga");
    const meeting = await meetingOf(request, own, olga, GUESTS_WAIT);
    const lead = await AppPage.join(await open("red", { baseURL: own.url }), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
    await lead.expectState("Connected");
    const app = await AppPage.join(await open("green", { baseURL: own.url }), await guestToken(request, own), { meetingLink: meeting.joinWebUrl }, "Gina");
    const person = await MeetingPage.knock(await open("blue", { baseURL: own.url }), "Ben", meeting.joinWebUrl);
    await app.expectEnd(0, 5855, /Nobody let you in from the lobby in time/);
    expect(await app.events()).toContain("InLobby");
    await person.expectEnd("0/5855", "Nobody let you in");
    await expect(person.page.getByText("Join again to ask once more.")).toBeVisible();

    await person.page.getByRole("button", { name: "Join again" }).click();
    await person.pressJoin();
    await expect.poll(() => lead.lead("admit", "Ben"), { intervals: [100] }).toBe("done");
    await expect(person.controls).toBeVisible();
    await expectToSee(lead.videoOf("Ben"), "blue");
  } finally {
    await own.stop();
  }
});

test("who is removed reads so, and a fresh visitor waits even where nobody has to", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const meeting = await meetingOf(request, server, olga, EVERYONE);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  await lead.expectState("Connected");
  const guest = await MeetingPage.knock(await open("green"), "Gina", meeting.joinWebUrl);
  await expect(guest.controls).toBeVisible();
  await expectToSee(lead.videoOf("Gina"), "green");

  expect(await lead.lead("remove", "Gina")).toBe("done");
  await guest.expectEnd("0/5300", "You were removed");
  await expect(guest.page.getByText("You were removed from the call by another participant.")).toBeVisible();
  await expect.poll(() => lead.others()).toEqual([]);

  const fresh = await MeetingPage.knock(await open("blue"), "Somebody new", meeting.joinWebUrl);
  await expect(fresh.page.getByRole("heading", { name: "Waiting to be let in…" })).toBeVisible();
  expect(await lead.others()).toEqual([]);
  await expect.poll(() => lead.lead("admit", "Somebody new")).toBe("done");
  await expectToSee(lead.videoOf("Somebody new"), "blue");
});

test("who was removed and comes back with the same token reads that there is a bar", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const meeting = await meetingOf(request, server, olga, EVERYONE);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  await lead.expectState("Connected");
  const page = await open("green");
  const token = await guestToken(request, server);
  const guest = await MeetingPage.joinWithToken(page, "Gina", meeting.joinWebUrl, token);
  await expect(guest.controls).toBeVisible();
  await expect.poll(() => lead.lead("remove", "Gina")).toBe("done");
  await guest.expectEnd("0/5300", "You were removed");

  const again = await MeetingPage.joinWithToken(page, "Gina", meeting.joinWebUrl, token);
  await again.expectEnd("403/5300", "You were removed");
  await expect(again.page.getByText("Ask the organizer to let you return.")).toBeVisible();
});

test("a meeting without guests, and a locked one, say so to whoever opens the link", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const headers = { Authorization: `Bearer ${olga.meetingsToken}` };
  const meeting = await meetingOf(request, server, olga, { ...EVERYONE, isGuestsAllowed: false });
  const page = await open("green");
  const early = await MeetingPage.knock(page, "Gina", meeting.joinWebUrl);
  await early.expectEnd("403/5222", "Guests cannot join");
  await expect(page.getByText("Ask the organizer to allow guests in the meeting's options.")).toBeVisible();
  await expectAccessible(page, "why guests cannot join");

  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  await lead.expectState("Connected");
  const late = await MeetingPage.knock(page, "Gina", meeting.joinWebUrl);
  await late.expectEnd("403/5221", "Guests cannot join");

  const url = `${server.url}/v1.0/me/onlineMeetings/${meeting.id}`;
  expect((await request.patch(url, { headers, data: { isGuestsAllowed: true, isLocked: true } })).status()).toBe(200);
  const locked = await MeetingPage.knock(page, "Gina", meeting.joinWebUrl);
  await locked.expectEnd("403/8560", "The meeting is locked");
  await expect(page.getByText("The meeting is locked: nobody new comes in.")).toBeVisible();
  await expectAccessible(page, "why nobody can join a locked meeting");
});

test("whose tokens are revoked in mid-call is out at once, and reads what to do", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const meeting = await meetingOf(request, server, olga, EVERYONE);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  const user = async (name: string): Promise<{ id: string; token: string }> => {
    const { id } = await server.cli<{ id: string }>("user", "create", "--name", name);
    return { id, ...(await server.cli<{ token: string }>("token", "issue", "--user", id, "--scope", "voip")) };
  };
  const [gina, ben] = [await user("Gina"), await user("Ben")];
  const app = await AppPage.join(await open("green"), gina.token, { meetingLink: meeting.joinWebUrl }, "Gina");
  const person = await MeetingPage.joinWithToken(await open("blue"), "Ben", meeting.joinWebUrl, ben.token);
  await expectToSee(lead.videoOf("Gina"), "green");
  await expectToSee(lead.videoOf("Ben"), "blue");

  await revokeTokens(request, server, gina.id);
  await app.expectEnd(401, 10009, /revoked.*Get a new token/);
  await expect.poll(() => lead.events()).toContain("Gina left 401/10009");
  await revokeTokens(request, server, ben.id);
  await person.expectEnd("401/10009", "Your access is not valid");
  await expect(person.page.getByText("Get a new token from the app's server")).toBeVisible();
  await expect.poll(() => lead.others()).toEqual([]);
});
