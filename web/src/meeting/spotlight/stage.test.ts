import { expect, test } from "vitest";
import type { TileViewModel } from "../view-model";
import { staged } from "./stage";

const tile = (id: string, spotlight?: number): TileViewModel => ({
  id,
  name: id,
  isLocal: false,
  isMuted: false,
  isSpeaking: false,
  hand: undefined,
  spotlight,
  reaction: undefined,
  video: undefined,
});
const ids = (all: readonly TileViewModel[]): string[] => all.map((each) => each.id);

test("those in the spotlight stand large in the order in which they were chosen, the others beside them as they came", () => {
  const { spotlight, tiles } = staged([tile("ann"), tile("ben", 2), tile("cleo", 1), tile("dan")], false);
  expect(ids(spotlight)).toEqual(["cleo", "ben"]);
  expect(ids(tiles)).toEqual(["ann", "dan"]);
});

test("beside a shared screen those in the spotlight come first, and nobody stands large", () => {
  const { spotlight, tiles } = staged([tile("ann"), tile("ben", 1)], true);
  expect(spotlight).toEqual([]);
  expect(ids(tiles)).toEqual(["ben", "ann"]);
});

test("without a spotlight, and for who is alone, the stage is as it was", () => {
  expect(staged([tile("ann"), tile("ben")], false)).toEqual({ spotlight: [], tiles: [tile("ann"), tile("ben")] });
  expect(staged([tile("ann", 1)], false)).toEqual({ spotlight: [], tiles: [tile("ann", 1)] });
});
