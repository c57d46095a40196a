// Which layers of a camera are sent (simulcast), and what each may take. Pure: it asks nobody.

import type { StreamSize, VideoSendConstraints } from '../api/common.js';

/** The layers' names on the wire, from the smallest to the largest; the server takes no more. */
export const LAYERS = ['q', 'h', 'f'] as const;

/** How one layer is encoded. */
export interface LayerEncoding {
  readonly active: boolean;
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number | undefined;
  readonly maxFramerate: number | undefined;
}

/**
 * Pixels from which on a camera is sent in two layers, and in three. Chromium sends no more of smaller ones, and leaves the largest out: the picture would
 * become small.
 */
const TWO_FROM = 480 * 270;
const THREE_FROM = 960 * 540;
/** What a layer of at most so many pixels may take, in bits per second. More crowds out the others; less shows blocks when somebody moves. */
const BITRATES: readonly (readonly [number, number])[] = [
  [320 * 180, 150_000],
  [480 * 270, 300_000],
  [640 * 480, 600_000],
  [960 * 540, 1_000_000],
  [1280 * 720, 1_700_000],
];
const BITRATE_MAX = 3_000_000;
/** What is taken for a source that does not say its size: an app's own picture. */
const ASSUMED = { width: 1280, height: 720 };

/**
 * The encodings for what is captured in that size. Fewer layers than there are names leave the last ones out: the layers keep their order.
 *
 * @param captured undefined if the source does not say it
 */
export function layersOf(captured: Partial<StreamSize> | undefined, limits: VideoSendConstraints): LayerEncoding[] {
  const isKnown = Boolean(captured?.width && captured.height);
  const { width, height } = isKnown ? (captured as StreamSize) : ASSUMED;
  const base = Math.max(1, height / (limits.frameHeight?.max ?? height));
  const pixels = (scale: number): number => (width / scale) * (height / scale);
  const most = pixels(base) >= THREE_FROM && isKnown ? 3 : pixels(base) >= TWO_FROM ? 2 : 1;
  const bound = limits.bitrate?.max ?? Number.POSITIVE_INFINITY;
  for (let count = most; ; count -= 1) {
    const scales = Array.from({ length: count }, (_, layer) => base * 2 ** (count - 1 - layer));
    const rates = scales.map((scale) => bitrateOf(pixels(scale)));
    const smaller = rates.slice(0, -1).reduce((sum, rate) => sum + rate, 0);
    // The largest layer gets at least half of what the app allows.
    if (count === 1 || smaller <= bound / 2) {
      return LAYERS.map((_, layer) => ({
        active: layer < count,
        scaleResolutionDownBy: scales[layer] ?? 1,
        maxBitrate: layer === count - 1 ? Math.min(rates[layer] ?? bound, bound - smaller) : rates[layer],
        maxFramerate: limits.frameRate?.max,
      }));
    }
  }
}

function bitrateOf(pixels: number): number {
  return BITRATES.find(([most]) => pixels <= most)?.[1] ?? BITRATE_MAX;
}
