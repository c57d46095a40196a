// Effects on video, as those see them who receive it; and on sound, as the browser has them.

import { randomUUID } from "node:crypto";
import type { Locator } from "@playwright/test";
import type * as Effects from "../../sdk/calling-effects/src/index.js";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";

declare global {
  interface Window {
    __effects: typeof Effects;
  }
}

/** What a picture of the person before stripes shows. */
interface Shown {
  /** How much neighbouring places beside the person differ in brightness. */
  readonly stripes: number;
  /** The mean colour there. */
  readonly behind: readonly number[];
  /** The mean colour of the face. */
  readonly face: readonly number[];
}

/** Looks at the next frame of a video. */
function lookAt(video: Locator): Promise<Shown> {
  return video.evaluate(async (element: HTMLVideoElement): Promise<Shown> => {
    await new Promise((resolve) => element.requestVideoFrameCallback(resolve));
    const context = new OffscreenCanvas(64, 36).getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("no canvas");
    context.drawImage(element, 0, 0, 64, 36);
    const colour = (left: number, top: number, wide: number, high: number): number[] => {
      const { data } = context.getImageData(left, top, wide, high);
      return [0, 1, 2].map((channel) => data.filter((_, at) => at % 4 === channel).reduce((all, each) => all + each, 0) / (wide * high));
    };
    let differences = 0;
    for (let x = 2; x < 14; x += 1) {
      const [here, beside] = [colour(x, 4, 1, 10), colour(x + 1, 4, 1, 10)];
      differences += Math.abs((here[1] ?? 0) - (beside[1] ?? 0));
    }
    return { stripes: differences / 12, behind: colour(2, 4, 12, 10), face: colour(30, 14, 4, 3) };
  });
}

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? 0))));
}

test("others see the background blurred or replaced and the person as before, over a change of the camera, until the effect stops", async ({ open, request, server }) => {
  test.slow();
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.join(await open("stripes"), (await (await request.get(`${server.url}/api/token`)).json()).token, { groupId: group }, "Ann");
  await ann.expectState("Connected");
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  const video = ben.videoOf("Ann");
  await expect.poll(async () => (await video.count()) && (await lookAt(video)).stripes).toBeGreaterThan(40);
  const plain = await lookAt(video);

  await ann.do(async ({ call, sdk, events }) => {
    const path = "/sdk/calling-effects.js";
    window.__effects = (await import(path)) as typeof Effects;
    const feature = call.localVideoStreams[0]?.feature(sdk.Features.VideoEffects);
    feature?.on("effectsStarted", (names) => events.push(`started ${names}`));
    feature?.on("effectsStopped", (names) => events.push(`stopped ${names}`));
    feature?.on("effectsError", ({ message }) => events.push(`error ${message}`));
    const blur = new window.__effects.BackgroundBlurEffect();
    if (!(await feature?.isSupported(blur))) throw new Error("not supported");
    await feature?.startEffects(blur);
    if (String(feature?.activeEffects) !== "BackgroundBlur") throw new Error("not active");
  });
  await expect.poll(async () => (await lookAt(video)).stripes, { message: "what is left of the stripes" }).toBeLessThan(plain.stripes / 4);
  const blurred = await lookAt(video);
  expect(distance(blurred.face, plain.face)).toBeLessThan(25);
  expect(distance(blurred.behind, plain.behind)).toBeLessThan(40);

  await ann.do(async ({ call, sdk }) => {
    const canvas = new OffscreenCanvas(40, 30);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "rgb(200, 0, 200)";
    context.fillRect(0, 0, 40, 30);
    const backgroundImageUrl = URL.createObjectURL(await canvas.convertToBlob());
    await call.localVideoStreams[0]?.feature(sdk.Features.VideoEffects).startEffects(new window.__effects.BackgroundReplacementEffect({ backgroundImageUrl }));
  });
  await expect.poll(async () => distance((await lookAt(video)).behind, [200, 0, 200])).toBeLessThan(40);
  expect(distance((await lookAt(video)).face, plain.face)).toBeLessThan(25);

  // The same camera's picture as a stream of the app's: the effect goes on with it, and nothing of the background is ever seen.
  await ann.do(async ({ call }) => {
    const stream = call.localVideoStreams[0];
    const camera = await navigator.mediaDevices.getUserMedia({ video: true });
    await stream?.setMediaStream(camera);
  });
  for (let looks = 0; looks < 20; looks += 1) expect((await lookAt(video)).stripes).toBeLessThan(5);
  expect(distance((await lookAt(video)).behind, [200, 0, 200])).toBeLessThan(40);

  await ann.do(({ call, sdk }) => call.localVideoStreams[0]?.feature(sdk.Features.VideoEffects).stopEffects());
  await expect.poll(async () => (await lookAt(video)).stripes).toBeGreaterThan(40);
  const wrong = await ann.attempt(({ call, sdk }) => call.localVideoStreams[0]?.feature(sdk.Features.VideoEffects).startEffects(new window.__effects.BackgroundReplacementEffect({ backgroundImageUrl: "/no-such-image.png" })));
  expect(wrong).toBe("CommunicationServicesError 500/90418");
  expect((await ann.events()).filter((each) => /started|stopped|error/.test(each))).toEqual([
    "started BackgroundBlur", "stopped BackgroundBlur", "started BackgroundReplacement", "stopped BackgroundReplacement",
    "error FailedToFetchImage: the background /no-such-image.png cannot be loaded. Use an image that this page may read.",
  ]);

  const heard = await ann.do(async ({ call, sdk }) => {
    const [stream] = call.localAudioStreams;
    const feature = stream?.feature(sdk.Features.AudioEffects);
    const track = async (): Promise<MediaTrackSettings | undefined> => (await stream?.getMediaStream())?.getAudioTracks()[0]?.getSettings();
    const before = [feature?.activeEffects.noiseSuppression, (await track())?.noiseSuppression];
    await feature?.stopEffects({ noiseSuppression: true });
    const stopped = [feature?.activeEffects.noiseSuppression, (await track())?.noiseSuppression];
    await feature?.startEffects({ noiseSuppression: "BrowserNoiseSuppression" });
    return { before, stopped, after: [feature?.activeEffects.noiseSuppression, (await track())?.noiseSuppression], deep: await feature?.isSupported(new window.__effects.DeepNoiseSuppressionEffect()) };
  });
  expect(heard).toEqual({ before: [["BrowserNoiseSuppression"], true], stopped: [[], false], after: [["BrowserNoiseSuppression"], true], deep: false });
});
