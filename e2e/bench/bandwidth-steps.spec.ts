// How soon somebody whose line becomes thin, or wide again, gets what fits; and what it costs until then.

import { lookAtPictures, watchPictures } from "../lib/arriving";
import { expect, test } from "../lib/fixtures";
import { inbound } from "../lib/inbound";
import { overThinLine, watchLarge } from "../lib/thin-line-call";

/** For how long is looked at after each step, in milliseconds. */
const LOOKED_AT_MS = 15_000;

/** Bits per second, and the width that fits. */
const STEPS = [
  [20_000_000, 1280],
  [1_000_000, 640],
  [300_000, 320],
  [1_000_000, 640],
  [20_000_000, 1280],
  [300_000, 320],
  [20_000_000, 1280],
] as const;

test("a line that becomes thin and wide again", async ({ open, request }) => {
  test.setTimeout(400_000);
  await overThinLine({ open, request }, [], async (server, line) => {
    const at = { ...server, open: async (...who: Parameters<typeof open>) => lookAtPictures(await server.open(...who)) };
    const { ben, others } = await watchLarge(at, line);
    const arrives = await watchPictures(ben.page);
    await expect.poll(async () => (await arrives()).widths.at(-1), { message: "the width on a wide line", timeout: 60_000 }).toBe(1280);
    for (const [bitsPerSecond, fits] of STEPS) {
      const since = await watchPictures(ben.page);
      const before = await inbound(ben.page);
      line.narrow(others, bitsPerSecond);
      const start = Date.now();
      let changed = 0;
      let width = (await since()).widths.at(-1);
      while (Date.now() - start < LOOKED_AT_MS) {
        const now = (await since()).widths.at(-1);
        if (now !== width) [width, changed] = [now, Date.now() - start];
      }
      const { longestGapMs, widths } = await since();
      const { audio, video } = await inbound(ben.page);
      const concealed = (audio.concealed - before.audio.concealed) / (audio.samples - before.audio.samples);
      console.log(
        `${bitsPerSecond / 1000} kbit/s: ${width} wide (${fits} fits) after ${(changed / 1000).toFixed(1)} s by ${widths.join(", ")}; longest time between two pictures ${longestGapMs.toFixed(0)} ms, ` +
          `${video.freezes - before.video.freezes} freezes of ${(video.frozenSeconds - before.video.frozenSeconds).toFixed(2)} s together; ${(concealed * 100).toFixed(1)} % of the sound concealed`,
      );
      expect(video.decoded).toBeGreaterThan(before.video.decoded);
    }
  });
});
