// The stage: everybody's tile, and a shared screen before them.

import { h, setAttribute, setText, type View } from "../shared/dom";
import { KeyedList } from "../shared/keyed-list";
import { VideoBox } from "../shared/video-box";
import { invitationCard } from "./invitation";
import { tileSize } from "./layout";
import { tileView } from "./tile";
import type { MeetingViewModel, TileViewModel } from "./view-model";

/** Between two tiles, in pixels; as in the style sheet. */
const GAP = 11;

/** Makes the stage. */
export function galleryView(): View<MeetingViewModel> {
  const screenVideo = new VideoBox({ isMirrored: false, scalingMode: "Fit" });
  const screenName = h("figcaption", { class: "tile-name" });
  const screen = h("figure", { class: "screen", hidden: true }, screenVideo.element, screenName);
  const grid = h("div", { class: "tiles" });
  const tiles = new KeyedList<TileViewModel>(grid, (tile) => tile.id, tileView);
  const alone = invitationCard("You are the only one here", "Send this link to the people you want to meet.");
  const element = h("main", { class: "stage", "aria-label": "People in the meeting" }, screen, grid, alone.element);
  let count = 0;
  const resized = new ResizeObserver(() => layOut());
  resized.observe(grid);

  function layOut(): void {
    // Before it stands in the page it has no size; the observer tells when it has one.
    if (grid.clientWidth === 0) return;
    const { width, height, scrolls } = tileSize(count, grid.clientWidth, grid.clientHeight, GAP);
    grid.style.setProperty("--tile-width", `${width}px`);
    grid.style.setProperty("--tile-height", `${height}px`);
    setAttribute(grid, "data-scrolls", scrolls);
    // What scrolls can be reached by keyboard.
    setAttribute(grid, "tabindex", scrolls || element.hasAttribute("data-screen") ? 0 : undefined);
  }

  return {
    element,
    update(meeting) {
      const isAlone = meeting.tiles.length === 1 && meeting.screen === undefined;
      tiles.update(meeting.tiles);
      screen.hidden = meeting.screen === undefined;
      setAttribute(element, "data-screen", meeting.screen !== undefined);
      setAttribute(element, "data-alone", isAlone);
      screenVideo.show(meeting.screen?.video);
      setText(screenName, meeting.screen ? `${meeting.screen.name}’s screen` : "");
      alone.element.hidden = !isAlone;
      alone.update(meeting.invite);
      count = meeting.tiles.length;
      layOut();
    },
    dispose() {
      resized.disconnect();
      tiles.dispose();
      screenVideo.dispose();
    },
  };
}
