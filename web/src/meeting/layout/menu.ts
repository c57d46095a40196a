// The menu by which a person lays out the stage.

import { h, type View } from "../../shared/dom";
import { screenWords } from "../../shared/strings/screen";
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
        label: screenWords().layout.view,
        items: [
          { text: screenWords().layout.gallery, kind: "radio", isChosen: stage === "gallery", run: showGallery },
          { text: screenWords().layout.speaker, kind: "radio", isChosen: stage === "speaker", run: showSpeaker },
          { text: screenWords().layout.ownInCorner, kind: "checkbox", isChosen: isOwnInCorner, run: toggleOwnVideo },
        ],
      }),
  };
}
