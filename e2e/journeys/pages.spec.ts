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
