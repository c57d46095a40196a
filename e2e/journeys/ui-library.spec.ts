// Microsoft's UI library, unmodified, on our SDK: a guest at its finished call screen and one at single components, in a meeting whose organizer
// is at our page.

import { createHash } from "node:crypto";
import type { Locator } from "@playwright/test";
import { expect, test } from "../lib/fixtures";
import { MeetingChatPanel } from "../lib/meeting-chat";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee, look } from "../lib/probes";
import type { Server } from "../lib/server";
import { UiLibraryPage } from "../lib/ui-library-page";

test("CallComposite and components by link: lobby, video, sound, screens, hands, reactions, spotlight, muting, writing, leaving", async ({ open, server }) => {
  test.slow();
  const olga = await MeetingPage.start(await open("red"), { name: "Olga" });
  const link = await olga.link();

  const gina = await UiLibraryPage.open(await open("green"), "call", "Gina", link);
  await gina.press("Camera");
  await gina.press("Mic");
  await expectToSee(gina.page.locator("video"), "green");
  await letIn(olga, gina);

  const ben = await UiLibraryPage.open(await open("blue", overTls(server)), "components", "Ben", link);
  await expect(ben.page.getByRole("status")).toHaveText("You are in the lobby. Somebody will let you in.");
  await olga.admit("Ben");
  await ben.press("Camera");
  await expectToSee(gina.videoOf("Ben"), "blue");
  await expectToSee(ben.videoOf("Gina"), "green");
  await expectToSee(ben.videoOf("Olga"), "red");
  await expectToHear(ben.page, ["red", "green"]);
  for (const each of [gina, ben]) await expect(each.problems).toHaveCount(0);

  // Hands, and reactions.
  await gina.press("Raise");
  await expect(olga.handOf("Gina")).toBeVisible();
  await expect(ben.page.getByRole("menuitem", { name: /Gina.*Hand raised/ })).toBeVisible();
  await gina.press("Lower");
  await expect(olga.handOf("Gina")).toBeHidden();
  await ben.press("Raise");
  await expect(olga.handOf("Ben")).toBeVisible();
  await ben.press("Lower");
  await expect(olga.handOf("Ben")).toBeHidden();
  const seen = Promise.all([gina.reactionOf("Ben", "heart"), ben.reactionOf("You", "heart")]);
  await ben.press("React");
  await ben.press("Love");
  await seen;

  // Muted by another.
  await olga.act("Gina", "Mute");
  await expect(gina.page.getByText("You were muted by another participant.")).toBeVisible();
  await expectToHear(olga.page, ["blue"]);
  await gina.press("Unmute mic");
  await expectToHear(olga.page, ["green", "blue"]);
  await olga.act("Ben", "Mute");
  await expectToHear(olga.page, ["green"]);
  await ben.press("Mic");
  await expectToHear(olga.page, ["green", "blue"]);

  // Screens, both ways.
  await olga.press("Share screen");
  await expect(gina.tileOf("Olga"), "her screen, and her camera below it").toHaveCount(2);
  await expectFrames(gina.videoOf("Olga").first());
  await olga.press("Stop sharing");
  await expect(gina.tileOf("Olga")).toHaveCount(1);
  await gina.press("Present");
  await expectFrames(olga.sharedScreen);
  await gina.press("Stop presenting");
  await expect(olga.sharedScreen).toHaveCount(0);
  await ben.press("Present");
  await expectFrames(olga.sharedScreen);
  await ben.press("Stop presenting");
  await expect(olga.sharedScreen).toHaveCount(0);

  // Who is made a presenter by name may put others into the spotlight.
  await olga.act("Gina", "Make attendee");
  await olga.act("Gina", "Make presenter");
  await gina.choose("Olga", "Spotlight for everyone");
  await gina.page.getByRole("dialog").getByRole("button", { name: "Spotlight for everyone" }).click();
  await expect(ben.signOf("Olga", "VideoTileSpotlighted")).toBeVisible();
  await olga.act("Olga", "Take out of the spotlight");
  await olga.act("Ben", "Put into the spotlight");
  await expect(ben.signOf("You", "VideoTileSpotlighted")).toBeVisible();

  // Writing, with the organizer's own page.
  await writeToEachOther(olga, "Olga", ben, "Ben");

  // Leaving.
  await gina.press("Leave");
  await gina.page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await gina.page.getByRole("button", { name: "Skip" }).click();
  await expect(gina.page.getByText("You left the call")).toBeVisible();
  await expect(olga.tileOf("Gina")).toHaveCount(0);
  await ben.press("Leave");
  await expect(ben.page.getByRole("status")).toHaveText("The call has ended (0/0).");
  gina.expectSilence();
  ben.expectSilence();
});

