// The menu by which a person lays out the stage.

import { h, type View } from "../../shared/dom";
import { meetingWords } from "../../shared/strings/meeting";
import { menuButton } from "../../shared/menu";
import type { LayoutViewModel } from "./view-model";

/** Makes the button with its menu. */
export function layoutMenu(): View<LayoutViewModel> {
  const menu = menuButton({ class: "header-button", icon: "layout", showsLabel: true });
  const element = h("div", { class: "layout-place" }, menu.element);
  return {
    element,
    update: ({ stage, isOwnInCorner, showGallery, showSpeaker, toggleOwnVideo }) =>
      menu.update({
        label: meetingWords().layout.view,
        items: [
          { text: meetingWords().layout.gallery, kind: "radio", isChosen: stage === "gallery", run: showGallery },
          { text: meetingWords().layout.speaker, kind: "radio", isChosen: stage === "speaker", run: showSpeaker },
          { text: meetingWords().layout.ownInCorner, kind: "checkbox", isChosen: isOwnInCorner, run: toggleOwnVideo },
        ],
      }),
  };
}
