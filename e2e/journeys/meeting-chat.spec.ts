// The chat of a meeting, on the meeting's own page.

import type { Locator } from "@playwright/test";
import { expectAccessible } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";

const linesOf = ({ page }: MeetingPage): Locator => page.getByRole("log", { name: "Messages" }).locator(".chat-line");

async function write({ page }: MeetingPage, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

test("people write to each other from admission on; what is new is counted, markup is text, and who is put back reads nothing", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Guests wait" });
  const gina = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  await organizer.press("Chat");
  await expect(organizer.page.getByText("Nobody has written anything yet.")).toBeVisible();
  await write(organizer, "Before you came");
  await expect(linesOf(organizer)).toContainText(["Before you came"]);
  await organizer.press("People");

  await gina.pressJoin();
  await organizer.admit("Gina");
  await gina.press("Chat");
  await expect(gina.page.getByLabel("Message", { exact: true })).toBeFocused();
  await write(gina, "<b>Hello</b>");
  await expect(linesOf(gina).last()).toContainText("<b>Hello</b>");
  await expect(organizer.controls.getByRole("button", { name: /1 new message/ })).toBeVisible();
  await organizer.controls.getByRole("button", { name: /1 new message/ }).click();
  await expect(linesOf(organizer).last().locator(".chat-from")).toHaveText("Gina");
  await expect(linesOf(organizer).last().locator(".chat-text")).toHaveText("<b>Hello</b>");
  await expect(organizer.controls.getByRole("button", { name: "Chat", exact: true })).toBeVisible();
  await write(organizer, "Welcome");
  await expect(linesOf(gina).last().locator(".chat-from")).toHaveText("Olga");
  await expect(linesOf(gina).last().locator(".chat-text")).toHaveText("Welcome");
  await expectAccessible(gina.page, "the chat");

  await organizer.press("People");
  await organizer.act("Gina", "Put back into the lobby");
  await expect(gina.page.getByRole("heading", { name: "You are back in the lobby" })).toBeVisible();
  await expect(linesOf(gina)).toHaveCount(0);
  await organizer.press("Chat");
  await write(organizer, "Without Gina");
  await expect(linesOf(organizer).last().locator(".chat-text")).toHaveText("Without Gina");
});
