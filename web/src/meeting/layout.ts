// How tiles fill the stage: as large as they can be, none cut off, the last row centred by the style sheet.

/** The size of each tile, in pixels, and whether they need to scroll. */
export interface TileSize {
  readonly width: number;
  readonly height: number;
  readonly scrolls: boolean;
}

/** Between a tile that cuts the sides of a picture off and the shape of a camera's picture. */
const NARROWEST = 9 / 10;
const WIDEST = 16 / 9;
/** Smaller ones cannot be recognized. */
const MIN_WIDTH = 120;

/** The largest tiles of one size for `count` people on a stage of this size. */
export function tileSize(count: number, width: number, height: number, gap: number): TileSize {
  let best: TileSize | undefined;
  for (let columns = 1; columns <= count; columns += 1) {
    const fitted = fit(columns, Math.ceil(count / columns), width, height, gap);
    if (fitted.width >= MIN_WIDTH && (!best || fitted.width * fitted.height > best.width * best.height)) best = fitted;
  }
  return best ?? scrolling(width, gap);
}

function fit(columns: number, rows: number, width: number, height: number, gap: number): TileSize {
  const cellWidth = (width - gap * (columns - 1)) / columns;
  const cellHeight = (height - gap * (rows - 1)) / rows;
  const tileWidth = Math.min(cellWidth, cellHeight * WIDEST);
  return { width: Math.floor(tileWidth), height: Math.floor(Math.min(cellHeight, tileWidth / NARROWEST)), scrolls: false };
}

/** Too many to be seen at once. */
function scrolling(width: number, gap: number): TileSize {
  const columns = Math.max(1, Math.floor((width + gap) / (MIN_WIDTH + gap)));
  const tileWidth = Math.floor((width - gap * (columns - 1)) / columns);
  return { width: tileWidth, height: tileWidth, scrolls: true };
}
