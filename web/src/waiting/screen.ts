// On the way in: connecting, and waiting in the lobby.

import { h, setAttribute, setText, type View } from "../shared/dom";
import { mark } from "../shared/icons";
import { commonWords } from "../shared/strings/common";
import { joiningWords } from "../shared/strings/joining";

/** What the screen shows. */
export interface WaitingViewModel {
  readonly state: "connecting" | "inLobby" | "putBack";
  /** `undefined` where it is not known yet. */
  readonly title: string | undefined;
  readonly name: string;
  readonly cancel: () => void;
}

/** Makes the screen. */
export function waitingScreen(): View<WaitingViewModel> {
  const words = joiningWords().waiting;
  const heading = h("h1", { tabindex: -1, "data-first-focus": true });
  const text = h("p", {});
  const cancel = h("button", { class: "button", type: "button", onclick: () => current?.cancel() }, commonWords().cancel);
  const pulse = h("div", { class: "pulse", "aria-hidden": "true" }, mark());
  const told = h("div", { class: "words", role: "status" }, heading, text);
  const card = h("div", { class: "card centered-card" }, pulse, told, cancel);
  const element = h("main", { class: "page centered waiting" }, card);
  let current: WaitingViewModel | undefined;

  return {
    element,
    update(state) {
      current = state;
      const inLobby = state.state !== "connecting";
      setAttribute(element, "data-state", state.state);
      setText(heading, words[state.state]);
      const joining = state.title === undefined ? words.joiningUnknown : words.joining(state.title);
      setText(text, inLobby ? words.seen(state.name) : joining);
    },
  };
}
