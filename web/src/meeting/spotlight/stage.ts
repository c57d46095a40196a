// Which tiles stand large, and in which order.

import type { TileViewModel } from "../view-model";

/** The tiles of the stage: those in the spotlight large, the others beside them. */
export interface Staged {
  readonly spotlight: readonly TileViewModel[];
  readonly tiles: readonly TileViewModel[];
}

/** Puts the tiles on the stage. A shared screen takes the large place; then those in the spotlight come first. */
export function staged(all: readonly TileViewModel[], hasScreen: boolean): Staged {
  const lit = all.filter((tile) => tile.spotlight !== undefined).sort((one, other) => (one.spotlight ?? 0) - (other.spotlight ?? 0));
  const rest = all.filter((tile) => tile.spotlight === undefined);
  // Who is alone is asked to invite others, and needs no large place.
  if (hasScreen || all.length === 1 || lit.length === 0) return { spotlight: [], tiles: [...lit, ...rest] };
  return { spotlight: lit, tiles: rest };
}
