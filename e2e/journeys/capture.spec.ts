// What reaches somebody in the lobby: every byte is kept while a meeting with sound, pictures and names goes on.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee, look } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";
import { Spy } from "../lib/spy";

test("who waits is sent its own id, its deadline and the end, and not one byte of the meeting", async ({ open, server, request }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer", subject: "Takeover plans" });
  const link = await organizer.link();
  const { meetingId, passcode } = await organizer.numbers();
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina Guest", link);
  await guest.expectState("InLobby");

  const answer: { token: string; user: { communicationUserId: string } } = await (await request.get(`${server.url}/api/token`)).json();
  const { token, user } = answer;
  const spy = await Spy.knock(server.url, token, link, "Silent Spy");
  await expect(organizer.waiter("Silent Spy")).toBeVisible();

  // The meeting goes on: somebody comes in, is seen and heard; mutes, cameras and names change hands.
  await organizer.admit("Gina Guest");
  await expectToSee(organizer.videoOf("Gina Guest"), "green");
  await expectToSee(guest.videoOf("Olga Organizer"), "red");
  await expectToHear(guest.page, ["red"]);
  await organizer.press("Mute");
  await organizer.press("Unmute");
  await organizer.press("Camera off");
  await organizer.press("Camera on");
  await expectToSee(guest.videoOf("Olga Organizer"), "red");
  let frames = 0;
  while (frames < 60) frames += (await look(guest.videoOf("Olga Organizer"))).frames;

  // It asks for more than it may have.
  await spy.ask({ type: "negotiate", offer: "v=0\r\n", tracks: [] });
  await spy.ask({ type: "subscribe", videos: [] });
  await spy.ask({ type: "admitAll" });
  await spy.ask({ type: "admit", user: user.communicationUserId });
  await spy.ask({ type: "endForEveryone" });

  await organizer.reject("Silent Spy");
  await spy.until((text) => text.includes('"ended"'));

  expect(spy.head()).toMatch(/^HTTP\/1\.1 101 /);
  expect(new Set(spy.frames().map(({ opcode }) => opcode))).toEqual(new Set([1, 9]));
  for (const ping of spy.frames().filter(({ opcode }) => opcode === 9)) expect(ping.payload.length).toBe(0);
  const messages = spy.texts().map((text) => JSON.parse(text) as unknown);
  const refused = { code: 400, subCode: 90400, name: "badRequest", message: expect.any(String) };
  expect(messages).toEqual([
    expect.objectContaining({ type: "welcome", version: 1, user: user.communicationUserId, heartbeatMs: expect.any(Number) }),
    {
      type: "response",
      id: 1,
      reply: { type: "waiting", waiting: { participantId: expect.stringMatching(/^[0-9a-f-]{36}$/), expiresInMs: expect.any(Number) } },
    },
    ...[101, 102, 103, 104, 105].map((id) => ({ type: "response", id, error: refused })),
    { type: "event", call: 1, event: { type: "ended", end: { reason: expect.objectContaining({ code: 0, subCode: 5854 }) } } },
  ]);
  const all = spy.everything().toString("latin1");
  for (const secret of ["Olga", "Gina", "Takeover", "8:orgid:", "19:meeting", meetingId.replaceAll(" ", ""), passcode, "callId", "threadId", "roster", "a=ice"]) {
    expect(all, secret).not.toContain(secret);
  }
  spy.close();
});
