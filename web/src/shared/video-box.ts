// A place on the page for one video, local or remote, that may change or be off.

import { VideoStreamRenderer } from "@convene/calling";
import type { ScalingMode } from "@convene/calling";
import type { ShownVideo } from "../meeting/view-model";
import { h } from "./dom";

/** Shows at most one video. */
export class VideoBox {
  readonly element = h("div", { class: "video-box" });
  private shown: ShownVideo | undefined;
  private renderer: VideoStreamRenderer | undefined;

  constructor(private readonly options: { readonly isMirrored: boolean; readonly scalingMode: ScalingMode }) {}

  /** Shows this video, or none. */
  show(video: ShownVideo | undefined): void {
    if (video === this.shown) return;
    this.clear();
    this.shown = video;
    if (video) void this.render(video);
  }

  /** Frees the video. */
  dispose(): void {
    this.clear();
  }

  private async render(video: ShownVideo): Promise<void> {
    const renderer = new VideoStreamRenderer(video);
    this.renderer = renderer;
    try {
      const view = await renderer.createView(this.options);
      if (this.renderer === renderer) this.element.replaceChildren(view.target);
    } catch (error) {
      // The video went away while its view was made; the next update says so.
      if (this.renderer === renderer) this.clear();
      console.warn("A video could not be shown.", error);
    }
  }

  private clear(): void {
    this.renderer?.dispose();
    this.renderer = undefined;
    this.shown = undefined;
    this.element.replaceChildren();
  }
}
