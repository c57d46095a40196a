// A question before something that cannot be taken back.

import { h, uniqueId } from "../shared/dom";
import { firstPlaceAround } from "../shared/keep-focus";

/** What is asked. */
export interface Question {
  readonly heading: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
}

/** Asks; true if the person says yes. Escape says no. */
export function confirm(question: Question): Promise<boolean> {
  const headingId = uniqueId("dialog");
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": headingId },
    h("h2", { id: headingId }, question.heading),
    h("p", {}, question.text),
    h(
      "div",
      { class: "dialog-actions" },
      h("button", { class: "button", type: "button", autofocus: true, onclick: () => dialog.close("no") }, question.no),
      h("button", { class: "button danger", type: "button", onclick: () => dialog.close("yes") }, question.yes),
    ),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      // What had the focus before may be gone by now.
      if (document.activeElement === document.body) firstPlaceAround(document.body)?.focus();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}
