// Which layer of a camera each subscriber is sent, measured on decoded pictures and received packets: what fits the tile, and nothing for a hidden one.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToSee } from "../lib/probes";

test.beforeEach(() => test.slow());

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

/** The widths of the frames that are shown, and the longest time between two of them, until the page is asked. */
async function watchFrames(app: AppPage, name: string): Promise<() => Promise<{ widths: number[]; longestGapMs: number }>> {
  await app.videoOf(name).evaluate((element) => {
    const video = element as HTMLVideoElement;
    const watched = { widths: [] as number[], longestGapMs: 0 };
    let last = performance.now();
    const look = (now: number, frame: VideoFrameCallbackMetadata): void => {
      watched.longestGapMs = Math.max(watched.longestGapMs, now - last);
      last = now;
      if (watched.widths.at(-1) !== frame.width) watched.widths.push(frame.width);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    Object.assign(window, { __watched: watched });
  });
  return () => app.page.evaluate(() => (window as unknown as { __watched: { widths: number[]; longestGapMs: number } }).__watched);
}

async function stage(open: Parameters<typeof AppPage.inGroup>[0]["open"], rest: Omit<Parameters<typeof AppPage.inGroup>[0], "open">): Promise<{ ann: AppPage; ben: AppPage; cleo: AppPage }> {
  const all = { open, ...rest };
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

  const watched = await watchFrames(cleo, "Ann");
  await size(cleo, "Ann", 640, 360);
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the larger tile" }).toBe(640);
  await size(cleo, "Ann", 320, 180);
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the small tile again" }).toBe(320);
  const { widths, longestGapMs } = await watched();
  expect(widths).toEqual([320, 640, 320]);
  expect(longestGapMs).toBeLessThan(500);

  const sent = await ann.do(({ call, sdk }) => {
    const collector = call.feature(sdk.Features.MediaStats).createCollector();
    return new Promise<(number | undefined)[]>((resolve) => {
      collector.on("sampleReported", (sample) => {
        const [camera] = sample.video.send;
        collector.dispose();
        resolve([camera?.frameWidthSent, ...(camera?.altLayouts ?? []).map((layer) => layer.frameWidthSent)]);
      });
    });
  });
  expect(sent).toEqual([1280, 640, 320]);
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

  const waited = await cleo.page.evaluate(async () => {
    const figure = document.querySelector<HTMLElement>('figure[data-name="Ann"]');
    const video = figure?.querySelector("video");
    if (!figure || !video) throw new Error("Ann is shown.");
    const start = performance.now();
    const frame = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    Object.assign(figure.style, { display: "block", width: "320px", height: "180px" });
    await frame;
    return performance.now() - start;
  });
  expect(waited).toBeLessThan(1_500);
  await expectToSee(cleo.videoOf("Ann"), "red");
  expect((await arriving(cleo.page)).decoded).toBeGreaterThan(hidden.decoded);
});

test("an app that uses a stream itself gets the largest layer, whatever it shows", async ({ open, request, server }) => {
  const { cleo } = await stage(open, { request, server });
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width in the small tile" }).toBe(320);
  await cleo.do(({ call }) => call.remoteParticipants.find((each) => each.displayName === "Ann")?.videoStreams[0]?.getMediaStream().then(() => undefined));
  await expect.poll(async () => (await arriving(cleo.page)).width, { message: "the width of the whole picture", timeout: 45_000 }).toBe(1280);
});
