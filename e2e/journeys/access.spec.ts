// The pages for those who use a keyboard or a screen reader: what axe finds, where the focus is, what is told.

import { expectAccessible } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";
import { SAMPLES } from "../lib/sample-page";

const PHONE = { viewport: { width: 390, height: 844 } };

test("axe finds nothing serious on the home page and on the samples", async ({ open }) => {
  const page = await open("red");
  await page.goto("/");
  await expectAccessible(page, "the home page");
  await page.goto("/api.html");
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expectAccessible(page, "the REST APIs");
  await page.goto("/samples/");
  await page.getByText("Source", { exact: true }).first().click();
  await expectAccessible(page, "the samples");
  for (const sample of SAMPLES) {
    await page.goto(`/samples/${sample}/`);
    await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
    await expectAccessible(page, `the sample ${sample}`);
  }
});

test("axe finds nothing serious from PreJoin over the lobby and the meeting to its end", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.prepare(await open("red"), { name: "Olga" });
  await expect(organizer.page.locator(".preview video")).toBeVisible();
  await expectAccessible(organizer.page, "PreJoin");
  await organizer.join();
  await expectAccessible(organizer.page, "the meeting, alone");
  const guest = await MeetingPage.open(await open("green", PHONE), await organizer.link(), "Gina");
  await expect(guest.page.locator(".preview video")).toBeVisible();
  await expectAccessible(guest.page, "PreJoin on a phone");
  await guest.pressJoin();
  await expect(organizer.waiter("Gina")).toBeVisible();
  await expectAccessible(guest.page, "the lobby");
  await expectAccessible(organizer.page, "the meeting with somebody in the lobby");
  await organizer.admit("Gina");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectAccessible(organizer.page, "the meeting with two people");
  await guest.press("People");
  await expectAccessible(guest.page, "the people on a phone");
  await organizer.lineOf("Gina").getByRole("button").click();
  await expectAccessible(organizer.page, "the menu of a person");
  await organizer.page.keyboard.press("Escape");
  await organizer.press("Invite");
  await expect(organizer.page.getByRole("region", { name: "Invite people" })).toBeVisible();
  await expectAccessible(organizer.page, "the invitation");
  await organizer.page.keyboard.press("Escape");
  await organizer.act("Gina", "Remove…");
  await expect(organizer.page.getByRole("dialog")).toBeVisible();
  await expectAccessible(organizer.page, "the question before removing somebody");
  await organizer.page.keyboard.press("Escape");
  await organizer.openDevices();
  await expectAccessible(organizer.page, "the devices");
  await organizer.openOptions();
  await expectAccessible(organizer.page, "the options");
  await organizer.page.keyboard.press("Escape");
  await organizer.press("Share screen");
  await guest.page.keyboard.press("Escape");
  await expect(guest.sharedScreen).toHaveCount(1);
  await expectAccessible(guest.page, "a shared screen");
  await expectAccessible(organizer.page, "one's own shared screen");
  await organizer.press("End for all");
  await expect(organizer.page.getByRole("dialog")).toBeVisible();
  await expectAccessible(organizer.page, "the question before ending for everybody");
  await organizer.page.keyboard.press("Escape");
  await organizer.endForAll();
  await expect(guest.page.locator("main.ended")).toBeVisible();
  await expectAccessible(guest.page, "the end");
});

test("a meeting is led by keyboard: the menu of a person, the dialog that keeps the focus, and Escape", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const { page } = organizer;
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  const guest = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  await guest.join();
  await expect(page.getByTestId("people-announcement")).toHaveText("Gina (anonymous guest) came in.");

  const menu = organizer.lineOf("Gina").getByRole("button", { name: "Actions on Gina" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Mute", exact: true })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Remove…" })).toBeFocused();
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Remove Gina from the meeting?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  for (let presses = 0; presses < 6; presses += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement === document.body || document.querySelector("dialog[open]")?.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();

  await page.getByRole("button", { name: "Close people" }).press("Escape");
  await expect(organizer.controls.getByRole("button", { name: "People" })).toBeFocused();
  await expect(page.getByRole("complementary", { name: "People" })).toBeHidden();
  await organizer.controls.getByRole("button", { name: "Invite" }).press("Enter");
  await expect(page.getByRole("region", { name: "Invite people" }).getByLabel("Join link")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(organizer.controls.getByRole("button", { name: "Invite" })).toBeFocused();

  await guest.leave();
  await expect(guest.page.getByRole("heading", { name: "You left the meeting" })).toBeFocused();
  await expect(page.getByTestId("people-announcement")).toHaveText("Gina left.");
});

test("every page fits into 390 pixels", async ({ open }) => {
  const organizer = await MeetingPage.prepare(await open("red", PHONE), { name: "Olga", lobby: "Nobody waits" });
  const { page } = organizer;
  const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width(), "PreJoin").toBe(390);
  await organizer.join();
  expect(await width(), "the meeting").toBe(390);
  const buttons = await organizer.controls.getByRole("button").all();
  for (const button of buttons) {
    const box = await button.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), await button.innerText()).toBeGreaterThanOrEqual(44);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  }
  await organizer.openOptions();
  expect(await width(), "the options").toBe(390);
  for (const path of ["/samples/", ...SAMPLES.map((sample) => `/samples/${sample}/`)]) {
    await page.goto(path);
    expect(await width(), path).toBe(390);
  }
});
