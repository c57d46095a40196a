// The end: what happened, and what to do now.

import { h, mayTakeFocus } from "../shared/dom";
import { mark } from "../shared/icons";

/** Why it is over. */
export interface End {
  readonly code: number;
  readonly subCode: number;
  /** The server's words: what happened and what to do. */
  readonly message: string | undefined;
  /** Whether the person was in the meeting before. */
  readonly wasIn: boolean;
}

const HEADINGS: Readonly<Record<number, string>> = {
  0: "You left the meeting",
  4097: "The meeting has ended",
  4521: "The connection was lost",
  5221: "Guests cannot join",
  5222: "Guests cannot join",
  5300: "You were removed",
  5751: "There is no such meeting here",
  5854: "You were not let in",
  5855: "Nobody let you in",
  8560: "The meeting is locked",
  10009: "Your access is not valid",
};

/** The heading over an end. */
export function headingOf(end: End): string {
  const known = end.subCode === 0 && end.code !== 0 ? undefined : HEADINGS[end.subCode];
  if (known !== undefined) return known;
  if (end.wasIn) return end.code === 0 ? "The meeting is over" : "The meeting was interrupted";
  return "The meeting could not be joined";
}

/** The sentences under it. */
export function textOf(end: End): string {
  if (end.message) return end.message;
  return end.code === 0 ? "You can join again." : "Something went wrong on the way. Try to join again.";
}

/** Makes the screen. */
export function endedScreen(end: End, joinAgain: (() => void) | undefined, home: (() => void) | undefined): HTMLElement {
  const again = joinAgain ? h("button", { class: "button primary", type: "button", onclick: joinAgain }, "Join again") : undefined;
  const heading = h("h1", { tabindex: -1 }, headingOf(end));
  queueMicrotask(() => mayTakeFocus() && heading.focus());
  return h(
    "main",
    { class: "page centered ended", "data-code": `${end.code}/${end.subCode}` },
    h(
      "div",
      { class: "card centered-card" },
      mark(),
      heading,
      h("p", { role: "status" }, textOf(end)),
      h("div", { class: "form-actions" }, again, home ? h("button", { class: "button", type: "button", onclick: home }, "Home") : undefined),
      end.code === 0 && end.subCode === 0 ? undefined : h("p", { class: "hint" }, `Code ${end.code}/${end.subCode}`),
    ),
  );
}
