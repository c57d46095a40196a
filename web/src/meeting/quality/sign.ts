// The sign of one's own connection, in the header: bars and, where it is not good, words. It opens the figures.

import { h, hiddenText, setAttribute, setText, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import type { ConnectionViewModel } from "./view-model";
import { qualityWords } from "../../shared/strings/quality";

/** Makes the sign. What is wrong is told by a strip; that it is over, by a live region of the sign. */
export function connectionSign(): View<ConnectionViewModel> {
  let current: ConnectionViewModel | undefined;
  const words = h("span", { class: "connection-words" });
  const button = h(
    "button",
    { class: "header-button connection", type: "button", onclick: () => current?.figures.toggle?.() },
    icon("signal"),
    hiddenText(`${qualityWords().heading}: `),
    words,
  );
  const told = h("span", { class: "visually-hidden", role: "status" });
  const element = h("div", { class: "connection-place" }, button, told);
  return {
    element,
    update(connection) {
      const before = current?.level;
      current = connection;
      const { level, figures } = connection;
      setAttribute(button, "data-level", level);
      setAttribute(button, "aria-expanded", figures.isOn ? "true" : "false");
      setAttribute(button, "title", qualityWords().levels[level]);
      setText(words, qualityWords().levels[level]);
      if (level !== "good") setText(told, "");
      else if (before !== undefined && before !== "good") setText(told, qualityWords().goodAgain);
    },
  };
}
