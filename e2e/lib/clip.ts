// A VP8 clip made by the browser's own encoder: a coloured picture with a bar that moves through it, as an IVF file.

import type { Page } from "@playwright/test";

/** What is in the clip. */
export interface ClipShape {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly frames: number;
  /** In bits per second. */
  readonly bitrate: number;
}

/** Encodes a clip in a page of a secure origin; gives the IVF file. Its first frame is the only keyframe. */
export async function encodeClip(page: Page, shape: ClipShape): Promise<Buffer> {
  const frames = await page.evaluate(async ({ width, height, framesPerSecond, frames, bitrate }) => {
    const encoded: string[] = [];
    const failed: string[] = [];
    const encoder = new VideoEncoder({
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        encoded.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
      },
      error: (error) => void failed.push(error.message),
    });
    encoder.configure({ codec: "vp8", width, height, bitrate, framerate: framesPerSecond, latencyMode: "realtime" });
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("No canvas here.");
    for (let frame = 0; frame < frames; frame += 1) {
      context.fillStyle = "rgb(40 60 220)";
      context.fillRect(0, 0, width, height);
      context.fillStyle = "black";
      context.fillRect((frame * width) / frames, 0, width / 6, height);
      const picture = new VideoFrame(canvas, { timestamp: (frame * 1_000_000) / framesPerSecond });
      encoder.encode(picture, { keyFrame: frame === 0 });
      picture.close();
    }
    await encoder.flush();
    encoder.close();
    if (failed.length > 0) throw new Error(failed.join("; "));
    return encoded;
  }, shape);
  return ivf(frames.map((frame) => Buffer.from(frame, "base64")), shape);
}

function ivf(frames: readonly Buffer[], { width, height, framesPerSecond }: ClipShape): Buffer {
  const header = Buffer.alloc(32);
  header.write("DKIF", 0, "latin1");
  header.writeUInt16LE(32, 6);
  header.write("VP80", 8, "latin1");
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(framesPerSecond, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const parts = frames.flatMap((frame, index) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(frame.length, 0);
    head.writeUInt32LE(index, 4);
    return [head, frame];
  });
  return Buffer.concat([header, ...parts]);
}
