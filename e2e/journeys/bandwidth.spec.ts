// What somebody with a thin line sees and hears where the server adapts to it: smaller pictures, then sound alone, and all of it again when the
// line is wide.

import type { Page } from "@playwright/test";
import type { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { overThinLine, watchLarge } from "../lib/thin-line-call";

test.beforeEach(() => test.slow());

interface Arrived {
  readonly width: number;
  readonly decoded: number;
  readonly voicePackets: number;
  readonly voiceLost: number;
}

/** What has arrived on a page since it joined. */
async function arrived(page: Page): Promise<Arrived> {
  return page.evaluate(async (): Promise<Arrived> => {
    const sum = { width: 0, decoded: 0, voicePackets: 0, voiceLost: 0 };
    for (const connection of window.__observed.connections) {
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats.type !== "inbound-rtp" || !stats.packetsReceived) continue;
        if (stats.kind === "video") {
          // What probes the line comes without pictures.
          sum.width = Math.max(sum.width, Number(stats.frameWidth ?? 0));
          sum.decoded += Number(stats.framesDecoded ?? 0);
        } else {
          sum.voicePackets += Number(stats.packetsReceived);
          sum.voiceLost += Number(stats.packetsLost);
        }
      }
    }
    return sum;
  });
}

/** What the app is told of Ann's camera. */
function isReceiving(ben: AppPage): Promise<boolean | undefined> {
  return ben.do(({ call }) => call.remoteParticipants.find(({ displayName }) => displayName === "Ann")?.videoStreams.find(({ mediaStreamType }) => mediaStreamType === "Video")?.isReceiving);
}

test("on a thin line pictures become smaller and then stop while the voice goes on, and they come back", async ({ open, request }) => {
  await overThinLine({ open, request }, [], async (at, line) => {
    const { ben, others } = await watchLarge(at, line);
    await expect.poll(async () => (await arrived(ben.page)).width, { message: "the width on a wide line", timeout: 45_000 }).toBe(1280);

    line.narrow(others, 500_000);
    await expect.poll(async () => (await arrived(ben.page)).width, { message: "the width at 500 kbit/s" }).toBeLessThan(1280);
    await expectToSee(ben.videoOf("Ann"), "red");

    line.narrow(others, 70_000);
    // Two seconds, by the voice itself: it sends fifty packets a second.
    const inTwoSeconds = async (): Promise<{ pictures: number; voiceLost: number }> => {
      const before = await arrived(ben.page);
      await expect.poll(async () => (await arrived(ben.page)).voicePackets, { message: "the voice" }).toBeGreaterThan(before.voicePackets + 100);
      const { decoded, voiceLost } = await arrived(ben.page);
      return { pictures: decoded - before.decoded, voiceLost: voiceLost - before.voiceLost };
    };
    // What waited before the line when it became thin is lost still.
    await expect(async () => {
      const { pictures, voiceLost } = await inTwoSeconds();
      expect(pictures, "pictures at 70 kbit/s").toBe(0);
      expect(voiceLost, "lost of about a hundred packets of the voice").toBeLessThan(10);
    }).toPass({ timeout: 45_000 });
    await expectToHear(ben.page, ["red"]);
    await expect.poll(() => isReceiving(ben), { message: "whether the app is told that Ann is seen" }).toBe(false);

    line.narrow(others, 20_000_000);
    await expect.poll(async () => (await arrived(ben.page)).width, { message: "the width when the line is wide again", timeout: 45_000 }).toBe(1280);
    await expectToSee(ben.videoOf("Ann"), "red");
    expect(await isReceiving(ben), "whether the app is told that Ann is seen again").toBe(true);
  });
});