test("CallWithChatComposite by link: a guest waits, is admitted, takes part in everything, and writes with the organizer", async ({ open, server }) => {
  test.slow();
  const olga = await MeetingPage.start(await open("red"), { name: "Olga" });
  const gina = await UiLibraryPage.open(await open("green", overTls(server)), "call-with-chat", "Gina", await olga.link());
  await gina.press("Camera");
  await gina.press("Mic");
  await letIn(olga, gina);
  await expect(gina.problems).toHaveCount(0);

  // Writing, with the organizer's own page.
  await gina.press("Chat");
  await writeToEachOther(olga, "Olga", gina, "Gina");

  // Hands, reactions, the spotlight, muting.
  await gina.press("Raise");
  await expect(olga.handOf("Gina")).toBeVisible();
  await gina.press("Lower");
  await expect(olga.handOf("Gina")).toBeHidden();
  const shown = expect(olga.tileOf("Gina").locator(".reaction-mark")).toHaveText("loves this");
  await gina.press("React");
  await gina.press("Love");
  await shown;
  const seen = gina.reactionOf("Olga", "applause");
  await olga.press("React");
  await olga.page.getByRole("menuitem", { name: "Applause" }).click();
  await seen;
  await olga.act("Gina", "Put into the spotlight");
  await expect(gina.signOf("You", "VideoTileSpotlighted")).toBeVisible();
  await olga.act("Gina", "Take out of the spotlight");
  await expect(gina.signOf("You", "VideoTileSpotlighted")).toHaveCount(0);
  await olga.act("Gina", "Mute");
  await expect(gina.page.getByText("You were muted by another participant.")).toBeVisible();
  await expectToHear(olga.page, []);
  await gina.press("Unmute mic");
  await expectToHear(olga.page, ["green"]);

  // Screens, both ways.
  await olga.press("Share screen");
  await expectFrames(gina.videoOf("Olga").first());
  await olga.press("Stop sharing");
  await gina.press("Present");
  await expectFrames(olga.sharedScreen);
  await gina.press("Stop presenting");
  await expect(olga.sharedScreen).toHaveCount(0);

  await gina.press("Leave");
  await gina.page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(olga.tileOf("Gina")).toHaveCount(0);
  gina.expectSilence();
});

test("CallWithChatComposite by link: two guests write, see each other type, and that they read", async ({ open, server }) => {
  const olga = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const link = await olga.link();
  const tls = overTls(server);
  const join = async (camera: "green" | "blue", name: string): Promise<UiLibraryPage> => {
    const guest = await UiLibraryPage.open(await open(camera, tls), "call-with-chat", name, link);
    await guest.press("Start call");
    await expect(guest.tileOf("Olga")).toBeVisible();
    await guest.press("Chat");
    return guest;
  };
  const gina = await join("green", "Gina");
  const ben = await join("blue", "Ben");
  await expectToSee(ben.videoOf("Olga"), "red");
  await gina.writeTo(ben, "Hello Ben");
  await ben.writeTo(gina, "Hello Gina");
  gina.expectSilence();
  ben.expectSilence();
});

