// What a lossy and long line costs who sees and hears over it.

import { randomUUID } from "node:crypto";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { inbound } from "../lib/inbound";
import { overThinLine } from "../lib/thin-line-call";

/** For how long is counted, in milliseconds. */
const COUNTED_MS = 30_000;

test("a line of 100 ms there and back that loses one packet in twenty", async ({ open, request }) => {
  test.setTimeout(240_000);
  await overThinLine({ open, request }, [], async (at, line) => {
    const group = randomUUID();
    await AppPage.inGroup(at, group, "wide", "Ann");
    const others = line.count;
    const ben = await AppPage.inGroup(at, group, "green", "Ben", { camera: false });
    await expect.poll(async () => (await inbound(ben.page)).video.decoded, { message: "pictures of Ann" }).toBeGreaterThan(30);
    for (const lost of [0, 0.05]) {
      line.worsen(others, { delayMs: 50, lost });
      const before = await inbound(ben.page);
      await ben.page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), COUNTED_MS);
      const after = await inbound(ben.page);
      const video = (what: keyof typeof after.video): number => after.video[what] - before.video[what];
      const concealed = (after.audio.concealed - before.audio.concealed) / (after.audio.samples - before.audio.samples);
      console.log(
        `\n${lost * 100} % lost each way, 100 ms there and back, ${COUNTED_MS / 1000} s: ${video("decoded")} pictures, ${video("freezes")} freezes of ${video("frozenSeconds").toFixed(2)} s together; ` +
          `of ${video("packets")} packets ${video("lost")} lost and ${video("repaired")} sent again; ${(concealed * 100).toFixed(1)} % of the sound concealed\n`,
      );
      expect(video("decoded")).toBeGreaterThan(0);
    }
  });
});
