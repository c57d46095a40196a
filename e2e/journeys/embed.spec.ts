// A meeting in one tag, on a page of another site: what its visitors see, what it is told, and what it can never do.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FrameLocator, Page } from "@playwright/test";
import type { ConveneMeetingElement, MeetingErrorDetail } from "../../web/public/sdk/meeting";
import { expectAccessible } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { tabTo } from "../lib/keyboard";
import { MeetingChatPanel } from "../lib/meeting-chat";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";
import { startServer } from "../lib/server";

/** A site of somebody else's: each of its pages has the text that its address asks for. */
async function startSite(): Promise<{ port: number; stop: () => Promise<void> }> {
  const site = createServer((request, response) => {
    const tag = new URL(request.url ?? "/", "http://site").searchParams.get("tag") ?? "";
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A site</title><h1>Your appointment</h1>${tag}`);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  return {
    port: (site.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        site.close(() => resolve());
        site.closeAllConnections();
      }),
  };
}

/** The page with the tag, and what the element tells it. */
class HostPage {
  constructor(readonly page: Page) {}

  static async open(page: Page, origin: string, server: string, attributes: string): Promise<HostPage> {
    const tag = `<script type="module" src="${server}/sdk/meeting.js"></script><convene-meeting ${attributes}></convene-meeting>`;
    await page.addInitScript(() => {
      const told: string[] = [];
      Object.assign(window, { told });
      addEventListener("convene-meeting-state", (event) => {
        const { state, code, subCode, reason } = (event as CustomEvent).detail;
        told.push(state === "ended" ? `ended ${code}/${subCode} ${reason}` : state);
      });
      addEventListener("convene-meeting-microphone", (event) => told.push((event as CustomEvent).detail.isMuted ? "muted" : "unmuted"));
    });
    await page.goto(`${origin}/page?${new URLSearchParams({ tag })}`);
    return new HostPage(page);
  }

  get frame(): FrameLocator {
    return this.page.frameLocator("convene-meeting iframe");
  }

  async expectTold(...told: readonly string[]): Promise<void> {
    await expect.poll(() => this.page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual(told);
  }

  do(method: "leave" | "mute" | "unmute"): Promise<void> {
    return this.page.locator("convene-meeting").evaluate((element, name) => (element as ConveneMeetingElement)[name](), method);
  }

  async expectError(code: MeetingErrorDetail["code"], words: string): Promise<void> {
    const error = (): Promise<string | undefined> => this.page.locator("convene-meeting").evaluate((element) => (element as ConveneMeetingElement).error?.code);
    await expect.poll(error).toBe(code);
    await expect(this.page.getByRole("alert")).toContainText(words);
  }
}

test("a guest joins inside another site's page, whose script follows, mutes, and ends it by taking the tag away", async ({ open }) => {
  const site = await startSite();
  const origin = `http://127.0.0.1:${site.port}`;
  const own = await startServer({ dev: true, flags: ["--embed-origins", `https://app.example.org,${origin}`] });
  try {
    const organizer = await MeetingPage.start(await open("red", { baseURL: own.url }), { name: "Olga Organizer" });
    const link = await organizer.link();
    const guest = await HostPage.open(await open("green"), origin, own.url, `link="${link}" display-name="Gina Guest" muted`);
    await expectToSee(guest.frame.locator(".preview video"), "green");
    await expect(guest.page.locator("body"), "the focus stays in the page around").toBeFocused();
    await expectAccessible(guest.page, "PreJoin inside another page");
    await picturesOf(guest.page, "embed-prejoin");
    await guest.frame.getByRole("button", { name: "Join", exact: true }).click();
    await expect(guest.frame.getByRole("heading", { name: "Waiting to be let in…" })).toBeVisible();
    await organizer.admit("Gina Guest");
    await expectToSee(organizer.videoOf("Gina Guest"), "green");
    await expectToSee(guest.frame.locator('.tile[data-name="Olga Organizer"] video'), "red");
    await expect(organizer.mutedMarkOf("Gina Guest")).toBeVisible();
    await guest.expectTold("preJoin", "joining", "lobby", "joining", "connected");
    await picturesOf(guest.page, "embed-meeting");

    // By keyboard, from the page around into the frame.
    await tabTo(guest.page, guest.frame.getByRole("button", { name: "Chat", exact: true }));
    await guest.page.keyboard.press("Enter");
    await expect(guest.frame.getByLabel("Message", { exact: true })).toBeFocused();
    await guest.page.keyboard.type("Hello Olga");
    await guest.page.keyboard.press("Enter");
    await organizer.controls.getByRole("button", { name: /1 new message/ }).click();
    const chat = new MeetingChatPanel(organizer);
    await expect(chat.message("Hello Olga")).toContainText("Gina Guest");
    await chat.write("Hello Gina");
    await expect(guest.frame.getByTestId("chat-composite-message").filter({ hasText: "Hello Gina" })).toBeVisible();
    await expectAccessible(guest.page, "the meeting and its chat inside another page");
    await guest.page.keyboard.press("Escape");
    await expect(guest.frame.getByRole("button", { name: "Chat", exact: true })).toBeFocused();
    await organizer.press("People");

    await guest.do("unmute");
    await expect(organizer.mutedMarkOf("Gina Guest")).toHaveCount(0);
    await guest.do("leave");
    await expect(guest.frame.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
    await expect(guest.frame.getByRole("button", { name: "Home" })).toHaveCount(0);
    await guest.expectTold("preJoin", "joining", "lobby", "joining", "connected", "unmuted", "ended 0/0 You left the call.");
    await expect(organizer.tileOf("Gina Guest")).toHaveCount(0);

    await guest.frame.getByRole("button", { name: "Join again" }).click();
    await guest.frame.getByRole("button", { name: "Join", exact: true }).click();
    await organizer.admit("Gina Guest");
    await expectToSee(organizer.videoOf("Gina Guest"), "green");
    await guest.page.locator("convene-meeting").evaluate((element) => element.remove());
    await expect(organizer.tileOf("Gina Guest")).toHaveCount(0);
  } finally {
    await own.stop();
    await site.stop();
  }
});

test("who is signed in as an organizer is a guest inside another site's page, which is told nothing of that", async ({ open }) => {
  const site = await startSite();
  // The same host as the server's, and cookies know no ports: those of the session would be sent.
  const origin = `http://localhost:${site.port}`;
  const own = await startServer({ dev: false, flags: ["--embed-origins", origin] });
  try {
    const { link: invitation } = await own.cli<{ link: string }>("account", "create", "--email", "olga@example.org", "--name", "Olga");
    const page = await open("red", { baseURL: own.url });
    await page.goto(invitation);
    await page.getByLabel("Password").fill("four plain words here");
    await page.getByRole("button", { name: "Set password and sign in" }).click();
    await expect(page.getByText("olga@example.org")).toBeVisible();
    const organizer = await MeetingPage.start(page, { name: "Olga" });
    const link = await organizer.link();

    const tab = await page.context().newPage();
    const asked: string[] = [];
    const cookies: (string | undefined)[] = [];
    tab.on("request", async (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin !== own.url || /^\/(assets|sdk)\/|^\/icon/.test(pathname)) return;
      asked.push(pathname);
      if (pathname === "/api/visitors") cookies.push((await request.allHeaders())["cookie"]);
    });
    const host = await HostPage.open(tab, origin, own.url, `link="${link}"`);
    await expect(host.frame.getByLabel("Your name")).toHaveValue("");
    await expect(host.frame.getByText("You join as")).toHaveCount(0);
    await expect(host.frame.getByRole("link", { name: "Sign in" })).toHaveCount(0);
    await host.frame.getByLabel("Your name").fill("Framed");
    await host.frame.getByRole("button", { name: "Join", exact: true }).click();
    await expect(host.frame.getByRole("heading", { name: "Waiting to be let in…" }), "the organizer would not wait").toBeVisible();
    await organizer.admit("Framed");
    await expect(host.frame.getByRole("group", { name: "Meeting controls" })).toBeVisible();
    await expect(host.frame.getByRole("button", { name: "End for all" })).toHaveCount(0);
    await expect(host.frame.getByRole("button", { name: "Options", exact: true })).toHaveCount(0);
    await expect(organizer.page.getByRole("button", { name: "Options", exact: true })).toBeVisible();
    expect(asked.filter((path) => /session|sign-in|organizer|onlineMeetings/.test(path)), asked.join(" ")).toEqual([]);
    expect(cookies, "no cookie goes along when the guest is made").toEqual([undefined]);
    const signedIn = (await page.context().cookies(own.url)).map(({ name }) => name);
    expect(signedIn, "there was one").toContain("convene");
  } finally {
    await own.stop();
    await site.stop();
  }
});

test("a page of an origin that is not allowed, and one with a link that is none, read why there is no meeting", async ({ open, server, browsers }) => {
  const site = await startSite();
  const origin = `http://127.0.0.1:${site.port}`;
  try {
    const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
    const link = await organizer.link();
    // Not by `open`, for which what a policy refuses is a fault.
    const context = await (await browsers.of("green")).newContext();
    const host = await HostPage.open(await context.newPage(), origin, server.url, `link="${link}"`);
    await host.expectError("notShown", `--embed-origins ${origin}`);
    await host.expectTold();
    const unframed = await context.newPage();
    await unframed.goto(`${origin}/page?${new URLSearchParams({ tag: `<iframe src="${link}"></iframe>` })}`);
    expect(await unframed.frameLocator("iframe").locator("#app").count(), "the meeting's own page in a frame").toBe(0);
    await context.close();

    const wrong = await HostPage.open(await open("green"), origin, server.url, 'link="https://teams.microsoft.com/l/meetup-join/x"');
    await wrong.expectError("badLink", "Microsoft's own Teams service");
    await wrong.page.locator("convene-meeting").evaluate((element) => element.setAttribute("link", "nothing"));
    await wrong.expectError("badLink", "is no web address");
  } finally {
    await site.stop();
  }
});

test("a meeting speaks the language of the page around it, or of its own attribute, and a guest may choose another", async ({ open }) => {
  const site = await startSite();
  const origin = `http://127.0.0.1:${site.port}`;
  const own = await startServer({ dev: true, flags: ["--embed-origins", origin] });
  try {
    const organizer = await MeetingPage.start(await open("red", { baseURL: own.url }), { name: "Olga", lobby: "Guests wait" });
    const link = await organizer.link();
    const page = await open("green");
    const tag = (attributes: string): string =>
      `<script type="module" src="${own.url}/sdk/meeting.js"></script><div lang="de-AT"><convene-meeting ${attributes}></convene-meeting></div>`;
    await page.goto(`${origin}/page?${new URLSearchParams({ tag: tag('link="nothing"') })}`);
    await expect(page.getByRole("alert")).toHaveAttribute("lang", "de");
    await expect(page.getByRole("alert")).toContainText("ist keine Webadresse");

    await page.goto(`${origin}/page?${new URLSearchParams({ tag: tag(`link="${link}" display-name="Gina"`) })}`);
    const frame = page.frameLocator("convene-meeting iframe");
    await expect(page.getByTitle("Besprechung")).toBeVisible();
    await expect(frame.locator("html")).toHaveAttribute("lang", "de");
    await frame.getByRole("button", { name: "Teilnehmen", exact: true }).click();
    await expect(frame.getByRole("heading", { name: "Warten auf Einlass…" })).toBeVisible();
    await organizer.admit("Gina");
    await expect(frame.getByRole("group", { name: "Besprechungssteuerung" })).toBeVisible();
    await expectToSee(organizer.videoOf("Gina"), "green");
    await frame.getByRole("button", { name: "Verlassen" }).click();
    await expect(frame.getByRole("heading", { name: "Sie haben die Besprechung verlassen" })).toBeVisible();

    await page.goto(`${origin}/page?${new URLSearchParams({ tag: tag(`link="${link}" display-name="Gina" lang="en"`) })}`);
    await expect(frame.getByRole("button", { name: "Join", exact: true })).toBeVisible();
    await frame.getByRole("button", { name: "Deutsch" }).click();
    await expect(frame.getByRole("button", { name: "Teilnehmen", exact: true })).toBeVisible();
    await expect(frame.getByLabel("Ihr Name")).toHaveValue("Gina");
    // The choice is the frame's alone.
    await page.goto(`${own.url}/`);
    await expect(page.getByRole("heading", { name: "Meetings that any app can join" })).toBeVisible();
  } finally {
    await own.stop();
    await site.stop();
  }
});

test("the sample shows a meeting by the tag alone, and its source", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const page = await open("green");
  await page.goto("/samples/");
  await expect(page.locator('pre[data-source="embed"]')).toContainText("convene-meeting-state");
  await page.locator('a[href="./embed/"]').click();
  await page.getByLabel("Meeting link").fill(await organizer.link());
  await page.getByRole("button", { name: "Open" }).click();
  await page.frameLocator("iframe").getByRole("button", { name: "Join", exact: true }).click();
  await expect(page.locator("#state")).toHaveText("connected");
  await expectToSee(organizer.videoOf("Customer"), "green");
  await picturesOf(page, "embed-sample");
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page.locator("#state")).toHaveText("ended");
  await expect(organizer.tileOf("Customer")).toHaveCount(0);
});

/** Pictures for people to look at, if asked for: on a desktop and on a phone. */
async function picturesOf(page: Page, name: string): Promise<void> {
  if (!process.env.E2E_PICTURES) return;
  for (const [size, viewport] of [["", { width: 1280, height: 800 }], ["-phone", { width: 390, height: 844 }]] as const) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: new URL(`../.out/pictures/${name}${size}.png`, import.meta.url).pathname, animations: "disabled" });
  }
  await page.setViewportSize({ width: 1280, height: 720 });
}
