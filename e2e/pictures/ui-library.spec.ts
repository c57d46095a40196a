// Pictures of the samples with Microsoft's UI library. What is on them is asserted elsewhere.

import type { Page } from "@playwright/test";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { UiLibraryPage } from "../lib/ui-library-page";

/** Light and dark, and dark on a phone: the composites choose their layout by the width. */
async function pictures(page: Page, name: string): Promise<void> {
  const take = (suffix: string) => page.screenshot({ path: new URL(`../.out/pictures/ui-library-${name}${suffix}.png`, import.meta.url).pathname });
  await take("");
  await page.emulateMedia({ colorScheme: "dark" });
  await take("-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await take("-phone-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await take("-phone");
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("pictures of the UI library's call screens", async ({ open }) => {
  const size = { viewport: { width: 1280, height: 800 } };
  const olga = await MeetingPage.start(await open("fern", size), { name: "Olga Organizer" });
  const link = await olga.link();
  const page = await open("clay", size);
  const gina = await UiLibraryPage.open(page, "call", "Gina", link);
  await gina.press("Camera");
  await expect(page.locator("video")).toBeVisible();
  await pictures(page, "check");
  await gina.press("Start call");
  await expect(page.getByText("Waiting to be admitted")).toBeVisible();
  await pictures(page, "lobby");
  await olga.admit("Gina");
  await expect(gina.videoOf("Olga Organizer")).toBeVisible();
  await pictures(page, "call");
  const ben = await UiLibraryPage.open(await open("dusk", size), "components", "Ben", link);
  await olga.admit("Ben");
  await expect(ben.videoOf("Olga Organizer")).toBeVisible();
  await pictures(ben.page, "components");
  await gina.press("Leave");
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await gina.press("Skip");
  await expect(page.getByText("You left the call")).toBeVisible();
  await pictures(page, "left");
});

test("pictures of the UI library's chat of two users", async ({ open, server }) => {
  const tls = { baseURL: server.url.replace("http:", "https:"), ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } };
  const [ann, ben] = await UiLibraryPage.openPair([await open("clay", tls), await open("dusk", tls)], "chat", ["Ann", "Ben"]);
  await expect(ben.page.getByText("Two of us")).toBeVisible();
  await ann.page.getByPlaceholder("Enter a message").fill("Hello Ben");
  await ann.page.keyboard.press("Enter");
  await expect(ben.page.getByText("Hello Ben", { exact: true }).first()).toBeVisible();
  await pictures(ben.page, "chat");
});

test("pictures of the UI library's call with the chat beside it", async ({ open, server }) => {
  const size = { viewport: { width: 1280, height: 800 } };
  const tls = { ...size, baseURL: server.url.replace("http:", "https:"), ignoreHTTPSErrors: true };
  const olga = await MeetingPage.start(await open("fern", size), { name: "Olga Organizer", lobby: "Nobody waits" });
  const link = await olga.link();
  const gina = await UiLibraryPage.open(await open("clay", tls), "call-with-chat", "Gina", link);
  await gina.press("Start call");
  await expect(gina.videoOf("Olga Organizer")).toBeVisible();
  const ben = await UiLibraryPage.open(await open("dusk", tls), "components", "Ben", link);
  await expect(ben.videoOf("Olga Organizer")).toBeVisible();
  await gina.press("Chat");
  await gina.field.fill("Hello everybody");
  await gina.field.press("Enter");
  await expect(ben.message("Hello everybody")).toBeInViewport();
  await ben.field.fill("Hello Gina");
  await ben.field.press("Enter");
  await expect(gina.message("Hello Gina")).toBeInViewport();
  await pictures(gina.page, "call-with-chat");
  await pictures(ben.page, "components-with-chat");
});
