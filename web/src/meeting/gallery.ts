// The stage: everybody's tile, and a shared screen before them.

import { h, setAttribute, setText, type View } from "../shared/dom";
import { KeyedList } from "../shared/keyed-list";
import { VideoBox } from "../shared/video-box";
import { invitationCard } from "./invitation";
import { tileView } from "./tile";
import type { MeetingViewModel, TileViewModel } from "./view-model";

/** Makes the stage. */
export function galleryView(): View<MeetingViewModel> {
  const screenVideo = new VideoBox({ isMirrored: false, scalingMode: "Fit" });
  const screenName = h("figcaption", { class: "tile-name" });
  const screen = h("figure", { class: "screen", hidden: true }, screenVideo.element, screenName);
  const grid = h("div", { class: "tiles" });
  const tiles = new KeyedList<TileViewModel>(grid, (tile) => tile.id, tileView);
  const alone = invitationCard("You are the only one here", "Send this link to the people you want to meet.");
  const element = h("main", { class: "stage", "aria-label": "People in the meeting" }, screen, grid, alone.element);

  return {
    element,
    update(meeting) {
      const isAlone = meeting.tiles.length === 1 && meeting.screen === undefined;
      tiles.update(meeting.tiles);
      setAttribute(grid, "data-count", Math.min(meeting.tiles.length, 16));
      screen.hidden = meeting.screen === undefined;
      setAttribute(element, "data-screen", meeting.screen !== undefined);
      setAttribute(element, "data-alone", isAlone);
      screenVideo.show(meeting.screen?.video);
      setText(screenName, meeting.screen ? `${meeting.screen.name}’s screen` : "");
      alone.element.hidden = !isAlone;
      alone.update(meeting.invite);
    },
    dispose() {
      tiles.dispose();
      screenVideo.dispose();
    },
  };
}
