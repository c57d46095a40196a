// One person in the gallery: the camera, or the initials while it is off; name, muted mark, ring while speaking.

import { h, setAttribute, setText, hiddenText, type View } from "../shared/dom";
import { icon } from "../shared/icons";
import { hueOf, initials } from "../shared/people";
import { VideoBox } from "../shared/video-box";
import { handMark } from "./hands/mark";
import { reactionMark } from "./reactions/mark";
import type { TileViewModel } from "./view-model";

/** Makes the tile of one person. */
export function tileView(first: TileViewModel): View<TileViewModel> {
  const video = new VideoBox({ isMirrored: first.isLocal, scalingMode: "Crop" });
  const avatar = h("div", { class: `avatar hue-${hueOf(first.id)}`, "aria-hidden": "true" });
  const name = h("span", { class: "tile-name-text" });
  const muted = h("span", { class: "tile-muted" }, icon("microphoneOff"), hiddenText("muted"));
  const spotlight = h("span", { class: "spotlight-mark" }, icon("spotlight"), hiddenText("in the spotlight"));
  const label = h("figcaption", { class: "tile-name" }, spotlight, muted, name);
  const hand = handMark();
  const reaction = reactionMark();
  const element = h("figure", { class: "tile" }, avatar, video.element, label, hand.element, reaction.element);

  return {
    element,
    update(tile) {
      video.show(tile.video);
      setText(name, tile.isLocal ? `${tile.name} (you)` : tile.name);
      setText(avatar, initials(tile.name));
      muted.hidden = !tile.isMuted;
      hand.update(tile.hand);
      spotlight.hidden = tile.spotlight === undefined;
      reaction.update(tile.reaction);
      setAttribute(element, "data-name", tile.name);
      setAttribute(element, "data-local", tile.isLocal);
      setAttribute(element, "data-video", tile.video !== undefined);
      setAttribute(element, "data-speaking", tile.isSpeaking && !tile.isMuted);
    },
    dispose: () => video.dispose(),
  };
}
