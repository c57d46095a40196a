// The fake camera and microphone of each person: one colour with a moving bar, and bursts of one tone. So a receiver can
// tell not only that somebody is seen and heard, but who.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isPortrait, portraitVideo, type Portrait } from "./portraits";

/** Somebody with a colour and a tone of their own. */
export interface Look {
  readonly colour: Colour;
  /** In hertz. No tone is near a harmonic of another. */
  readonly tone: number;
}

/** The colours, as BT.601 (Y, U, V), far from each other after any coding. */
const YUV = {
  red: [90, 96, 230],
  green: [130, 60, 50],
  blue: [60, 230, 105],
  yellow: [200, 30, 145],
} as const;

/** The colours' names. */
export type Colour = keyof typeof YUV;

/** The looks, one for each browser. */
export const LOOKS: Record<Colour, Look> = {
  red: { colour: "red", tone: 440 },
  green: { colour: "green", tone: 700 },
  blue: { colour: "blue", tone: 1120 },
  yellow: { colour: "yellow", tone: 1780 },
};

/** All tones. */
export const TONES: readonly number[] = Object.values(LOOKS).map((look) => look.tone);

const HERE = new URL("./", import.meta.url).pathname;

/**
 * Whose camera it is: a colour that probes tell apart, a portrait for pictures, a computer without camera and microphone, or somebody (yellow) who
 * answers no to every question of the browser.
 */
export type Camera = Colour | Portrait | "none" | "forbidden";

/** The files for Chromium's fake camera and microphone; made once, and again when what draws them has changed. */
export async function deviceFiles(camera: Colour | Portrait): Promise<{ video: string; audio: string }> {
  const folder = await deviceFolder();
  const video = join(folder, `${camera}.y4m`);
  const audio = join(folder, `${camera}.wav`);
  await makeOnce(video, () => (isPortrait(camera) ? portraitVideo(camera) : colourVideo(camera)));
  await makeOnce(audio, () => toneAudio(isPortrait(camera) ? LOOKS.red.tone : LOOKS[camera].tone));
  return { video, audio };
}

async function deviceFolder(): Promise<string> {
  const sources = await Promise.all(["devices.ts", "portraits.ts"].map((file) => readFile(HERE + file)));
  const hash = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16);
  const folder = join(HERE, "../.out/devices", hash);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A run that is stopped while it writes leaves no half file behind: the name comes last. */
async function makeOnce(path: string, make: () => Buffer): Promise<void> {
  if (existsSync(path)) return;
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, make());
  await rename(part, path);
}

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 30;

/** A second of YUV4MPEG2 at 30 frames per second: the colour, and a dark bar that crosses it. */
function colourVideo(colour: Colour): Buffer {
  const [y, u, v] = YUV[colour];
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`)];
  const chroma = Buffer.concat([Buffer.alloc((WIDTH * HEIGHT) / 4, u), Buffer.alloc((WIDTH * HEIGHT) / 4, v)]);
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const row = Buffer.alloc(WIDTH, y);
    const left = Math.floor((frame * WIDTH) / FRAMES);
    row.fill(24, left, Math.min(left + 80, WIDTH));
    parts.push(Buffer.from("FRAME\n"), ...Array<Buffer>(HEIGHT).fill(row), chroma);
  }
  return Buffer.concat(parts);
}

const RATE = 48_000;

/**
 * Ten seconds of 16-bit WAV: bursts of the tone, at moments of its own. Steady tones are taken for noise, and two people
 * with one rhythm for each other's echo: the browser would remove both.
 */
function toneAudio(tone: number): Buffer {
  const data = Buffer.alloc(RATE * 10 * 2);
  const burst = Math.round(RATE * 0.25);
  let random = tone;
  for (let start = 0; start + burst < RATE * 10; ) {
    for (let index = 0; index < burst; index += 1) {
      const value = Math.sin((2 * Math.PI * tone * index) / RATE) * Math.sin((Math.PI * index) / burst) * 0.5;
      data.writeInt16LE(Math.round(value * 32_767), (start + index) * 2);
    }
    // A linear congruential generator (Numerical Recipes): the same moments in every run.
    random = (random * 1_664_525 + 1_013_904_223) % 2 ** 32;
    start += Math.round(RATE * (0.35 + 0.5 * (random / 2 ** 32)));
  }
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
