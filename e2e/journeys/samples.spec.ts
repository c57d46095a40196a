// Each sample does what its source says, with media.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "../lib/fixtures";
import { installSecondDevices } from "../lib/more-devices";
import { expectToHear, expectToSee, look } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("video: the camera is turned on and off while the call goes on", async ({ open }) => {
  const group = randomUUID();
  const ann = await SamplePage.connect(await open("red"), "video", "Ann", group);
  const ben = await SamplePage.connect(await open("green"), "video", "Ben", group);
  await ann.expectState("Connected");
  await ben.expectState("Connected");
  await ann.press("Camera on");
  await expectToSee(ben.videoOf("Ann"), "red");
  await expectToSee(ann.page.locator("#local-video video"), "red");
  await ben.press("Camera on");
  await expectToSee(ann.videoOf("Ben"), "green");
  await ann.press("Camera off");
  await expect(ben.videoOf("Ann")).toHaveCount(0);
  await expect(ann.page.locator("#camera-state")).toHaveText("off");
  await expectToHear(ben.page, ["red"]);
  await ann.disconnect();
  await ann.expectEnd("0/0", "You left");
});

test("screen share: the screen is seen by the other, until sharing stops", async ({ open }) => {
  const group = randomUUID();
  const ann = await SamplePage.connect(await open("red"), "screen-share", "Ann", group);
  const ben = await SamplePage.connect(await open("green"), "screen-share", "Ben", group);
  await ann.expectState("Connected");
  await ben.expectState("Connected");
  await ann.press("Share screen");
  await expect(ann.page.locator("#sharing-state")).toHaveText("yes");
  await expect(ben.videoOf("The screen of Ann")).toHaveCount(1);
  await expect.poll(async () => (await look(ben.videoOf("The screen of Ann"))).frames).toBeGreaterThanOrEqual(10);
  await ann.press("Stop sharing");
  await expect(ben.remoteVideos).toHaveCount(0);
});

test("roster: each sees who is there, muted and speaking; mutes, and removes", async ({ open }) => {
  const group = randomUUID();
  const ann = await SamplePage.connect(await open("red"), "roster", "Ann", group);
  const ben = await SamplePage.connect(await open("green"), "roster", "Ben", group);
  const row = ann.page.getByRole("row").filter({ hasText: "Ben" });
  await expect(row).toContainText("8:acs:");
  await expect(row).toContainText("Connected");
  await expect(row).toContainText("speaking");
  await expectToHear(ann.page, ["green"]);

  await ann.press("Mute Ben");
  await expect(row).toContainText("muted");
  await expectToHear(ann.page, []);
  await expect(ben.page.locator("#call-end")).toHaveText("Somebody muted you.");
  await ben.press("Unmute");
  await expectToHear(ann.page, ["green"]);
  await ann.press("Remove Ben");
  await ben.expectEnd("0/5300", "removed");
  await expect(row).toHaveCount(0);
});

test("devices: they are asked for, tested and changed, and the call follows", async ({ open }) => {
  const group = randomUUID();
  const ann = await SamplePage.connect(await open("red"), "group-call", "Ann", group);
  await ann.expectState("Connected");
  const page = await open("green");
  await page.addInitScript(installSecondDevices);
  await page.goto("/samples/devices/");
  await page.getByRole("button", { name: "Ask for devices" }).click();
  await expect(page.locator("#access")).toHaveText("camera allowed, microphone allowed");
  await expectToSee(page.locator("#local-video video"), "green");
  await expect.poll(() => page.locator("#level").evaluate((meter) => (meter as HTMLMeterElement).value)).toBeGreaterThan(30);

  const ben = await SamplePage.connectHere(page, "devices", "Ben", group);
  await ben.expectState("Connected");
  await expectToSee(ann.videoOf("Ben"), "green");
  await page.getByLabel("Camera", { exact: true }).selectOption({ label: "Second camera" });
  await expectToSee(ann.videoOf("Ben"), "blue");
  await page.getByLabel("Microphone").selectOption({ label: "Second microphone" });
  await expectToHear(ann.page, ["blue"]);
});

test("ringing: somebody calls, is answered or not, and hears themself in the echo test", async ({ open }) => {
  const connect = async (page: Page, name: string): Promise<SamplePage> => {
    await page.goto("/samples/ringing/");
    await page.getByLabel("Your name").fill(name);
    const sample = new SamplePage(page);
    await sample.press("Connect");
    await expect(page.locator("#own-id")).toContainText("8:acs:");
    return sample;
  };
  const ann = await connect(await open("red"), "Ann");
  const ben = await connect(await open("green"), "Ben");
  const call = async (): Promise<void> => {
    await ann.page.getByLabel("Identifier of whom to call").fill(await ben.page.locator("#own-id").innerText());
    await ann.press("Call");
    await expect(ben.page.locator("#caller")).toHaveText("Ann calls.");
  };
  await call();
  await ann.expectState("Ringing");
  await ben.press("Accept");
  await ann.expectState("Connected");
  await ben.expectState("Connected");
  await expect(ann.page.locator("#others")).toHaveText("Ben (Connected)");
  await expectToHear(ann.page, ["green"]);
  await expectToHear(ben.page, ["red"]);
  await ben.press("Hang up");
  await ben.expectEnd("0/0", "You left");
  await ann.expectEnd("0/5003", "left");

  await call();
  await ben.press("Reject");
  await ann.expectEnd("603/0", "declined");

  await ann.press("Echo test");
  await ann.expectState("Connected");
  await expect(ann.page.locator("#others")).toHaveText("Echo test (Connected)");
  await expectToHear(ann.page, ["red"]);
  await ann.press("Hang up");
  await ann.expectEnd("0/0", "You left");
});
