// Pictures of the pages for people to look at, in .out/pictures. What is on them is asserted elsewhere.

import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { look } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 } };

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: new URL(`../.out/pictures/${name}.png`, import.meta.url).pathname, animations: "disabled" });
}

test("pictures of the home page", async ({ open }) => {
  const page = await open("red", DESKTOP);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await picture(page, "home");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "home-dark");
  await page.setViewportSize(PHONE.viewport);
  await picture(page, "home-phone-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/samples/join-by-link/");
  await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
  await picture(page, "sample-phone");
  await page.setViewportSize(DESKTOP.viewport);
  await picture(page, "sample");
  await page.goto("/samples/");
  await expect(page.locator("#difference")).toContainText("groupId");
  await picture(page, "samples");
});

test("pictures of a meeting with two people in it and one in the lobby", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.prepare(await open("fern", DESKTOP), { name: "Olga Organizer" });
  await expectToMove(organizer.page.locator(".preview video"));
  await picture(organizer.page, "prejoin");
  await organizer.join();
  await expectToMove(organizer.videoOf("Olga Organizer"));
  await picture(organizer.page, "alone");
  const maya = await SamplePage.connect(await open("clay", DESKTOP), "join-by-link", "Maya", await organizer.link());
  await maya.expectState("InLobby");
  await organizer.admit("Maya");
  await expectToMove(organizer.videoOf("Maya"));
  await expectToMove(maya.videoOf("Olga Organizer"));
  await picture(maya.page, "sample-connected");
  const waiting = new MeetingPage(await open("dusk", PHONE));
  await waiting.page.goto(await organizer.link());
  await waiting.page.getByLabel("Your name").fill("Gina Guest");
  await waiting.pressJoin();
  await expect(organizer.waiter("Gina Guest")).toBeVisible();
  await picture(waiting.page, "waiting-phone");
  await organizer.page.mouse.move(0, 0);
  await picture(organizer.page, "meeting");
  await organizer.page.emulateMedia({ colorScheme: "dark" });
  await picture(organizer.page, "meeting-dark");
  await organizer.page.setViewportSize(PHONE.viewport);
  await picture(organizer.page, "lobby-phone-dark");
  await organizer.page.emulateMedia({ colorScheme: "light" });
  await organizer.admit("Gina Guest");
  await expectToMove(waiting.videoOf("Maya"));
  await expectToMove(waiting.videoOf("Olga Organizer"));
  await picture(waiting.page, "three-phone");
  await organizer.page.setViewportSize(DESKTOP.viewport);
  await expectToMove(organizer.videoOf("Gina Guest"));
  await organizer.press("People");
  await picture(organizer.page, "three");
});

/** Portraits move little: what counts here is that new frames come. */
async function expectToMove(video: Locator): Promise<void> {
  await expect(video).toHaveCount(1);
  await expect.poll(async () => (await look(video)).frames).toBe(10);
}
