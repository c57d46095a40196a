// The dialog of the meeting's options. Each choice is saved at once, and acts on the meeting that goes on.

import { field, h, hiddenText, setAttribute, setText, uniqueId, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { LOBBY_WORDS, PRESENTER_WORDS } from "../../shared/meeting-words";
import type { MeetingSettings } from "../../shared/server";
import { invitationCard } from "../invitation";
import type { OptionsViewModel } from "./view-model";

type Change = (change: Partial<MeetingSettings>) => void;
type Flag = "allowAttendeeToEnableMic" | "allowAttendeeToEnableCamera" | "isLocked" | "isGuestsAllowed" | "guestsMayStart";

const FLAGS: readonly (readonly [Flag, string, string])[] = [
  ["allowAttendeeToEnableMic", "Attendees may speak", "Otherwise only presenters unmute."],
  ["allowAttendeeToEnableCamera", "Attendees may turn their camera on", "Otherwise only presenters are seen."],
  ["isGuestsAllowed", "Guests may come", "Apps’ users and anonymous guests."],
  ["guestsMayStart", "Guests may start the meeting", "They need not wait until somebody of the organization is in."],
  ["isLocked", "Locked", "Nobody new comes in but organizers."],
];

const STATUS: Record<OptionsViewModel["status"], string> = {
  reading: "Reading the options…",
  saving: "Saving…",
  saved: "Saved. It holds from now on.",
  unchanged: "",
};

/** Makes the dialog. It opens with a view-model, and closes without one. */
export function optionsDialog(): View<OptionsViewModel | undefined> {
  let current: OptionsViewModel | undefined;
  const change: Change = (wish) => current?.change?.(wish);
  const headingId = uniqueId("options");
  const lobby = choice(LOBBY_WORDS, (scope) => change({ lobbyBypassSettings: { scope } }));
  const presenters = choice(PRESENTER_WORDS, (allowedPresenters) => change({ allowedPresenters }));
  const flags = FLAGS.map(([flag, text, hint]) => ({ flag, ...checkbox(text, hint, (isOn) => change({ [flag]: isOn })) }));
  const fields = h(
    "fieldset",
    { class: "options-fields" },
    h("legend", { class: "visually-hidden" }, "Options"),
    field("Who waits in the lobby", lobby),
    field("Who presents", presenters),
    h("div", { class: "checks" }, ...flags.map((each) => each.element)),
  );
  const status = h("p", { class: "hint options-status", role: "status" });
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const invitation = invitationCard("Invitation", "What others need to come in.");
  const close = h("button", { class: "button quiet icon-only", type: "button", onclick: () => current?.close() }, icon("close"), hiddenText("Close"));
  const element = h(
    "dialog",
    { class: "dialog options", "aria-labelledby": headingId, onclose: () => current?.close() },
    h("header", { class: "dialog-header" }, h("h2", { id: headingId }, "Meeting options"), status, close),
    problem,
    fields,
    invitation.element,
  );

  function show({ settings, change: mayChange }: OptionsViewModel): void {
    setAttribute(fields, "disabled", mayChange === undefined);
    if (!settings) return;
    lobby.value = settings.lobbyBypassSettings.scope;
    presenters.value = settings.allowedPresenters;
    for (const { flag, input } of flags) input.checked = settings[flag];
  }

  return {
    element,
    update(options) {
      current = options;
      if (!options) {
        if (element.open) element.close();
        return;
      }
      show(options);
      setText(status, STATUS[options.status]);
      problem.hidden = options.problem === undefined;
      setText(problem, options.problem ?? "");
      invitation.update(options.invite);
      if (!element.open) element.showModal();
    },
  };
}

function choice<Value extends string>(words: readonly (readonly [Value, string])[], choose: (value: Value) => void): HTMLSelectElement {
  const select = h(
    "select",
    { onchange: () => words.filter(([value]) => value === select.value).forEach(([value]) => choose(value)) },
    ...words.map(([value, text]) => h("option", { value }, text)),
  );
  return select;
}

function checkbox(text: string, hint: string, choose: (isOn: boolean) => void): { element: HTMLElement; input: HTMLInputElement } {
  const id = uniqueId("check");
  const hintId = uniqueId("hint");
  const input = h("input", { id, type: "checkbox", "aria-describedby": hintId, onchange: () => choose(input.checked) });
  const element = h("div", { class: "check" }, input, h("label", { for: id }, text), h("p", { class: "hint", id: hintId }, hint));
  return { element, input };
}
