// The pages themselves: what the samples say of their source, what a keyboard can do.

import { readFile } from "node:fs/promises";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { SAMPLES } from "../lib/sample-page";

const FOLDER = new URL("../../samples/", import.meta.url).pathname;

test("the two samples differ in one line, and each shows its own source", async ({ open }) => {
  const byLink = (await readFile(`${FOLDER}join-by-link/client.ts`, "utf8")).trimEnd();
  const byGroup = (await readFile(`${FOLDER}group-call/client.ts`, "utf8")).trimEnd();
  const pairs = byLink.split("\n").map((line, index) => [line, byGroup.split("\n")[index]] as const);
  const different = pairs.filter(([one, other]) => one !== other);
  expect(different).toHaveLength(1);
  expect(different[0]?.[0]).toContain("{ meetingLink: destinationInput.value }");
  expect(different[0]?.[1]).toContain("{ groupId: destinationInput.value }");
  expect(byLink).toContain('from "@azure/communication-calling"');

  const page = await open("red");
  await page.goto("/samples/join-by-link/");
  expect((await page.locator("#source").innerText()).trimEnd()).toBe(byLink);
  await page.goto("/samples/group-call/");
  expect((await page.locator("#source").innerText()).trimEnd()).toBe(byGroup);
  await page.goto("/samples/");
  await expect(page.locator("#difference")).toContainText("- call = callAgent.join({ meetingLink:");
  await expect(page.locator("#difference")).toContainText("+ call = callAgent.join({ groupId:");
});

test("every sample shows its own source, on its page and in the overview, and can be run from there", async ({ open }) => {
  const page = await open("red");
  await page.goto("/samples/");
  for (const sample of SAMPLES) {
    const source = await readFile(`${FOLDER}${sample}/client.ts`, "utf8");
    expect(source).toContain('from "@azure/communication-calling"');
    await expect.poll(() => page.locator(`pre[data-source="${sample}"]`).textContent()).toBe(source);
    await page.locator(`a[href="./${sample}/"]`).click();
    await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
    await expect.poll(async () => (await page.locator("#source").innerText()).trimEnd()).toBe(source.trimEnd());
    await page.goBack();
  }
});

test("PreJoin can be used before the meeting's screen is there, and joining waits for it", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const link = await organizer.link();
  const page = await open("green");
  let letCome = (): void => undefined;
  const held = new Promise<void>((resolve) => (letCome = resolve));
  await page.route("**/assets/screen-*.js", async (route) => {
    await held;
    await route.fallback();
  });
  const guest = await MeetingPage.open(page, link, "Gina");
  await guest.pressJoin();
  await expect(page.getByRole("heading", { name: "Connecting" })).toBeVisible();
  await expect(organizer.tiles).toHaveCount(1);
  letCome();
  await expect(guest.controls).toBeVisible();
  await expect(organizer.tileOf("Gina")).toBeVisible();
});

test("who cannot fetch the meeting's screen reads so, and joins once it can be had", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const link = await organizer.link();
  const page = await open("green");
  await page.route("**/assets/screen-*.js", (route) => route.abort());
  const guest = await MeetingPage.open(page, link, "Gina");
  await guest.pressJoin();
  await expect(page.getByText("A part of this page could not be fetched from the server.")).toBeVisible();
  await expect(organizer.tiles).toHaveCount(1);
  await page.unroute("**/assets/screen-*.js");
  await page.reload();
  await guest.page.getByLabel("Your name").fill("Gina");
  await guest.join();
  await expect(organizer.tileOf("Gina")).toBeVisible();
});

test("the meeting is led with the keyboard alone", async ({ open }) => {
  const meeting = await MeetingPage.start(await open("red"), { name: "Olga" });
  const { page } = meeting;
  await page.getByRole("button", { name: "Mute", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Unmute", exact: true })).toBeFocused();
  await page.getByRole("button", { name: "End for all" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Go on" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(meeting.controls).toBeVisible();
});
