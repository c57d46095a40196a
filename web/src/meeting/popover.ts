// A card that lies over the stage: the invitation, or the devices. Escape and its own button close it, and the focus goes back to
// the button of the bar that opened it.

import { h, hiddenText, type View } from "../shared/dom";
import { icon } from "../shared/icons";
import { screenWords } from "../shared/strings/screen";
import type { ToggleViewModel } from "./view-model";

/** Makes a card around some content. */
export function popover(label: string, content: HTMLElement): View<ToggleViewModel> {
  let toggle: (() => void) | undefined;
  let opener: Element | null = null;
  const close = h("button", { class: "button quiet icon-only popover-close", type: "button", onclick: () => shut() }, icon("close"), hiddenText(screenWords().closeCard(label)));
  const element = h("section", { class: "popover", hidden: true, "aria-label": label, onkeydown: (event) => handleKey(event as KeyboardEvent) }, content, close);

  function handleKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    shut();
  }

  function firstField(): HTMLElement | undefined {
    return [...element.querySelectorAll<HTMLElement>("select, input, button")].find((field) => field.checkVisibility());
  }

  function shut(): void {
    toggle?.();
    if (opener instanceof HTMLElement) opener.focus();
  }

  return {
    element,
    update(state) {
      toggle = state.toggle;
      if (element.hidden !== state.isOn) return;
      opener = state.isOn ? document.activeElement : opener;
      element.hidden = !state.isOn;
      if (state.isOn) firstField()?.focus();
    },
  };
}
