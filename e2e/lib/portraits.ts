// Drawn people for pictures of the pages, and for effects that find people: head and shoulders before a soft background, or before stripes. Nobody real.

/** What one portrait looks like; colours as red, green, blue. */
interface Palette {
  readonly backdrop: readonly [Rgb, Rgb];
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly shirt: Rgb;
  /** How wide the stripes behind them are, if there are any. */
  readonly stripes?: number;
}

type Rgb = readonly [number, number, number];

const PALETTES = {
  fern: { backdrop: [[206, 221, 205], [120, 150, 128]], skin: [222, 178, 148], hair: [74, 48, 36], shirt: [38, 84, 72] },
  clay: { backdrop: [[240, 222, 200], [196, 140, 104]], skin: [150, 98, 70], hair: [30, 24, 24], shirt: [236, 232, 222] },
  stripes: { backdrop: [[235, 235, 225], [40, 90, 60]], skin: [222, 178, 148], hair: [74, 48, 36], shirt: [38, 44, 104], stripes: 20 },
  dusk: { backdrop: [[190, 200, 222], [96, 108, 150]], skin: [238, 204, 180], hair: [178, 140, 84], shirt: [60, 58, 92] },
} as const satisfies Record<string, Palette>;

/** The portraits' names. */
export type Portrait = keyof typeof PALETTES;

/** True for the name of a portrait. */
export function isPortrait(name: string): name is Portrait {
  return name in PALETTES;
}

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 60;

/** Two seconds of YUV4MPEG2 at 30 frames per second, in which the head nods a little. */
export function portraitVideo(name: Portrait): Buffer {
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const sway = Math.sin((2 * Math.PI * frame) / FRAMES);
    parts.push(Buffer.from("FRAME\n"), picture(PALETTES[name], sway * 5));
  }
  return Buffer.concat(parts);
}

/** One frame as planar YUV 4:2:0, BT.601. */
function picture(palette: Palette, sway: number): Buffer {
  const planes = Buffer.alloc((WIDTH * HEIGHT * 3) / 2);
  const chroma = WIDTH * HEIGHT;
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [r, g, b] = colourAt(palette, x, y, sway);
      planes[y * WIDTH + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (x % 2 === 0 && y % 2 === 0) {
        const at = chroma + (y / 2) * (WIDTH / 2) + x / 2;
        planes[at] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
        planes[at + chroma / 4] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
      }
    }
  }
  return planes;
}

function colourAt({ backdrop, skin, hair, shirt, stripes }: Palette, x: number, y: number, sway: number): Rgb {
  const head = 320 + sway;
  let colour = mix(backdrop[0], backdrop[1], stripes ? Math.floor(x / stripes) % 2 : (x / WIDTH) * 0.4 + (y / HEIGHT) * 0.6);
  colour = mix(colour, hair, inside(x, y, head, 138, 82, 92));
  colour = mix(colour, shirt, inside(x, y, 320 + sway * 0.3, 400, 190, 150));
  colour = mix(colour, darker(skin), inside(x, y, 320 + sway * 0.6, 246, 34, 46));
  colour = mix(colour, skin, inside(x, y, head, 156, 62, 80));
  const aboveFringe = Math.min(Math.max((116 + (x - head) * 0.18 - y) * 0.6 + 0.5, 0), 1);
  return mix(colour, hair, Math.min(inside(x, y, head, 112, 72, 62), aboveFringe));
}

/** 1 inside an ellipse, 0 outside, and a soft edge between. */
function inside(x: number, y: number, centreX: number, centreY: number, radiusX: number, radiusY: number): number {
  const distance = Math.hypot((x - centreX) / radiusX, (y - centreY) / radiusY);
  return Math.min(Math.max((1 - distance) * Math.min(radiusX, radiusY) * 0.6 + 0.5, 0), 1);
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2): number => one[index] + (other[index] - one[index]) * share;
  return [part(0), part(1), part(2)];
}

function darker([r, g, b]: Rgb): Rgb {
  return [r * 0.86, g * 0.86, b * 0.86];
}
