// What kind of identity somebody has, as a mark beside the name.

import { h, setAttribute, setText, type View } from "../../shared/dom";

/** Makes the mark. */
export function kindMark(): View<{ readonly kind: string; readonly isAnonymous: boolean }> {
  const element = h("span", { class: "kind" });
  return {
    element,
    update({ kind, isAnonymous }) {
      element.hidden = kind === "";
      setText(element, kind);
      setAttribute(element, "data-anonymous", isAnonymous);
    },
  };
}
