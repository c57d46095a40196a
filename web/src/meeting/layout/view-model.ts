// How the stage is laid out, as each person chooses for themselves.

import type { Action } from "../view-model";

/** Everybody alike, or who speaks large and the others in a strip. */
export type StageLayout = "gallery" | "speaker";

/** What somebody chose. */
export interface Layout {
  readonly stage: StageLayout;
  /** Where one's own video is in the gallery; `undefined` for what fits: in a corner over that of the only other, otherwise among them. */
  readonly ownVideo: "grid" | "corner" | undefined;
}

/** The choice, and what changes it. */
export interface LayoutViewModel extends Layout {
  readonly isOwnInCorner: boolean;
  readonly showGallery: Action;
  readonly showSpeaker: Action;
  /** `undefined` where one's own video has no place to choose: alone, and in the strip beside who speaks. */
  readonly toggleOwnVideo: Action | undefined;
}
