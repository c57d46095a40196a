// What has to be told now, until it is dismissed.

import { h, hiddenText, setAttribute, setTold, type View } from "../shared/dom";
import { icon } from "../shared/icons";
import { keepFocus } from "../shared/keep-focus";
import { screenWords } from "../shared/strings/screen";
import type { NoticeViewModel } from "./view-model";

/** Makes the bar. It hides itself while there is nothing to tell. */
export function noticeBar(): View<NoticeViewModel | undefined> {
  const text = h("span", { class: "toast-text" });
  let dismiss: (() => void) | undefined;
  const close = h("button", { class: "button quiet icon-only", type: "button", onclick: () => dismiss?.() }, icon("close"), hiddenText(screenWords().dismiss));
  const element = h("div", { class: "toast", role: "alert", hidden: true }, text, close);
  return {
    element,
    update(notice) {
      dismiss = notice?.dismiss;
      keepFocus(element, () => (element.hidden = notice === undefined));
      setAttribute(element, "data-error", notice?.isError ?? false);
      setTold(text, notice?.told ?? { text: "" });
    },
  };
}
