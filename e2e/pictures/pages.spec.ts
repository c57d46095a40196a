// Pictures of the pages for people to look at, in .out/pictures. What is on them is asserted elsewhere.

import type { Locator, Page } from "@playwright/test";
import { CalledPage } from "../lib/called-page";
import { expect, test } from "../lib/fixtures";
import { MeetingChatPanel } from "../lib/meeting-chat";
import { meetingOf, organizer } from "../lib/meetings";
import { MeetingPage } from "../lib/meeting-page";
import { look } from "../lib/probes";
import { RingingPage } from "../lib/ringing-page";
import { SamplePage } from "../lib/sample-page";
import { startServer } from "../lib/server";
import { weaken } from "../lib/weaken";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 } };

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: new URL(`../.out/pictures/${name}.png`, import.meta.url).pathname, animations: "disabled" });
}

/** The same page on a desktop and on a phone, light and dark. */
async function pictures(page: Page, name: string): Promise<void> {
  for (const [size, shape] of [["", DESKTOP], ["-phone", PHONE]] as const) {
    await page.setViewportSize(shape.viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}${size}${colorScheme === "dark" ? "-dark" : ""}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESKTOP.viewport);
}

test("pictures of the home page and of the samples", async ({ open }) => {
  const page = await open("red", DESKTOP);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await pictures(page, "home");
  await page.goto("/samples/join-by-link/");
  await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
  await pictures(page, "sample");
  await page.goto("/samples/");
  await expect(page.locator("#difference")).toContainText("groupId");
  await pictures(page, "samples");
});

test("pictures of the way in, of two people in a meeting, of the options and the devices", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.prepare(await open("fern", DESKTOP), { name: "Olga Organizer" });
  await expectToMove(organizer.page.locator(".preview video"));
  await pictures(organizer.page, "prejoin");
  await organizer.join();
  await expectToMove(organizer.videoOf("Olga Organizer"));
  await pictures(organizer.page, "alone");
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
  await pictures(waiting.page, "waiting");
  await organizer.page.mouse.move(0, 0);
  await pictures(organizer.page, "meeting");
  await organizer.lineOf("Maya").getByRole("button").click();
  await picture(organizer.page, "person-menu");
  await organizer.page.keyboard.press("Escape");
  await organizer.openDevices();
  await pictures(organizer.page, "devices");
  await organizer.page.keyboard.press("Escape");
  await organizer.openOptions();
  await pictures(organizer.page, "options");
  await organizer.page.keyboard.press("Escape");
  await organizer.admit("Gina Guest");
  await expectToMove(waiting.videoOf("Olga Organizer"));
  await waiting.page.setViewportSize(PHONE.viewport);
  await picture(waiting.page, "three-phone");
  await expectToMove(organizer.videoOf("Gina Guest"));
  await organizer.press("People");
  await picture(organizer.page, "three");
  await waiting.press("Leave");
  await expect(waiting.page.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
  await pictures(waiting.page, "ended");
});

test("pictures of a shared screen", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("fern", DESKTOP), { name: "Olga Organizer", lobby: "Nobody waits" });
  const maya = new MeetingPage(await open("clay", DESKTOP));
  await maya.page.goto(await organizer.link());
  await maya.page.getByLabel("Your name").fill("Maya");
  await maya.join();
  await organizer.press("Share screen");
  await expectToMove(maya.sharedScreen);
  await expectToMove(maya.videoOf("Olga Organizer"));
  await picture(organizer.page, "sharing");
  await maya.press("People");
  await pictures(maya.page, "screen");
});

test("pictures of the call's quality", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("fern", DESKTOP), { name: "Olga Organizer", lobby: "Nobody waits" });
  const maya = await MeetingPage.open(await open("clay", DESKTOP), await organizer.link(), "Maya");
  await maya.join();
  await expectToMove(organizer.videoOf("Maya"));
  for (const each of [organizer, maya]) await each.press("People");
  await organizer.page.getByRole("button", { name: /^Call quality/ }).click();
  await expect(organizer.page.getByRole("row", { name: "Video of Maya" })).toContainText("frames/s");
  await pictures(organizer.page, "quality");
  await weaken(maya.page, { outboundJitterMs: 200 });
  await expect(maya.banner("Your connection is bad")).toBeVisible();
  await maya.press("Mute");
  await expect(maya.banner("You are muted")).toBeVisible();
  await pictures(maya.page, "weak");
  await organizer.page.keyboard.press("Escape");
  await expect(organizer.tileOf("Maya").getByText("bad connection")).toBeAttached();
  await picture(organizer.page, "weak-other");
});

