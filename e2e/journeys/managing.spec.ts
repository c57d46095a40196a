// What those who lead a meeting do to others, and that it holds.

import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { guestToken, meetingOf, organizer } from "../lib/meetings";
import { expectToHear, expectToSee } from "../lib/probes";

const EVERYONE = { lobbyBypassSettings: { scope: "everyone" } };
const GUESTS_WAIT = { lobbyBypassSettings: { scope: "organization" } };

test("who is removed is out with 0/5300, and stays out with the same token until the bar is lifted", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const meeting = await meetingOf(request, server, olga, EVERYONE);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  const token = await guestToken(request, server);
  const page = await open("green");
  const guest = await AppPage.join(page, token, { meetingLink: meeting.joinWebUrl }, "Gina");
  await expectToSee(lead.videoOf("Gina"), "green");

  expect(await guest.lead("remove", "Olga")).toBe("403/90403");
  expect(await lead.lead("remove", "Gina")).toBe("done");
  await guest.expectEnd(0, 5300, /removed/);
  await expectToHear(lead.page, []);
  expect(await lead.others()).toEqual([]);

  const again = await AppPage.join(page, token, { meetingLink: meeting.joinWebUrl }, "Gina");
  await again.expectEnd(403, 5300, /cannot come back/);
  expect(await lead.lead("liftBar", "Gina")).toBe("done");
  const back = await AppPage.join(page, token, { meetingLink: meeting.joinWebUrl }, "Gina");
  await back.expectState("Connected");
  await expectToSee(lead.videoOf("Gina"), "green");
});

test("a mute by another silences until its owner unmutes; a hard mute holds against a client that keeps sending", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const meeting = await meetingOf(request, server, olga, EVERYONE);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  const guest = await AppPage.join(await open("green"), await guestToken(request, server), { meetingLink: meeting.joinWebUrl }, "Gina");
  await expectToHear(lead.page, ["green"]);

  expect(await lead.lead("mute", "Gina")).toBe("done");
  await expect.poll(() => guest.events()).toContain("mutedByOthers");
  await expectToHear(lead.page, []);
  expect(await guest.setMuted(false)).toBe("done");
  await expectToHear(lead.page, ["green"]);

  expect(await lead.lead("forbidAudio", "Gina")).toBe("done");
  await expectToHear(lead.page, []);
  expect(await guest.setMuted(false)).toBe("403");
  await guest.sendAudioAllTheSame();
  const before = await guest.audioPacketsSent();
  await expect.poll(() => guest.audioPacketsSent(), { message: "packets that the hostile client sends" }).toBeGreaterThan(before + 50);
  await expectToHear(lead.page, []);
  await expectToSee(lead.videoOf("Gina"), "green");

  expect(await lead.lead("permitAudio", "Gina")).toBe("done");
  expect(await guest.setMuted(false)).toBe("done");
  await expectToHear(lead.page, ["green"]);
});

test("a co-organizer admits by meeting id and passcode, and who is put back waits again", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const cora = await organizer(request, server, "Cora");
  const meeting = await meetingOf(request, server, olga, { lobbyBypassSettings: { scope: "organizer" } });
  const { joinMeetingId: meetingId, passcode } = meeting.joinMeetingIdSettings;
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: meeting.joinWebUrl }, "Olga");
  const second = await AppPage.join(await open("blue"), cora.token, { meetingId, passcode }, "Cora");
  await second.expectState("InLobby");
  await expect.poll(() => lead.lead("admit", "Cora")).toBe("done");
  await second.expectState("Connected");
  await expect.poll(() => lead.lead("makeCoOrganizer", "Cora")).toBe("done");
  await expect.poll(() => second.events()).toContain("role Co-organizer");

  const guest = await AppPage.join(await open("green"), await guestToken(request, server), { meetingId, passcode }, "Gina");
  await guest.expectState("InLobby");
  await expect.poll(() => second.lead("admit", "Gina")).toBe("done");
  await guest.expectState("Connected");
  await expectToSee(second.videoOf("Gina"), "green");

  await expect.poll(() => second.lead("putBack", "Gina")).toBe("done");
  await guest.expectState("InLobby");
  await expectToHear(second.page, ["red"]);
  expect(await guest.others()).toEqual([]);
  await expect.poll(() => lead.lead("admit", "Gina")).toBe("done");
  await guest.expectState("Connected");
  await expectToSee(lead.videoOf("Gina"), "green");
});

test("a changed lobby policy acts on those who wait, and each refusal has its code and its words", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const headers = { Authorization: `Bearer ${olga.meetingsToken}` };
  const meeting = await meetingOf(request, server, olga, GUESTS_WAIT);
  const url = `${server.url}/v1.0/me/onlineMeetings/${meeting.id}`;
  const page = await open("green");
  const token = await guestToken(request, server);
  const guest = await AppPage.join(page, token, { meetingLink: meeting.joinWebUrl }, "Gina");
  await guest.expectState("InLobby");
  expect((await request.patch(url, { headers, data: EVERYONE })).status()).toBe(200);
  await guest.expectState("Connected");

  const closed = await meetingOf(request, server, olga, { isGuestsAllowed: false });
  await (await AppPage.join(page, token, { meetingLink: closed.joinWebUrl }, "Gina")).expectEnd(403, 5222, /does not admit guests/);
  const lead = await AppPage.join(await open("red"), olga.token, { meetingLink: closed.joinWebUrl }, "Olga");
  await lead.expectState("Connected");
  await (await AppPage.join(page, token, { meetingLink: closed.joinWebUrl }, "Gina")).expectEnd(403, 5221, /does not admit guests/);

  expect((await request.patch(`${server.url}/v1.0/me/onlineMeetings/${closed.id}`, { headers, data: { isGuestsAllowed: true, isLocked: true } })).status()).toBe(200);
  await (await AppPage.join(page, token, { meetingLink: closed.joinWebUrl }, "Gina")).expectEnd(403, 8560, /locked/);
  await (await AppPage.join(page, token, { meetingId: "123 456 789 012 345", passcode: "wrong" }, "Gina")).expectEnd(404, 5751, /no meeting/);
});
