// The fake camera and microphone of each person: one colour with a moving bar, and bursts of one tone. So a receiver can
// tell not only that somebody is seen and heard, but who.

import { mkdir, stat, writeFile } from "node:fs/promises";
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

const FOLDER = new URL("../.out/devices/", import.meta.url).pathname;

/** Whose camera it is: a colour that probes tell apart, or a portrait for pictures. */
export type Camera = Colour | Portrait;

/** The files for Chromium's fake camera and microphone; made once. */
export async function deviceFiles(camera: Camera): Promise<{ video: string; audio: string }> {
  await mkdir(FOLDER, { recursive: true });
  const video = join(FOLDER, `${camera}.y4m`);
  const audio = join(FOLDER, `${camera}.wav`);
  if (!(await exists(video))) await writeFile(video, isPortrait(camera) ? portraitVideo(camera) : colourVideo(camera));
  if (!(await exists(audio))) await writeFile(audio, toneAudio(isPortrait(camera) ? LOOKS.red.tone : LOOKS[camera].tone));
  return { video, audio };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
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

/** Two seconds of 16-bit WAV: bursts of the tone. Steady tones are taken for noise and suppressed by the browser. */
function toneAudio(tone: number): Buffer {
  const samples = RATE * 2;
  const data = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) {
    const second = index / RATE;
    const inBurst = second % 0.5;
    const envelope = inBurst < 0.3 ? Math.sin((Math.PI * inBurst) / 0.3) : 0;
    data.writeInt16LE(Math.round(Math.sin(2 * Math.PI * tone * second) * envelope * 0.5 * 32_767), index * 2);
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
