// The end: what happened, and what to do now.

import { h, mayTakeFocus, setTold } from "../shared/dom";
import { mark } from "../shared/icons";
import { faultWords } from "../shared/strings/faults";
import { ringingWords } from "../shared/strings/ringing";
import { language } from "../shared/strings/speaking";
import { reasonOf, type Told } from "../shared/strings/telling";

/** Why it is over. */
export interface End {
  readonly code: number;
  readonly subCode: number;
  /** What happened and what to do: the server's words, in English. */
  readonly message: string | undefined;
  /** The message is in the language of the page. */
  readonly isSpoken?: boolean;
  /** Whether the person was in the meeting before. */
  readonly wasIn: boolean;
  /** Whether it was a call that rang: there is nothing to join again. */
  readonly rang?: boolean;
}

/** The heading over an end. */
export function headingOf(end: End): string {
  if (end.rang && end.code === 0 && end.subCode === 0) return ringingWords().left;
  const { headings, over, interrupted, notJoined } = faultWords().ends;
  const known = end.subCode === 0 && end.code !== 0 ? undefined : headings[end.subCode];
  if (known !== undefined) return known;
  if (end.wasIn) return end.code === 0 ? over : interrupted;
  return notJoined;
}

/** The sentences under it: the server's own where they are in the language of the page, else those for the codes, else general ones. */
export function toldOfEnd(end: End): Told {
  const { message } = end;
  if (end.rang && end.code === 0 && end.subCode === 0) return { text: ringingWords().callable };
  if (message && (end.isSpoken || language() === "en")) return { text: message };
  const { joinAgain, wentWrong } = faultWords().ends;
  const general = end.code === 0 ? joinAgain : wentWrong;
  if (!message) return { text: general };
  const reason = reasonOf(end);
  return reason === undefined ? { text: general, english: message } : { text: reason };
}

/** The same as one text. */
export function textOf(end: End): string {
  const { text, english } = toldOfEnd(end);
  return english === undefined ? text : `${text} ${english}`;
}

/** Makes the screen. */
export function endedScreen(end: End, joinAgain: (() => void) | undefined, home: (() => void) | undefined): HTMLElement {
  const words = faultWords().ends;
  const told = h("p", { role: "status" });
  setTold(told, toldOfEnd(end));
  const again = joinAgain ? h("button", { class: "button primary", type: "button", onclick: joinAgain }, words.again) : undefined;
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
      told,
      h("div", { class: "form-actions" }, again, home ? h("button", { class: "button", type: "button", onclick: home }, words.home) : undefined),
      end.code === 0 && end.subCode === 0 ? undefined : h("p", { class: "hint" }, words.code(`${end.code}/${end.subCode}`)),
    ),
  );
}
