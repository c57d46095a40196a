// What somebody in Firefox sees and hears.

import { LOOKS, TONES } from "./devices";
import { recordTones, type FirefoxPage } from "./firefox";
import { expect } from "./fixtures";
import { lookAt, verdict } from "./probes";

export function textOf(element: Element): string {
  return element.textContent ?? "";
}

/** Waits for a video that moves and shows this camera. */
export async function expectFirefoxToSee(guest: FirefoxPage, video: string, camera: keyof typeof LOOKS): Promise<void> {
  await expect.poll(() => guest.evaluateOn(video, (element) => element !== null), { message: `the video ${video} in Firefox` }).toBe(true);
  await expect.poll(async () => verdict(await guest.evaluateOn(video, lookAt)), { message: `a moving ${camera} picture in Firefox` }).toBe(camera);
}

/** Waits until these tones are heard, and no others. */
export async function expectFirefoxToHear(guest: FirefoxPage, cameras: readonly (keyof typeof LOOKS)[]): Promise<void> {
  await expect.poll(() => guest.evaluate(recordTones, TONES), { message: `the tones of ${cameras.join(", ") || "nobody"} in Firefox` }).toEqual(cameras.map((camera) => LOOKS[camera].tone));
}
