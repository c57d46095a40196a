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
 * Whose camera it is: a colour that probes tell apart, red in 1280 x 720 (the others have a quarter of that), a portrait for pictures, a computer without
 * camera and microphone, or somebody (yellow) who answers no to every question of the browser.
 */
export type Camera = Colour | "wide" | Portrait | "none" | "forbidden";

/** The files for Chromium's fake camera and microphone; made once, and again when what draws them has changed. */
export async function deviceFiles(camera: Colour | "wide" | Portrait): Promise<{ video: string; audio: string }> {
  const folder = await deviceFolder();
  const video = join(folder, `${camera}.y4m`);
  const audio = join(folder, `${camera}.wav`);
  const colour = isPortrait(camera) || camera === "wide" ? "red" : camera;
  await makeOnce(video, () => (isPortrait(camera) ? portraitVideo(camera) : camera === "wide" ? noisyVideo(colour, 1280, 720) : colourVideo(colour)));
  await makeOnce(audio, () => toneAudio(LOOKS[colour].tone));
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

/** The same with noise in it, so that it takes as many bits as a real picture: a sender that has little to send never learns that there is room for more. */
function noisyVideo(colour: Colour, width: number, height: number): Buffer {
  const [y, u, v] = YUV[colour];
  const chroma = Buffer.concat([Buffer.alloc((width * height) / 4, u), Buffer.alloc((width * height) / 4, v)]);
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\n`)];
  let random = 1;
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const luma = Buffer.alloc(width * height, y);
    const left = Math.floor((frame * width) / FRAMES);
    for (let line = 0; line < height; line += 1) luma.fill(24, line * width + left, line * width + Math.min(left + width / 8, width));
    // Blocks of 16 pixels, each a little lighter or darker in every frame.
    for (let top = 0; top < height; top += 16) {
      for (let across = 0; across < width; across += 16) {
        random = (random * 1_664_525 + 1_013_904_223) % 2 ** 32;
        const change = Math.round((random / 2 ** 32 - 0.5) * 24);
        for (let line = top; line < Math.min(top + 16, height); line += 1) {
          for (let at = line * width + across; at < line * width + across + 16; at += 1) luma[at] = (luma[at] ?? 0) + change;
        }
      }
    }
    parts.push(Buffer.from("FRAME\n"), luma, chroma);
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