test("pictures of who speaks large", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("fern", DESKTOP), { name: "Olga Organizer", lobby: "Nobody waits" });
  const maya = await MeetingPage.open(await open("clay", DESKTOP), await organizer.link(), "Maya");
  await maya.join();
  const gina = await MeetingPage.open(await open("dusk", DESKTOP), await organizer.link(), "Gina Guest");
  await gina.join();
  for (const name of ["Maya", "Gina Guest"]) await expectToMove(organizer.videoOf(name));
  await organizer.press("People");
  await organizer.page.getByRole("button", { name: "View" }).click();
  await expect(organizer.page.getByRole("menuitemradio", { name: "Everybody alike" })).toBeFocused();
  await picture(organizer.page, "view-menu");
  await organizer.page.getByRole("menuitemradio", { name: "Who speaks large" }).click();
  await expect(organizer.largeTiles).toHaveCount(1);
  for (const name of ["Maya", "Gina Guest"]) await expectToMove(organizer.videoOf(name));
  await pictures(organizer.page, "speaker");
  await organizer.page.getByRole("button", { name: "View" }).click();
  await organizer.page.getByRole("menuitemradio", { name: "Everybody alike" }).click();
  await organizer.page.getByRole("button", { name: "View" }).click();
  await organizer.page.getByRole("menuitemcheckbox", { name: "Own video in the corner" }).click();
  await pictures(organizer.page, "own-corner");
});

/** Portraits move little: what counts here is that new frames come. */
async function expectToMove(video: Locator): Promise<void> {
  await expect(video).toHaveCount(1);
  await expect.poll(async () => (await look(video)).frames).toBe(10);
}

test("pictures of who calls, and of a call that is held", async ({ open, request, server }) => {
  const olga = await CalledPage.signIn(await open("fern", DESKTOP), server, "Olga");
  const otto = await organizer(request, server, "Otto");
  const caller = await RingingPage.openTeams(await open("clay", DESKTOP), otto.token);
  await olga.calledBy(caller);
  await pictures(olga.page, "called");
  await olga.card.getByRole("button", { name: "Answer with video" }).click();
  await caller.expectState("Connected");
  await expectToMove(olga.videoOf("Otto"));
  await olga.press("Hold");
  await expect(olga.page.locator("[data-kind=held]")).toBeVisible();
  await pictures(olga.page, "held");
});

test("pictures of the chat, the invitation, the reactions and the questions", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("fern", DESKTOP), { name: "Olga Organizer", lobby: "Nobody waits" });
  const maya = await MeetingPage.open(await open("clay", DESKTOP), await organizer.link(), "Maya");
  await maya.join();
  await expectToMove(organizer.videoOf("Maya"));
  const [olgasChat, mayasChat] = [new MeetingChatPanel(organizer), new MeetingChatPanel(maya)];
  for (const each of [organizer, maya]) await each.press("Chat");
  await mayasChat.write("Hello! Shall we begin with the figures of last week?");
  await olgasChat.write("Good morning. Yes, please.");
  await olgasChat.write("I share my screen for it.");
  await expect(mayasChat.message("I share my screen for it.")).toBeVisible();
  await mayasChat.write("I see it.");
  await expect(olgasChat.message("I see it.")).toBeVisible();
  await olgasChat.field.pressSequentially("Then");
  await expect(mayasChat.typing).toHaveText("Olga Organizer is typing…");
  await pictures(maya.page, "chat");
  await organizer.press("Chat");
  await organizer.press("Invite");
  await pictures(organizer.page, "invitation");
  await organizer.page.keyboard.press("Escape");
  await organizer.press("React");
  await expect(organizer.page.getByRole("menuitem").first()).toBeFocused();
  await pictures(organizer.page, "reactions");
  await organizer.page.keyboard.press("Escape");
  await organizer.press("People");
  await organizer.act("Maya", "Remove…");
  await pictures(organizer.page, "question");
  await organizer.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(maya.page.locator("main.ended")).toBeVisible();
  await pictures(maya.page, "removed");
});

test("pictures of why somebody cannot join", async ({ open, request, server }) => {
  const olga = await organizer(request, server, "Olga");
  const closed = await meetingOf(request, server, olga, { isGuestsAllowed: false });
  const page = await open("clay", DESKTOP);
  const guest = await MeetingPage.knock(page, "Maya", closed.joinWebUrl);
  await guest.expectEnd("403/5222", "Guests cannot join");
  await pictures(page, "no-guests");
  const locked = await meetingOf(request, server, olga, { lobbyBypassSettings: { scope: "everyone" }, isLocked: true });
  await (await MeetingPage.knock(page, "Maya", locked.joinWebUrl)).expectEnd("403/8560", "The meeting is locked");
  await pictures(page, "locked");
  await (await MeetingPage.knock(page, "Maya", `${server.url}/meet/100000000000?p=wrongpass`)).expectEnd("404/5751", "There is no such meeting here");
  await pictures(page, "no-such-meeting");
});

test("pictures of signing in", async ({ open }) => {
  const own = await startServer({ dev: false });
  try {
    const page = await open("fern", { ...DESKTOP, baseURL: own.url });
    await page.goto("/sign-in");
    await pictures(page, "sign-in");
    await page.getByLabel("E-mail address").fill("olga@example.org");
    await page.getByLabel("Password").fill("not the right words");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await picture(page, "sign-in-refused");
    const { link } = await own.cli<{ link: string }>("account", "create", "--email", "olga@example.org", "--name", "Olga");
    await page.goto(link);
    await expect(page.getByLabel("Password")).toBeVisible();
    await pictures(page, "set-password");
  } finally {
    await own.stop();
  }
});
