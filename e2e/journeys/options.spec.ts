// The organizer's options: each acts on the meeting that goes on.

import { readFile } from "node:fs/promises";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";

test("opening the lobby lets in who waits, and locking the meeting keeps everybody else out", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const { meetingId, passcode } = await organizer.numbers();
  const guest = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  await guest.pressJoin();
  await expect(organizer.waiter("Gina")).toBeVisible();

  const options = await organizer.openOptions();
  await expect(options.getByLabel("Who waits in the lobby")).toHaveValue("organization");
  await expect(options.getByTestId("meeting-id")).toHaveText(meetingId);

  await options.getByLabel("When").fill("2027-01-15T09:30");
  const [download] = await Promise.all([organizer.page.waitForEvent("download"), options.getByRole("button", { name: "Add to calendar" }).click()]);
  expect(download.suggestedFilename()).toBe("Weekly-review.ics");
  const calendar = (await readFile(await download.path(), "utf8")).replace(/\r\n /g, "");
  const start = await organizer.page.evaluate(() => new Date("2027-01-15T09:30").toISOString().replace(/\.\d+|[-:]/g, ""));
  expect(calendar).toContain(`DTSTART:${start}`);
  expect(calendar).toContain(`UID:${meetingId.replace(/ /g, "")}@`);
  expect(calendar).toContain("SUMMARY:Weekly review");
  await expect(options.getByTestId("passcode")).toHaveText(passcode);
  await options.getByLabel("Who waits in the lobby").selectOption({ label: "Nobody waits" });
  await expect(options.getByText("Saved. It holds from now on.")).toBeVisible();
  await expectToSee(guest.videoOf("Olga"), "red");

  await options.getByLabel("Locked").check();
  await expect(options.getByText("Saved. It holds from now on.")).toBeVisible();
  const late = await MeetingPage.open(await open("blue"), await organizer.link(), "Ben");
  await late.pressJoin();
  await late.expectEnd("403/8560", "The meeting is locked");

  await organizer.page.keyboard.press("Escape");
  await expect(organizer.controls.getByRole("button", { name: "Options" })).toBeFocused();
  await expectToSee(organizer.videoOf("Gina"), "green");
});

test("with only organizers presenting, attendees are silenced and allowed again by the options", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  await guest.join();
  await expectToHear(organizer.page, ["green"]);
  await expect(guest.controls.getByRole("button", { name: "Options" })).toBeHidden();

  const options = await organizer.openOptions();
  await options.getByLabel("Who presents").selectOption({ label: "Only organizers" });
  await expect(guest.controls.getByRole("button", { name: "Share screen" })).toHaveAttribute("aria-disabled", "true");
  await expectToHear(organizer.page, ["green"]);
  await options.getByLabel("Attendees may speak").uncheck();
  await expectToHear(organizer.page, []);
  await expect(guest.controls.getByRole("button", { name: "Unmute" })).toHaveAttribute("aria-disabled", "true");
  await options.getByLabel("Attendees may turn their camera on").uncheck();
  await expect(organizer.videoOf("Gina")).toHaveCount(0);

  await options.getByLabel("Attendees may speak").check();
  await guest.press("Unmute");
  await expectToHear(organizer.page, ["green"]);
});

test("what cannot be saved goes back to what it was, and says why", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const options = await organizer.openOptions();
  await organizer.page.route("**/v1.0/me/onlineMeetings/**", (route) => route.abort());
  await options.getByLabel("Locked").click();
  await expect(options.getByRole("alert")).toHaveText(
    "This could not be saved. The server cannot be reached. Check that it runs and that you are online, then try again.",
  );
  await expect(options.getByLabel("Locked")).not.toBeChecked();
  await organizer.page.unroute("**/v1.0/me/onlineMeetings/**");
  await options.getByLabel("Locked").check();
  await expect(options.getByText("Saved. It holds from now on.")).toBeVisible();
  await options.getByRole("button", { name: "Close" }).click();
  await organizer.openOptions();
  await expect(options.getByLabel("Locked")).toBeChecked();
});
