// The roster on the page: who is who, and what those who lead the meeting do to others from there.

import { expect, test, type OpenPage } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("roster and lobby say of everybody what kind of identity it is, whatever the name says", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const link = await organizer.link();
  const imitator = await MeetingPage.open(await open("green"), link, "Olga");
  await imitator.pressJoin();
  await SamplePage.connect(await open("blue"), "join-by-link", "Ben", link);
  await expect(organizer.waiter("Olga").locator(".kind")).toHaveText("anonymous guest");
  await expect(organizer.waiter("Ben").locator(".kind")).toHaveText("app user");

  await organizer.page.getByRole("button", { name: "Admit all" }).click();
  await expect(organizer.lineOf("Olga (you)").locator(".person-detail")).toHaveText("organization userorganizer");
  await expect(organizer.lineOf("Ben").locator(".person-detail")).toHaveText("app userpresenter");
  const imitated = organizer.lineOf("Olga").filter({ hasNotText: "(you)" });
  await expect(imitated.locator(".person-detail")).toHaveText("anonymous guestpresenter");
  await expect(imitator.lineOf("Ben").locator(".kind")).toHaveText("app user");
  await expect(imitator.page.getByRole("button", { name: "Actions on Ben" }), "a guest leads nobody").toBeHidden();
});

test("the organizer mutes somebody, who reads it and unmutes; forbids the microphone and the camera, and allows them again", async ({ open }) => {
  test.slow();
  const { organizer, guest } = await twoPeople(open);
  await expectToHear(organizer.page, ["green"]);
  await organizer.act("Gina", "Mute");
  await expectToHear(organizer.page, []);
  await expect(guest.page.getByText("Somebody who leads the meeting muted you.")).toBeVisible();
  await guest.press("Unmute");
  await expectToHear(organizer.page, ["green"]);

  await organizer.act("Gina", "Forbid the microphone");
  await expectToHear(organizer.page, []);
  await expect(guest.controls.getByRole("button", { name: "Unmute" })).toHaveAttribute("aria-disabled", "true");
  await organizer.act("Gina", "Forbid the camera");
  await expect(organizer.videoOf("Gina")).toHaveCount(0);
  await expect(organizer.lineOf("Gina").getByText("may not speak")).toBeAttached();

  await organizer.act("Gina", "Allow the microphone");
  await guest.press("Unmute");
  await expectToHear(organizer.page, ["green"]);
  await organizer.act("Gina", "Allow the camera");
  await guest.press("Camera on");
  await expectToSee(organizer.videoOf("Gina"), "green");
});

test("mute all silences everybody else", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  const ben = await SamplePage.connect(await open("blue"), "join-by-link", "Ben", await organizer.link());
  await ben.expectState("Connected");
  await expectToHear(organizer.page, ["green", "blue"]);
  await organizer.page.getByRole("button", { name: "Mute all" }).click();
  await expectToHear(organizer.page, []);
  await expect(organizer.page.getByRole("button", { name: "Mute all" })).toBeHidden();
  await expectToHear(guest.page, ["red"]);
});

test("who is removed is out; the organizer is asked first", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  await expectToSee(organizer.videoOf("Gina"), "green");
  await organizer.act("Gina", "Remove…");
  const question = organizer.page.getByRole("dialog", { name: "Remove Gina from the meeting?" });
  await organizer.page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(organizer.lineOf("Gina").getByRole("button")).toBeFocused();
  await expectToSee(organizer.videoOf("Gina"), "green");

  await organizer.act("Gina", "Remove…");
  await question.getByRole("button", { name: "Remove" }).click();
  await guest.expectEnd("0/5300", "You were removed");
  await expect(organizer.tileOf("Gina")).toHaveCount(0);
  await expectToHear(organizer.page, []);
  await expect(organizer.page.getByTestId("people-announcement")).toHaveText("Gina left.");
});

test("who is put back waits again, and comes in again", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  await expectToSee(organizer.videoOf("Gina"), "green");
  await organizer.act("Gina", "Put back into the lobby");
  await expect(guest.page.getByRole("heading", { name: "You are back in the lobby" })).toBeVisible();
  await expectToHear(organizer.page, []);
  await organizer.admit("Gina");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(guest.videoOf("Olga"), "red");
});

test("a promoted guest leads, and a demoted one no longer; only what is possible is offered", async ({ open }) => {
  const { organizer, guest } = await twoPeople(open);
  const ben = await SamplePage.connect(await open("blue"), "join-by-link", "Ben", await organizer.link());
  await ben.expectState("Connected");
  await expectToHear(organizer.page, ["green", "blue"]);
  const common = ["Mute", "Put into the spotlight", "Forbid the microphone", "Forbid the camera"];
  const out = ["Put back into the lobby", "Remove…"];
  expect(await organizer.offered("Gina")).toEqual([...common, "Make attendee", ...out]);

  await organizer.act("Gina", "Make attendee");
  await expect(organizer.lineOf("Gina").locator(".person-detail")).toContainText("attendee");
  await expect(guest.controls.getByRole("button", { name: "Share screen" })).toHaveAttribute("aria-disabled", "true");
  await expect(guest.page.getByRole("button", { name: "Actions on Ben" })).toBeHidden();

  await organizer.act("Gina", "Make presenter");
  expect(await guest.offered("Ben")).toEqual([...common, ...out]);
  await guest.act("Ben", "Mute");
  await expectToHear(organizer.page, ["green"]);
});

async function twoPeople(open: OpenPage): Promise<{ organizer: MeetingPage; guest: MeetingPage }> {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  await guest.join();
  return { organizer, guest };
}
