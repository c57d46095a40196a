// Who stands where on the stage. Pure.

import type { MeetingViewModel, TileViewModel } from "../view-model";
import { isOwnInCorner } from "./choice";

/** As many videos as the SDK receives at once. */
export const VIDEOS_AT_ONCE = 9;

/** The stage's arrangement, in the library's terms. */
export interface Arrangement {
  readonly isAlone: boolean;
  /** Those that the library lays out as others; oneself too, while one is in the spotlight. */
  readonly remote: readonly TileViewModel[];
  /** Who stands large for everybody, or for this person because they speak. */
  readonly large: readonly string[];
  /** Whom this person pinned, and who can stand large by it. */
  readonly pinned: readonly string[];
  /** Where one's own tile is: at its own place in the library's layout, in a corner over it, or among the others. */
  readonly own: "layout" | "corner" | "among";
}

/** @param pins raw ids of those whom this person pinned, also of those who are gone */
export function arrange({ tiles, screen, speakers, layout }: Pick<MeetingViewModel, "tiles" | "screen" | "speakers" | "layout">, pins: readonly string[]): Arrangement {
  const others = tiles.filter((tile) => !tile.isLocal);
  const own = tiles.find((tile) => tile.isLocal);
  const isAlone = others.length === 0 && screen === undefined;
  const lit = tiles.filter((tile) => tile.spotlight !== undefined).sort((one, other) => (one.spotlight ?? 0) - (other.spotlight ?? 0));
  const pinned = pins.filter((id) => others.some((tile) => tile.id === id && tile.spotlight === undefined));
  // What everybody or this person put before them goes before who speaks. Of two, the other has the whole stage anyway.
  const isPlain = screen === undefined && lit.length === 0 && pinned.length === 0;
  const speaker = isPlain && layout.stage === "speaker" && others.length > 1 ? speakerOf(others, speakers) : undefined;
  // The library has a large place for others only: who is in the spotlight oneself is one of them.
  const isAmong = own?.spotlight !== undefined && !isAlone;
  const isGallery = isPlain && speaker === undefined && !isAlone && others.length <= VIDEOS_AT_ONCE;
  const isInCorner = isGallery && (layout.stage === "speaker" || isOwnInCorner(layout, others.length));
  return {
    isAlone,
    remote: isAmong && own ? [own, ...others] : others,
    // In the library's terms who speaks is in the spotlight: beside those whom somebody pinned, one's own tile would stand as large.
    large: isAlone ? [] : speaker === undefined ? lit.map((tile) => tile.id) : [speaker],
    pinned,
    own: isAmong ? "among" : isInCorner ? "corner" : "layout",
  };
}

/** Who spoke last; before anybody did, the first with a video. */
function speakerOf(others: readonly TileViewModel[], speakers: readonly string[]): string | undefined {
  return speakers.find((id) => others.some((tile) => tile.id === id)) ?? (others.find((tile) => tile.video !== undefined) ?? others[0])?.id;
}
