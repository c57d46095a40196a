// The mark of a reaction on a tile.

import type { Reaction } from "@convene/calling";
import { h, setText, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { REACTIONS } from "./reactions";

/** Makes the mark. It hides itself while there is no reaction. */
export function reactionMark(): View<Reaction | undefined> {
  const words = h("span", { class: "visually-hidden" });
  const element = h("span", { class: "reaction-mark" }, words);
  let shown: Reaction | undefined;
  return {
    element,
    update(reaction) {
      element.hidden = reaction === undefined;
      if (shown === reaction) return;
      shown = reaction;
      element.querySelector("svg")?.remove();
      setText(words, REACTIONS.find((each) => each.reaction === reaction)?.words ?? "");
      if (reaction) {
        element.prepend(icon(reaction));
        element.dataset["reaction"] = reaction;
      }
    },
  };
}
