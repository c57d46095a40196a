// What a person at a page sees and hears, measured on decoded pictures and played sound. Never from a connection's state.

import { expect, type Locator, type Page } from "@playwright/test";
import { LOOKS, TONES, type Colour } from "./devices";

/** What was seen in one video element during a moment. */
export interface Seen {
  /** Decoded frames that were shown during the probe. */
  readonly frames: number;
  /** How many of 576 sampled places changed between the first and the last of them. */
  readonly moved: number;
  /** The mean colour of the last. */
  readonly rgb: readonly [number, number, number];
}

/** Looks at a video for up to ten frames. A video that stands still gives what it had after two seconds. */
export async function look(video: Locator): Promise<Seen> {
  return video.evaluate(lookAt);
}

/** Looks at a video; runs in the page. */
export async function lookAt(element: Element): Promise<Seen> {
  const player = element as HTMLVideoElement;
  const canvas = new OffscreenCanvas(32, 18);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("No canvas here.");
  const snapshot = (): Uint8ClampedArray => {
    context.drawImage(player, 0, 0, 32, 18);
    return context.getImageData(0, 0, 32, 18).data;
  };
  const nextFrame = (): Promise<boolean> =>
    new Promise((resolve) => {
      const tooLong = setTimeout(() => resolve(false), 2000);
      player.requestVideoFrameCallback(() => {
        clearTimeout(tooLong);
        resolve(true);
      });
    });
  let frames = 0;
  let first: Uint8ClampedArray | undefined;
  while (frames < 10 && (await nextFrame())) {
    frames += 1;
    first ??= snapshot();
  }
  const last = snapshot();
  let moved = 0;
  const sum: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < last.length; at += 4) {
    const difference = [0, 1, 2].reduce((all, c) => all + Math.abs((last[at + c] ?? 0) - (first?.[at + c] ?? last[at + c] ?? 0)), 0);
    if (difference > 60) moved += 1;
    for (const c of [0, 1, 2] as const) sum[c] += last[at + c] ?? 0;
  }
  const places = last.length / 4;
  return { frames, moved, rgb: [sum[0] / places, sum[1] / places, sum[2] / places] };
}

/** What is seen in one word: a colour, or what is wrong with the picture. */
export function verdict(seen: Seen): Colour | string {
  if (seen.frames < 10) return `only ${seen.frames} frames in two seconds`;
  if (seen.moved < 20) return `a picture that stands still (${seen.moved} places changed)`;
  return colourOf(seen.rgb);
}

/** The palette's colour that a mean colour is nearest to, or `none` for grey and black. */
export function colourOf([r, g, b]: readonly [number, number, number]): Colour | "none" {
  if (Math.max(r, g, b) - Math.min(r, g, b) < 40) return "none";
  if (Math.min(r, g) > 1.4 * b && Math.min(r, g) > 0.6 * Math.max(r, g)) return "yellow";
  if (r > g && r > b) return "red";
  return g > b ? "green" : "blue";
}

/** Waits until a video shows this person's colour, and moves. */
export async function expectToSee(video: Locator, colour: Colour): Promise<void> {
  await expect
    .poll(
      async () => {
        if ((await video.count()) === 0) return "no video element";
        return verdict(await look(video.first()));
      },
      { message: `a moving ${colour} picture` },
    )
    .toBe(colour);
}

/** Tones that are played now, of those that are listened for, loudest first. */
export async function heardTones(page: Page, listenedFor: readonly number[] = TONES): Promise<number[]> {
  return page.evaluate(async (tones): Promise<number[]> => {
    const { players, analysers } = window.__observed;
    const context = (window.__observed.audio ??= new AudioContext({ sampleRate: 48_000 }));
    await context.resume();
    const playing = [...players].filter((player) => !player.paused && !player.muted && player.volume > 0);
    const tracks = playing.flatMap((player) => (player.srcObject instanceof MediaStream ? player.srcObject.getAudioTracks() : []));
    for (const track of tracks.filter((each) => each.readyState === "live" && !analysers.has(each.id))) {
      const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      analysers.set(track.id, analyser);
    }
    const live = [...new Set(tracks.map((track) => track.id))].map((id) => analysers.get(id)).filter((each) => each !== undefined);
    const loudest = new Map<number, number>(tones.map((tone) => [tone, -Infinity]));
    const bins = new Float32Array(2048);
    // Bursts are never more than 0.6 s apart: listen for at least two of them.
    const end = performance.now() + 1500;
    while (performance.now() < end) {
      await new Promise(requestAnimationFrame);
      for (const analyser of live) {
        analyser.getFloatFrequencyData(bins);
        for (const tone of tones) {
          const bin = Math.round((tone * 4096) / context.sampleRate);
          const level = Math.max(...bins.subarray(bin - 1, bin + 2));
          if (level > (loudest.get(tone) ?? -Infinity)) loudest.set(tone, level);
        }
      }
    }
    // Full scale is 0 dB; a burst arrives at about -20, what is left of it between bands stays far under -50.
    return [...loudest].filter(([, level]) => level > -50).sort((a, b) => b[1] - a[1]).map(([tone]) => tone);
  }, listenedFor);
}

/** Waits until exactly these people are heard. */
export async function expectToHear(page: Page, colours: readonly Colour[]): Promise<void> {
  const expected = colours.map((colour) => LOOKS[colour].tone).sort((a, b) => a - b);
  const message = `the tones of ${colours.join(", ") || "nobody"}`;
  await expect.poll(async () => (await heardTones(page)).sort((a, b) => a - b), { message }).toEqual(expected);
}

/** Media that this page received so far, over all of its connections. */
export interface Received {
  readonly packets: number;
  readonly audioEnergy: number;
  readonly framesDecoded: number;
}

/** Reads the browser's own counters. */
export async function received(page: Page): Promise<Received> {
  return page.evaluate(async (): Promise<Received> => {
    let packets = 0;
    let audioEnergy = 0;
    let framesDecoded = 0;
    for (const connection of window.__observed.connections) {
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats.type !== "inbound-rtp") continue;
        packets += Number(stats.packetsReceived ?? 0);
        audioEnergy += Number(stats.totalAudioEnergy ?? 0);
        framesDecoded += Number(stats.framesDecoded ?? 0);
      }
    }
    return { packets, audioEnergy, framesDecoded };
  });
}

/** Waits until the decoded sound's energy grows by more than silence gives. */
export async function expectAudioEnergyToGrow(page: Page): Promise<void> {
  const before = await received(page);
  const grown = async (): Promise<number> => (await received(page)).audioEnergy - before.audioEnergy;
  await expect.poll(grown, { message: "energy of decoded sound" }).toBeGreaterThan(0.001);
}

/** One of two: the page, the camera before it, and the video in which the other is to be seen. */
export interface Side {
  readonly page: Page;
  readonly camera: Colour;
  readonly video: Locator;
}

/** Expects that two see each other move, hear each other's voice and go on hearing it. */
export async function expectToSeeAndHearEachOther(one: Side, other: Side): Promise<void> {
  await expectToSee(one.video, other.camera);
  await expectToSee(other.video, one.camera);
  await expectToHear(one.page, [other.camera]);
  await expectToHear(other.page, [one.camera]);
  await expectAudioEnergyToGrow(one.page);
  await expectAudioEnergyToGrow(other.page);
}
