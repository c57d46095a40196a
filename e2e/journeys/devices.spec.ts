// The device test of PreJoin, and changing devices in the meeting.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { installRefusal, installSecondDevices } from "../lib/more-devices";
import { expectToHear, expectToSee, heardTones } from "../lib/probes";

/** The test sound's two notes, in hertz. */
const NOTES = [587, 880];

test("before joining, a person sees the camera, sees the microphone's level, and hears a test sound on the chosen speaker", async ({ open }) => {
  const { page } = await MeetingPage.prepare(await open("red"), { name: "Olga" });
  await expectToSee(page.locator(".preview video"), "red");
  const level = page.getByRole("meter", { name: "Microphone level" });
  await expect.poll(async () => Number(await level.getAttribute("aria-valuenow")), { message: "the level of the tone" }).toBeGreaterThan(30);

  await page.getByLabel("Speaker").selectOption({ label: "Fake Audio Output 1" });
  const chosen = (await page.getByLabel("Speaker").inputValue()).replace("speaker:", "");
  expect(await heardTones(page, NOTES)).toEqual([]);
  await page.getByRole("button", { name: "Play a test sound" }).click();
  const isPlaying = (sink: string): boolean =>
    [...window.__observed.players].some((player) => player instanceof HTMLAudioElement && player.sinkId === sink && !player.paused && player.srcObject !== null);
  await expect.poll(() => page.evaluate(isPlaying, chosen), { message: "something plays on the chosen speaker", intervals: [20] }).toBe(true);
  expect((await heardTones(page, NOTES)).sort()).toEqual(NOTES);
  await expect(page.getByRole("button", { name: "Play a test sound" })).toBeEnabled();

  await page.getByRole("button", { name: "Microphone on" }).click();
  await expect(level).toHaveAttribute("aria-valuenow", "0");
});

test("who does not allow the devices reads what to do, joins all the same, and may change their mind before", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const page = await open("green");
  await page.addInitScript(installRefusal);
  const guest = await MeetingPage.open(page, await organizer.link(), "Nora");
  await expect(page.getByText("The browser does not let this page use the camera. Press the sign beside the address")).toBeVisible();
  await expect(page.getByText("The browser does not let this page use the microphone.")).toBeVisible();
  await guest.join();
  await expectToSee(guest.videoOf("Olga"), "red");
  await expectToHear(page, ["red"]);
  await expect(organizer.mutedMarkOf("Nora")).toBeVisible();

  await guest.leave();
  await page.getByRole("button", { name: "Join again" }).click();
  await page.evaluate(() => Object.assign(window, { __allowDevices: true }));
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("meter", { name: "Microphone level" })).toBeVisible();
  await expect(page.getByText("The browser does not let this page")).toHaveCount(0);
  await page.getByRole("button", { name: "Microphone off" }).click();
  await page.getByRole("button", { name: "Camera off" }).click();
  await expectToSee(page.locator(".preview video"), "green");
  await guest.join();
  await expectToSee(organizer.videoOf("Nora"), "green");
  await expectToHear(organizer.page, ["green"]);
});

test("camera and microphone are changed in the meeting, and the others see and hear the new ones", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const page = await open("green");
  await page.addInitScript(installSecondDevices);
  const guest = await MeetingPage.open(page, await organizer.link(), "Gina");
  await guest.join();
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToHear(organizer.page, ["green"]);

  const devices = await guest.openDevices();
  await devices.getByLabel("Camera").selectOption({ label: "Second camera" });
  await expectToSee(organizer.videoOf("Gina"), "blue");
  await expectToSee(guest.videoOf("Gina"), "blue");
  await devices.getByLabel("Microphone", { exact: true }).selectOption({ label: "Second microphone" });
  await expectToHear(organizer.page, ["blue"]);
  await devices.getByLabel("Speaker").selectOption({ label: "Fake Audio Output 2" });
  const speaker = (await devices.getByLabel("Speaker").inputValue()).replace("speaker:", "");
  const playsOn = (): Promise<string[]> =>
    page.evaluate(() => [...window.__observed.players].filter((each) => each instanceof HTMLAudioElement && each.isConnected).map((each) => each.sinkId));
  await expect.poll(async () => new Set(await playsOn())).toEqual(new Set([speaker]));
  await expectToHear(page, ["red"]);

  await page.keyboard.press("Escape");
  await expect(devices).toBeHidden();
  await expect(guest.controls.getByRole("button", { name: "Devices" })).toBeFocused();
});
