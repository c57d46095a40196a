// Microphone, camera and screen, switched in the meeting, as the other side sees and hears it.

import { expect, test, type OpenPage } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee, look } from "../lib/probes";

test.beforeEach(() => test.slow());

test("who mutes is no longer heard, and is heard again after unmuting", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  await expectToHear(organizer.page, ["green"]);

  await guest.press("Mute");
  await expectToHear(organizer.page, []);
  await expect(organizer.mutedMarkOf("Gina")).toBeVisible();
  await expect(organizer.lineOf("Gina").locator(".person-muted")).toBeVisible();
  await expectToSee(organizer.videoOf("Gina"), "green");

  await guest.press("Unmute");
  await expectToHear(organizer.page, ["green"]);
  await expect(organizer.mutedMarkOf("Gina")).toBeHidden();
  await expect(organizer.lineOf("Gina").locator(".person-muted")).toBeHidden();
});

test("who speaks has a ring, and loses it when muted", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  await expect(organizer.page.locator('.tile[data-name="Gina"][data-speaking]')).toHaveCount(1);
  await guest.press("Mute");
  await expect(organizer.page.locator('.tile[data-name="Gina"][data-speaking]')).toHaveCount(0);
});

test("who turns the camera off shows initials, and moves again after turning it on", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  await expectToSee(organizer.videoOf("Gina"), "green");

  await guest.press("Camera off");
  await expect(organizer.videoOf("Gina")).toHaveCount(0);
  await expect(organizer.tileOf("Gina").locator(".avatar")).toHaveText("G");
  await expectToHear(organizer.page, ["green"]);

  await guest.press("Camera on");
  await expectToSee(organizer.videoOf("Gina"), "green");
});

test("a shared screen is seen beside the camera, until sharing stops", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  await organizer.press("Share screen");
  await expect(guest.sharedScreen).toHaveCount(1);
  await expect.poll(async () => (await look(guest.sharedScreen)).frames).toBeGreaterThanOrEqual(10);
  await expectToSee(guest.videoOf("Olga"), "red");

  await organizer.press("Stop sharing");
  await expect(guest.sharedScreen).toHaveCount(0);
  await expectToSee(guest.videoOf("Olga"), "red");
});

async function twoPeople(open: OpenPage): Promise<{ organizer: MeetingPage; guest: MeetingPage }> {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = new MeetingPage(await open("green"));
  await guest.page.goto(await organizer.link());
  await guest.page.getByLabel("Your name").fill("Gina");
  await guest.join();
  return { organizer, guest };
}
