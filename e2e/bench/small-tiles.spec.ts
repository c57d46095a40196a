// What a tile of 320 x 180 costs its subscriber, of a camera of 1280 x 720: by the layer that fits, and by the largest one, as without layers.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";

/** For how long is counted, in milliseconds. */
const COUNTED_MS = 10_000;

test("a small tile costs what it shows", async ({ open, request, server }) => {
  test.setTimeout(180_000);
  const stage = { open, request, server };
  const group = randomUUID();
  await AppPage.inGroup(stage, group, "wide", "Ann");
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  await expect(ben.videoOf("Ann")).toHaveCount(1);
  await expect.poll(async () => (await video(ben.page)).width, { message: "the layer that fits" }).toBe(320);
  const small = await kilobits(ben.page);
  await ben.do(({ call }) => call.remoteParticipants[0]?.videoStreams[0]?.getMediaStream().then(() => undefined));
  await expect.poll(async () => (await video(ben.page)).width, { message: "the largest layer", timeout: 60_000 }).toBe(1280);
  // It begins with a keyframe, and the sender's estimate still grows.
  await ben.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 10_000)));
  const large = await kilobits(ben.page);
  console.log(`\na tile of 320 x 180: ${small.toFixed(0)} kbit/s by the layer that fits, ${large.toFixed(0)} kbit/s by the largest; nine of them: ${(9 * small).toFixed(0)} and ${(9 * large).toFixed(0)} kbit/s\n`);
  expect(small).toBeLessThan(large / 2);
});

async function video(page: Page): Promise<{ width: number; bytes: number }> {
  return page.evaluate(async () => {
    const found = { width: 0, bytes: 0 };
    for (const connection of window.__observed.connections) {
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats.type !== "inbound-rtp" || stats.kind !== "video" || !stats.packetsReceived) continue;
        found.width = Number(stats.frameWidth ?? 0);
        found.bytes += Number(stats.bytesReceived) + Number(stats.headerBytesReceived);
      }
    }
    return found;
  });
}

/** Kilobits per second of video that arrive, with RTP's headers. */
async function kilobits(page: Page): Promise<number> {
  const before = await video(page);
  await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), COUNTED_MS);
  return ((await video(page)).bytes - before.bytes) * 8 / COUNTED_MS;
}