test("CallWithChatComposite in a group call: two users of the app see and hear each other, and write", async ({ open, server }) => {
  const tls = overTls(server);
  const [ann, ben] = await UiLibraryPage.openPair([await open("green", tls), await open("blue", tls)], "group-call-with-chat", ["Ann", "Ben"]);
  for (const each of [ann, ben]) {
    await each.press("Camera");
    await each.press("Mic");
    await each.press("Start call");
  }
  await expectToSee(ann.videoOf("Ben"), "blue");
  await expectToSee(ben.videoOf("Ann"), "green");
  await expectToHear(ann.page, ["blue"]);
  await expectToHear(ben.page, ["green"]);
  for (const each of [ann, ben]) await each.press("Chat");
  await ann.writeTo(ben, "Hello Ben");
  await ben.writeTo(ann, "Hello Ann");
  ann.expectSilence();
  ben.expectSilence();
});

test("ChatComposite: two users of the app write, see each other type, and that they read", async ({ open, server }) => {
  const tls = overTls(server);
  const [ann, ben] = await UiLibraryPage.openPair([await open("green", tls), await open("blue", tls)], "chat", ["Ann", "Ben"]);
  for (const each of [ann, ben]) {
    await expect(each.page.getByText("Two of us")).toBeVisible();
    await expect(each.page.getByText(/joined the chat/).first()).toBeAttached();
  }
  await ann.writeTo(ben, "Hello Ben");
  await ben.writeTo(ann, "Hello Ann");
  ann.expectSilence();
  ben.expectSilence();
});

test("the pages of the UI library may run nothing inline, and style nothing by text in the page", async ({ request, server }) => {
  const page = await request.get(`${server.url}/samples/ui-library/call/`);
  const policy = page.headers()["content-security-policy"] ?? "";
  const allowed = Object.fromEntries(policy.split("; ").map((each) => [each.split(" ")[0], each.split(" ").slice(1)]));
  expect(allowed["default-src"]).toEqual(["'self'"]);
  const ofNothing = createHash("sha256").update("").digest("base64");
  expect(allowed["style-src"]).toEqual(["'self'", `'sha256-${ofNothing}'`]);
  // WebAssembly may be compiled, for effects; no JavaScript may be made.
  expect(allowed["script-src"]).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(policy.replace("'wasm-unsafe-eval'", "")).not.toContain("unsafe");
});

/** Gina waits at the library's page, Olga lets her in at ours, and they see and hear each other. */
async function letIn(olga: MeetingPage, gina: UiLibraryPage): Promise<void> {
  await gina.press("Start call");
  await expect(gina.page.getByText("Waiting to be admitted")).toBeVisible();
  await olga.admit("Gina");
  await expectToSee(gina.videoOf("Olga"), "red");
  await expectToSee(olga.videoOf("Gina"), "green");
  await expectToHear(gina.page, ["red"]);
  await expectToHear(olga.page, ["green"]);
}

/** Somebody at our page and somebody at the library's see each other type, read what was written, and are told that it was read. */
async function writeToEachOther(one: MeetingPage, nameOfOne: string, other: UiLibraryPage, nameOfOther: string): Promise<void> {
  const chat = new MeetingChatPanel(one);
  await one.press("Chat");
  await expect(chat.field).toBeFocused();
  await other.field.pressSequentially(`Hello ${nameOfOne}`, { delay: 50 });
  await expect(chat.typing).toHaveText(`${nameOfOther} is typing…`);
  await other.field.press("Enter");
  await expect(chat.message(`Hello ${nameOfOne}`)).toContainText(nameOfOther);
  await expect(other.seenByOthers).toBeAttached();
  await chat.field.pressSequentially(`Hello ${nameOfOther}`, { delay: 50 });
  await expect(other.page.getByText(`${nameOfOne} is typing`)).toBeVisible();
  await chat.field.press("Enter");
  await expect(other.message(`Hello ${nameOfOther}`)).toBeInViewport();
  await expect(chat.delivery("Message seen by others")).toBeAttached();
  await one.press("People");
}

/** The same server, for clients that insist on https. */
function overTls(server: Server) {
  return { baseURL: server.url.replace("http:", "https:"), ignoreHTTPSErrors: true };
}

/** Screens move little: what counts is that new frames come. */
async function expectFrames(video: Locator): Promise<void> {
  await expect(video).toBeVisible();
  await expect.poll(async () => (await look(video)).frames).toBe(10);
}
