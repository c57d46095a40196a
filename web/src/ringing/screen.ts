// Who calls: a card for each over whatever the page shows, above all for keyboards and screen readers.

import { h, mayTakeFocus, setAttribute, setText, setTold, uniqueId, hiddenText, type View } from "../shared/dom";
import { icon, type IconName } from "../shared/icons";
import { KeyedList } from "../shared/keyed-list";
import { hueOf, initials } from "../shared/people";
import { ringingWords } from "../shared/strings/ringing";
import type { Told } from "../shared/strings/telling";

/** Somebody who calls. */
export interface RingViewModel {
  readonly id: string;
  /** The caller's raw id, for the colour. */
  readonly user: string;
  readonly name: string;
  /** The kind of identity, in words: names can be imitated, the kind cannot. */
  readonly kind: string;
  /** Who handed the caller over. */
  readonly transferredBy: string | undefined;
  /** Whether answering leaves a meeting or a call. */
  readonly leaves: boolean;
  readonly withVideo: () => void;
  readonly withoutVideo: () => void;
  /** `undefined` while it is under way. */
  readonly decline: (() => void) | undefined;
  readonly problem: Told | undefined;
}

/** All who call. */
export interface RingingViewModel {
  readonly rings: readonly RingViewModel[];
  readonly sound: { readonly isOn: boolean; readonly toggle: () => void };
  /** What is said once, to screen readers alone. */
  readonly said: string;
}

/** Makes the cards. */
export function ringingScreen(): View<RingingViewModel> {
  const list = h("div", { class: "rings" });
  const said = h("div", { class: "visually-hidden", role: "status" });
  const element = h("section", { class: "ringing", "aria-label": ringingWords().label }, list, said);
  const rings = new KeyedList<RingViewModel & { readonly sound: RingingViewModel["sound"] }>(list, (ring) => ring.id, ringView);
  return {
    element,
    update(state) {
      rings.update(state.rings.map((ring) => ({ ...ring, sound: state.sound })));
      setText(said, state.said);
    },
    dispose: () => rings.dispose(),
  };
}

type Shown = RingViewModel & { readonly sound: RingingViewModel["sound"] };

function ringView(first: Shown): View<Shown> {
  const words = ringingWords();
  let current = first;
  const press = (kind: string, text: string, symbol: IconName, run: () => void): HTMLButtonElement =>
    h("button", { class: `button ${kind}`, type: "button", onclick: run }, icon(symbol), h("span", {}, text));
  const heading = h("h2", { id: uniqueId("ring") }, words.calls(first.name));
  const kind = h("p", { class: "kind" });
  const by = h("p", { class: "hint" });
  const leaves = h("p", { class: "hint" }, words.leaves);
  const about = h("div", { id: uniqueId("ring"), class: "words" }, kind, by, leaves);
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const avatar = h("div", { class: `avatar ring-avatar hue-${hueOf(first.user)}`, "aria-hidden": "true" }, initials(first.name));
  const withVideo = press("primary", words.withVideo, "camera", () => current.withVideo());
  const withoutVideo = press("", words.withoutVideo, "microphone", () => current.withoutVideo());
  const decline = press("danger", words.decline, "leave", () => current.decline?.());
  const soundWords = hiddenText("");
  const sound = h("button", { class: "button quiet icon-only", type: "button", onclick: () => current.sound.toggle() }, soundWords);
  const element = h(
    "div",
    { class: "ring card", role: "alertdialog", "aria-labelledby": heading.id, "aria-describedby": about.id },
    h("div", { class: "ring-head" }, avatar, h("div", { class: "words" }, heading, about), sound),
    problem,
    h("div", { class: "ring-actions" }, withVideo, withoutVideo, decline),
  );
  const before = document.activeElement;
  // Nobody who types answers a call with the space bar: the focus comes only from where nothing is typed.
  queueMicrotask(() => mayTakeFocus() && !isTyping(before) && element.isConnected && withVideo.focus());
  let shownSound: boolean | undefined;
  return {
    element,
    update(ring) {
      current = ring;
      setText(kind, ring.kind);
      by.hidden = ring.transferredBy === undefined;
      setText(by, ring.transferredBy === undefined ? "" : words.transferredBy(ring.transferredBy));
      leaves.hidden = !ring.leaves;
      problem.hidden = ring.problem === undefined;
      setTold(problem, ring.problem ?? { text: "" });
      setAttribute(decline, "aria-disabled", ring.decline === undefined ? "true" : undefined);
      if (shownSound === ring.sound.isOn) return;
      shownSound = ring.sound.isOn;
      sound.querySelector("svg")?.remove();
      sound.prepend(icon(ring.sound.isOn ? "bell" : "bellOff"));
      setText(soundWords, words.sound[ring.sound.isOn ? 0 : 1]);
    },
    dispose() {
      // The focus goes back to where it was.
      if (element.contains(document.activeElement) && before instanceof HTMLElement && before.isConnected) before.focus();
    },
  };
}

function isTyping(element: Element | null): boolean {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));
}
