// Which layer of a camera each subscriber is sent, measured on decoded pictures and received packets: what fits the tile, and nothing for a hidden one.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { lookAtPictures, watchPictures } from "../lib/arriving";
import { expect, test } from "../lib/fixtures";
import { expectToSee } from "../lib/probes";

test.beforeEach(() => test.slow());

/**
 * What may be missing of a video at a change of layers, beyond what its sender left out. Less: the time at which a server on a busy machine got to its
 * packets counts, which takes some 60 ms on two cores. More: a video that stands still for half a second passes.
 */
const GAP_MAX_MS = 300;
/** In how many pictures a tile that is shown again has one, 5 s. A sender that nobody asks sends one to begin with after 3,000. */
const BEGIN_MAX = 150;

/** What arrives of the one video that a page receives. */
interface Arriving {
  readonly width: number;
  readonly packets: number;
  readonly decoded: number;
}

async function arriving(page: Page): Promise<Arriving> {
  return page.evaluate(async (): Promise<Arriving> => {
    const found = { width: 0, packets: 0, decoded: 0 };
    for (const connection of window.__observed.connections) {
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats.type !== "inbound-rtp" || stats.kind !== "video" || !stats.packetsReceived) continue;
        found.width = Number(stats.frameWidth ?? 0);
        found.packets += Number(stats.packetsReceived);
        found.decoded += Number(stats.framesDecoded ?? 0);
      }
    }
    return found;
  });
}

/** How many pictures a page has sent, of the layer that has most. */
async function framesSent(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let most = 0;
    for (const connection of window.__observed.connections) {
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats.type === "outbound-rtp" && stats.kind === "video") most = Math.max(most, Number(stats.framesSent ?? 0));
      }
    }
    return most;
  });
}

/** Sets how large the tile is in which a page shows somebody, or hides it. */
async function size(app: AppPage, name: string, width: number, height: number): Promise<void> {
  await app.page.evaluate(
    ({ name, width, height }) => {
      const figure = document.querySelector<HTMLElement>(`figure[data-name="${name}"]`);
      if (!figure) throw new Error(`nobody called ${name} is shown`);
      Object.assign(figure.style, { width: `${width}px`, height: `${height}px`, margin: "0", display: width > 0 ? "block" : "none" });
    },
    { name, width, height },
  );
}

async function stage(open: Parameters<typeof AppPage.inGroup>[0]["open"], rest: Omit<Parameters<typeof AppPage.inGroup>[0], "open">): Promise<{ ann: AppPage; ben: AppPage; cleo: AppPage }> {
  const all = { open: async (...who: Parameters<typeof open>) => lookAtPictures(await open(...who)), ...rest };
  const group = randomUUID();
  const ann = await AppPage.inGroup(all, group, "wide", "Ann");
  const ben = await AppPage.inGroup(all, group, "green", "Ben", { camera: false });
  const cleo = await AppPage.inGroup(all, group, "blue", "Cleo", { camera: false });
  await expect(ben.videoOf("Ann")).toHaveCount(1);
  await expect(cleo.videoOf("Ann")).toHaveCount(1);
  await size(ben, "Ann", 1280, 720);
  await size(cleo, "Ann", 320, 180);
  return { ann, ben, cleo };
}

test("a large tile gets the large layer, a small one the small layer, and when it grows a larger one without a gap", async ({ open, request, server }) => {
  const { ann, ben, cleo } = await stage(open, { request, server });
  await expect.poll(async () => (await arriving(ben.page)).width, { message: "the width in the large tile", timeout: 45_000 }).toBe(1280);
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the small tile" }).toBe(320);
  await expectToSee(ben.videoOf("Ann"), "red");
  await expectToSee(cleo.videoOf("Ann"), "red");

  const [bens, cleos] = [await watchPictures(ben.page), await watchPictures(cleo.page)];
  await size(cleo, "Ann", 640, 360);
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the larger tile" }).toBe(640);
  await size(cleo, "Ann", 320, 180);
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the small tile again" }).toBe(320);
  const { widths, longestGapMs } = await cleos();
  expect(widths).toEqual([320, 640, 320]);
  // What Ann's busy machine leaves out, Ben misses too; he may get it later.
  await expect.poll(async () => (await bens()).longestGapMs, { message: "what was left out of the large layer" }).toBeGreaterThan(longestGapMs - GAP_MAX_MS);
  await expectToSee(cleo.videoOf("Ann"), "red");

  const sent = (): Promise<(number | undefined)[]> =>
    ann.do(({ call, sdk }) => {
      const collector = call.feature(sdk.Features.MediaStats).createCollector();
      return new Promise<(number | undefined)[]>((resolve) => {
        collector.on("sampleReported", (sample) => {
          const [camera] = sample.video.send;
          collector.dispose();
          resolve([camera?.frameWidthSent, ...(camera?.altLayouts ?? []).map((layer) => layer.frameWidthSent)]);
        });
      });
    });
  await expect.poll(sent, { message: "the widths of what Ann sends" }).toEqual([1280, 640, 320]);
});

test("nothing comes for a tile that is hidden, and the picture is there soon when it is shown again", async ({ open, request, server }) => {
  const { ann, cleo } = await stage(open, { request, server });
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the small tile" }).toBe(320);
  const isReceiving = (): Promise<boolean | undefined> => cleo.do(({ call }) => call.remoteParticipants.find((each) => each.displayName === "Ann")?.videoStreams[0]?.isReceiving);
  // What is said of a hidden video is what was said of it last.
  await expect.poll(isReceiving).toBe(true);
  await size(cleo, "Ann", 0, 0);
  const isStill = async (): Promise<boolean> => {
    const [before, sent] = [await arriving(cleo.page), await framesSent(ann.page)];
    await expect.poll(() => framesSent(ann.page)).toBeGreaterThan(sent + 15);
    return (await arriving(cleo.page)).packets === before.packets;
  };
  await expect.poll(isStill, { message: "no packet while others get pictures" }).toBe(true);
  const hidden = await arriving(cleo.page);
  expect(await isStill()).toBe(true);
  expect(await isReceiving()).toBe(true);

  const before = await framesSent(ann.page);
  await cleo.page.evaluate(async () => {
    const figure = document.querySelector<HTMLElement>('figure[data-name="Ann"]');
    const video = figure?.querySelector("video");
    if (!figure || !video) throw new Error("Ann is shown.");
    const frame = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    Object.assign(figure.style, { display: "block", width: "320px", height: "180px" });
    await frame;
  });
  expect(await framesSent(ann.page), "what Ann has sent until then").toBeLessThan(before + BEGIN_MAX);
  await expectToSee(cleo.videoOf("Ann"), "red");
  expect((await arriving(cleo.page)).decoded).toBeGreaterThan(hidden.decoded);
});

test("an app that uses a stream itself gets the largest layer, whatever it shows", async ({ open, request, server }) => {
  const { cleo } = await stage(open, { request, server });
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the small tile" }).toBe(320);
  await cleo.do(({ call }) => call.remoteParticipants.find((each) => each.displayName === "Ann")?.videoStreams[0]?.getMediaStream().then(() => undefined));
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width of the whole picture", timeout: 45_000 }).toBe(1280);
});
