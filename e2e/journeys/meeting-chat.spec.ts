// The chat of a meeting, on the meeting's own page.

import type { Page, WebSocketRoute } from "@playwright/test";
import { expectAccessible, expectNoRest } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { MeetingChatPanel } from "../lib/meeting-chat";
import { MeetingPage } from "../lib/meeting-page";

test("people write from admission on, see each other type, read, change and delete; who is put back reads nothing", async ({ open, server }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Guests wait" });
  const gina = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  const [olgasChat, ginasChat] = [new MeetingChatPanel(organizer), new MeetingChatPanel(gina)];
  const elsewhere: string[] = [];
  const refused: string[] = [];
  for (const { page } of [organizer, gina]) {
    page.on("request", (request) => {
      if (/^https?:/.test(request.url()) && new URL(request.url()).host !== new URL(server.url).host) elsewhere.push(request.url());
    });
    page.on("console", (message) => {
      if (message.type() === "error" || message.text().includes("icon")) refused.push(message.text());
    });
  }
  await organizer.press("Chat");
  await expect(organizer.page.getByText("Nobody has written anything yet.")).toBeVisible();
  await olgasChat.write("Before you came");
  await expect(olgasChat.messages).toContainText(["Before you came"]);
  await organizer.press("People");

  await gina.pressJoin();
  await organizer.admit("Gina");
  await gina.press("Chat");
  await expect(ginasChat.field).toBeFocused();
  await ginasChat.write("<b>Hello</b>");
  await expect(ginasChat.message("<b>Hello</b>")).toBeVisible();
  await expect(ginasChat.delivery("Message sent")).toBeAttached();
  await expect(organizer.controls.getByRole("button", { name: /1 new message/ })).toBeVisible();
  await organizer.controls.getByRole("button", { name: /1 new message/ }).click();
  await expect(olgasChat.messages).toContainText(["Before you came", "<b>Hello</b>"]);
  await expect(olgasChat.messages.last()).toContainText("Gina");
  await expect(olgasChat.thread.getByText("Gina joined")).toBeVisible();
  await expect(organizer.controls.getByRole("button", { name: "Chat", exact: true })).toBeVisible();
  await expect(ginasChat.delivery("Message seen by others")).toBeAttached();

  await olgasChat.field.pressSequentially("Welcom");
  await expect(ginasChat.typing).toHaveText("Olga is typing…");
  await olgasChat.field.press("Enter");
  await expect(ginasChat.message("Welcom")).toContainText("Olga");
  await expect(ginasChat.typing).toBeEmpty();
  await olgasChat.edit("Welcom", "Welcome");
  await expect(ginasChat.message("Welcome")).toContainText("Edited");
  // A menu closes when the list changes under it, as by somebody's edit: then it is opened again.
  await expect(async () => {
    if ((await olgasChat.messages.count()) > 2) await ginasChat.choose("<b>Hello</b>", "Delete");
    await expect(olgasChat.messages).toHaveCount(2, { timeout: 5_000 });
  }).toPass();
  await expect(ginasChat.messages).toHaveCount(1);
  await expectAccessible(gina.page, "the chat");
  const size = gina.page.viewportSize();
  await gina.page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(gina.page, "the chat on a phone");
  await expectNoRest(ginasChat.panel);
  if (size) await gina.page.setViewportSize(size);

  await organizer.press("People");
  await organizer.act("Gina", "Put back into the lobby");
  await expect(gina.page.getByRole("heading", { name: "You are back in the lobby" })).toBeVisible();
  await expect(ginasChat.messages).toHaveCount(0);
  await organizer.press("Chat");
  await olgasChat.write("Without Gina");
  await expect(olgasChat.message("Without Gina")).toBeVisible();
  expect(elsewhere, "requests to other hosts").toEqual([]);
  expect(refused, "errors of the console, and signs that are missing").toEqual([]);
});

test("what others wrote while one's own connection was down stands there afterwards, in its order", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const page = await open("green");
  const line = await cuttableLine(page);
  const gina = await MeetingPage.open(page, await organizer.link(), "Gina");
  await gina.join();
  const [olgasChat, ginasChat] = [new MeetingChatPanel(organizer), new MeetingChatPanel(gina)];
  await organizer.press("Chat");
  await gina.press("Chat");
  await olgasChat.write("one");
  await expect(ginasChat.message("one")).toBeVisible();

  await line.cut();
  for (const text of ["two", "three"]) {
    await olgasChat.write(text);
    await expect(olgasChat.message(text)).toBeVisible();
  }
  await expect(olgasChat.delivery("Message sent")).toBeAttached();
  await expect(ginasChat.messages).toHaveCount(1);
  await line.mend();
  await expect(ginasChat.message("three")).toBeVisible({ timeout: 60_000 });
  await expect(ginasChat.messages).toContainText(["one", "two", "three"]);
  await ginasChat.write("four");
  await expect(olgasChat.messages).toContainText(["one", "two", "three", "four"]);
  await expect(ginasChat.messages).toHaveCount(4);
});

/** The line of a page's chat, to be cut and mended; the call goes on meanwhile. */
async function cuttableLine(page: Page): Promise<{ cut(): Promise<void>; mend(): Promise<void> }> {
  let isCut = false;
  const open = new Set<WebSocketRoute>();
  const requests = /\/chat\//;
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    if (isCut) return void socket.close();
    socket.connectToServer();
    open.add(socket);
  });
  return {
    async cut() {
      isCut = true;
      await page.route(requests, (route) => route.abort());
      await Promise.all([...open].map((socket) => socket.close()));
      open.clear();
    },
    async mend() {
      isCut = false;
      await page.unroute(requests);
    },
  };
}
