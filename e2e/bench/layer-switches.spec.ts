// What is missing of a video when its tile becomes larger or smaller, a hundred times; and how soon a hidden one costs nothing.

import { randomUUID } from "node:crypto";
import { AppPage } from "../lib/app-page";
import { lookAtPictures, watchPictures } from "../lib/arriving";
import { expect, test } from "../lib/fixtures";
import { inbound } from "../lib/inbound";

const SWITCHES = 100;

test("a hundred changes of layers", async ({ open, request, server }) => {
  test.setTimeout(600_000);
  const at = { open: async (...who: Parameters<typeof open>) => lookAtPictures(await open(...who)), request, server };
  const group = randomUUID();
  await AppPage.inGroup(at, group, "wide", "Ann");
  const ben = await AppPage.inGroup(at, group, "green", "Ben", { camera: false });
  await expect(ben.videoOf("Ann")).toHaveCount(1);
  const size = (width: number, height: number): Promise<void> =>
    ben.page.locator('figure[data-name="Ann"]').evaluate(
      (figure, { width, height }) => Object.assign(figure.style, { width: `${width}px`, height: `${height}px`, margin: "0", display: width > 0 ? "block" : "none" }) && undefined,
      { width, height },
    );
  const pictures = await watchPictures(ben.page);
  for (const width of [640, 320]) {
    await size(width, (width * 9) / 16);
    await expect.poll(async () => (await pictures()).widths.at(-1), { message: "the width of what comes", timeout: 60_000 }).toBe(width);
  }
  const gaps: number[] = [];
  for (let n = 0; n < SWITCHES; n += 1) {
    const since = await watchPictures(ben.page);
    const width = n % 2 === 0 ? 640 : 320;
    await size(width, (width * 9) / 16);
    await expect.poll(async () => (await since()).widths.at(-1), { message: "the width of what comes", intervals: [50], timeout: 60_000 }).toBe(width);
    gaps.push((await since()).longestGapMs);
  }
  gaps.sort((a, b) => a - b);
  const share = (part: number): string => (gaps[Math.ceil(part * SWITCHES) - 1] ?? NaN).toFixed(0);

  const hidden: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    await size(0, 0);
    const start = Date.now();
    let last = start;
    let packets = (await inbound(ben.page)).video.packets;
    while (Date.now() - last < 1_500) {
      const now = (await inbound(ben.page)).video.packets;
      if (now > packets) [packets, last] = [now, Date.now()];
    }
    hidden.push(last - start);
    await size(320, 180);
    await expect.poll(async () => (await inbound(ben.page)).video.packets, { message: "packets when it is shown again" }).toBeGreaterThan(packets);
  }
  console.log(
    `\nlongest time between two pictures at each of ${SWITCHES} changes of layers, ms: p50 ${share(0.5)}, p95 ${share(0.95)}, largest ${share(1)}; ` +
      `${gaps.filter((gap) => gap >= 200).length} of 200 or more\nfrom hiding a video to its last packet, ms: ${hidden.map((ms) => ms.toFixed(0)).join(", ")}\n`,
  );
});
