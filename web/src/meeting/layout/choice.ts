// The layout that a person chose. It is remembered over visits.

import { rememberedLayout, rememberLayout } from "../../shared/remembered";
import type { Layout, LayoutViewModel } from "./view-model";

/** Whether one's own video is in the corner, when the gallery shows this many others. */
export function isOwnInCorner({ ownVideo }: Layout, others: number): boolean {
  return (ownVideo ?? (others === 1 ? "corner" : "grid")) === "corner";
}

/** What is chosen now. */
export class LayoutChoice {
  private layout: Layout = rememberedLayout();

  constructor(private readonly changed: () => void) {}

  /** @param others how many others are in the meeting */
  viewModel(others: number): LayoutViewModel {
    const { layout } = this;
    const isInCorner = isOwnInCorner(layout, others);
    const hasPlace = others > 0 && layout.stage === "gallery";
    return {
      ...layout,
      isOwnInCorner: isInCorner,
      showGallery: () => this.choose({ ...this.layout, stage: "gallery" }),
      showSpeaker: () => this.choose({ ...this.layout, stage: "speaker" }),
      toggleOwnVideo: hasPlace ? () => this.choose({ ...this.layout, ownVideo: isInCorner ? "grid" : "corner" }) : undefined,
    };
  }

  private choose(layout: Layout): void {
    this.layout = layout;
    rememberLayout(layout);
    this.changed();
  }
}
