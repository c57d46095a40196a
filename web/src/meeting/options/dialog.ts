// The dialog of the meeting's options. Each choice is saved at once, and acts on the meeting that goes on.

import { field, h, hiddenText, setAttribute, setText, setTold, uniqueId, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { lobbyWords, presenterWords } from "../../shared/meeting-words";
import type { MeetingSettings } from "../../shared/server";
import { commonWords } from "../../shared/strings/common";
import { optionWords } from "../../shared/strings/options";
import { invitationCard } from "../invitation";
import type { OptionsViewModel } from "./view-model";

type Change = (change: Partial<MeetingSettings>) => void;

const FLAGS = ["allowAttendeeToEnableMic", "allowAttendeeToEnableCamera", "isGuestsAllowed", "guestsMayStart", "isLocked"] as const;

/** Makes the dialog. It opens with a view-model, and closes without one. */
export function optionsDialog(): View<OptionsViewModel | undefined> {
  let current: OptionsViewModel | undefined;
  const words = optionWords();
  const statuses: Record<OptionsViewModel["status"], string> = { reading: words.reading, saving: words.saving, saved: words.saved, unchanged: "" };
  const change: Change = (wish) => current?.change?.(wish);
  const headingId = uniqueId("options");
  const lobby = choice(lobbyWords(), (scope) => change({ lobbyBypassSettings: { scope } }));
  const presenters = choice(presenterWords(), (allowedPresenters) => change({ allowedPresenters }));
  const flags = FLAGS.map((flag) => ({ flag, ...checkbox(...words.flags[flag], (isOn) => change({ [flag]: isOn })) }));
  const fields = h(
    "fieldset",
    { class: "options-fields" },
    h("legend", { class: "visually-hidden" }, words.legend),
    field(words.whoWaits, lobby),
    field(words.whoPresents, presenters),
    h("div", { class: "checks" }, ...flags.map((each) => each.element)),
  );
  const status = h("p", { class: "hint options-status", role: "status" });
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const invitation = invitationCard(words.invitation, words.invitationHint);
  const close = h("button", { class: "button quiet icon-only", type: "button", onclick: () => current?.close() }, icon("close"), hiddenText(commonWords().close));
  const element = h(
    "dialog",
    { class: "dialog options", "aria-labelledby": headingId, onclose: () => current?.close() },
    h("header", { class: "dialog-header" }, h("h2", { id: headingId }, words.heading), status, close),
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
      setText(status, statuses[options.status]);
      problem.hidden = options.problem === undefined;
      setTold(problem, options.problem ?? { text: "" });
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
