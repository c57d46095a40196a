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
  const lit = h("div", { class: "spotlit", role: "group", "aria-label": "In the spotlight", hidden: true });
  const spotlight = new KeyedList<TileViewModel>(lit, (tile) => tile.id, tileView);
  const grid = h("div", { class: "tiles" });
  const tiles = new KeyedList<TileViewModel>(grid, (tile) => tile.id, tileView);
  const alone = invitationCard("You are the only one here", "Send this link to the people you want to meet.");
  const element = h("main", { class: "stage", "aria-label": "People in the meeting" }, screen, lit, grid, alone.element);
  let count = 0;
  let litCount = 0;
  const resized = new ResizeObserver(() => layOut());
  resized.observe(grid);
  resized.observe(lit);

  function layOut(): void {
    const scrolls = fill(grid, count);
    fill(lit, litCount);
    if (scrolls === undefined) return;
    setAttribute(grid, "data-scrolls", scrolls);
    // What scrolls can be reached by keyboard.
    setAttribute(grid, "tabindex", scrolls || element.hasAttribute("data-screen") ? 0 : undefined);
  }

  function fill(place: HTMLElement, tilesIn: number): boolean | undefined {
    // Before it stands in the page it has no size; the observer tells when it has one.
    if (place.clientWidth === 0 || tilesIn === 0) return undefined;
    const { width, height, scrolls } = tileSize(tilesIn, place.clientWidth, place.clientHeight, GAP);
    place.style.setProperty("--tile-width", `${width}px`);
    place.style.setProperty("--tile-height", `${height}px`);
    return scrolls;
  }

  return {
    element,
    update(meeting) {
      const isLit = meeting.spotlight.length > 0;
      const isAlone = meeting.tiles.length === 1 && meeting.screen === undefined && !isLit;
      spotlight.update(meeting.spotlight);
      tiles.update(meeting.tiles);
      lit.hidden = !isLit;
      grid.hidden = meeting.tiles.length === 0;
      screen.hidden = meeting.screen === undefined;
      setAttribute(element, "data-screen", (meeting.screen !== undefined || isLit) && meeting.tiles.length > 0);
      setAttribute(element, "data-alone", isAlone);
      screenVideo.show(meeting.screen?.video);
      setText(screenName, meeting.screen ? `${meeting.screen.name}’s screen` : "");
      alone.element.hidden = !isAlone;
      alone.update(meeting.invite);
      count = meeting.tiles.length;
      litCount = meeting.spotlight.length;
      layOut();
    },
    dispose() {
      resized.disconnect();
      tiles.dispose();
      spotlight.dispose();
      screenVideo.dispose();
    },
  };
}
