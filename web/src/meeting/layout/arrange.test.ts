import { expect, test } from "vitest";
import type { ScreenViewModel, ShownVideo, TileViewModel } from "../view-model";
import { arrange, type Arrangement } from "./arrange";
import type { Layout, LayoutViewModel } from "./view-model";

const tile = (id: string, more: Partial<TileViewModel> = {}): TileViewModel => ({
  id,
  name: id,
  isLocal: id === "me",
  isMuted: false,
  isSpeaking: false,
  isConnectionBad: false,
  hand: undefined,
  spotlight: undefined,
  reaction: undefined,
  video: undefined,
  ...more,
});
const me = tile("me");
const [ann, ben, cleo] = [tile("ann"), tile("ben"), tile("cleo")];
const screen: ScreenViewModel = { id: "ann", name: "ann", video: {} as ShownVideo };

interface Stage {
  readonly tiles: readonly TileViewModel[];
  readonly layout?: Partial<Layout>;
  readonly speakers?: readonly string[];
  readonly screen?: ScreenViewModel;
  readonly pins?: readonly string[];
}

function arranged({ tiles, layout, speakers = [], screen, pins = [] }: Stage): Arrangement {
  return arrange({ tiles, speakers, screen, layout: { stage: "gallery", ownVideo: undefined, ...layout } as LayoutViewModel }, pins);
}

test("one's own video is in the corner over the only other, among several at its own place, and where one wishes it", () => {
  expect(arranged({ tiles: [me] })).toMatchObject({ isAlone: true, own: "layout" });
  expect(arranged({ tiles: [me, ann] }).own).toBe("corner");
  expect(arranged({ tiles: [me, ann], layout: { ownVideo: "grid" } }).own).toBe("layout");
  expect(arranged({ tiles: [me, ann, ben] }).own).toBe("layout");
  expect(arranged({ tiles: [me, ann, ben], layout: { ownVideo: "corner" } }).own).toBe("corner");
});

test("who spoke last stands large; oneself never, and at first who has a video", () => {
  const layout = { stage: "speaker" } as const;
  const tiles = [me, ann, tile("ben", { video: {} as ShownVideo }), cleo];
  expect(arranged({ tiles, layout, speakers: ["me", "cleo", "ann"] })).toMatchObject({ large: ["cleo"], pinned: [], own: "layout" });
  expect(arranged({ tiles, layout }).large).toEqual(["ben"]);
  expect(arranged({ tiles: [me, ann], layout, speakers: ["ann"] })).toMatchObject({ large: [], own: "corner" });
  expect(arranged({ tiles, speakers: ["cleo"] }).large).toEqual([]);
});

test("a shared screen, a spotlight and pins go before who speaks, and one's own video is where the library has it", () => {
  const layout = { stage: "speaker", ownVideo: "corner" } as const;
  const speakers = ["ben"];
  expect(arranged({ tiles: [me, ann, ben], layout, speakers, screen })).toMatchObject({ large: [], own: "layout" });
  expect(arranged({ tiles: [me, tile("ann", { spotlight: 1 }), ben], layout, speakers })).toMatchObject({ large: ["ann"], own: "layout" });
  expect(arranged({ tiles: [me, ann, ben, cleo], layout, speakers, pins: ["cleo", "gone"] })).toMatchObject({ large: [], pinned: ["cleo"], own: "layout" });
});

test("the spotlight has its order, with oneself among the others, and a pin on who is in it waits", () => {
  const tiles = [tile("me", { spotlight: 2 }), tile("ann", { spotlight: 1 }), ben];
  const { remote, ...rest } = arranged({ tiles, pins: ["ann"] });
  expect(rest).toEqual({ isAlone: false, large: ["ann", "me"], pinned: [], own: "among" });
  expect(remote.map(({ id }) => id)).toEqual(["me", "ann", "ben"]);
});
