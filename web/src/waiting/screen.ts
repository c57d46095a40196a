// On the way in: connecting, and waiting in the lobby.

import { h, setAttribute, setText, type View } from "../shared/dom";
import { mark } from "../shared/icons";

/** What the screen shows. */
export interface WaitingViewModel {
  readonly state: "connecting" | "inLobby" | "putBack";
  readonly title: string;
  readonly name: string;
  readonly cancel: () => void;
}

const HEADINGS: Record<WaitingViewModel["state"], string> = {
  connecting: "Connecting…",
  inLobby: "Waiting to be let in…",
  putBack: "You are back in the lobby",
};

/** Makes the screen. */
export function waitingScreen(): View<WaitingViewModel> {
  const heading = h("h1", { tabindex: -1, "data-first-focus": true });
  const text = h("p", {});
  const cancel = h("button", { class: "button", type: "button", onclick: () => current?.cancel() }, "Cancel");
  const pulse = h("div", { class: "pulse", "aria-hidden": "true" }, mark());
  const words = h("div", { class: "words", role: "status" }, heading, text);
  const card = h("div", { class: "card centered-card" }, pulse, words, cancel);
  const element = h("main", { class: "page centered waiting" }, card);
  let current: WaitingViewModel | undefined;

  return {
    element,
    update(state) {
      current = state;
      const inLobby = state.state !== "connecting";
      setAttribute(element, "data-state", state.state);
      setText(heading, HEADINGS[state.state]);
      setText(
        text,
        inLobby
          ? `The people in the meeting see that ${state.name} is here. Nobody hears or sees you yet.`
          : `Joining ${state.title}.`,
      );
    },
  };
}
