// The mark of a raised hand, with its place in the order.

import { h, setText, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { panelWords } from "../../shared/strings/panel";

/** Makes the mark. It hides itself while the hand is down. */
export function handMark(): View<number | undefined> {
  const place = h("span", { "aria-hidden": "true" });
  const words = h("span", { class: "visually-hidden" });
  const element = h("span", { class: "hand-mark" }, icon("hand"), place, words);
  return {
    element,
    update(hand) {
      element.hidden = hand === undefined;
      setText(place, hand === undefined ? "" : String(hand));
      setText(words, hand === undefined ? "" : panelWords().hand(hand));
    },
  };
}
