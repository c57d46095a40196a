// The panel beside the stage: the lobby first, then everybody in the meeting.

import { h, setText, hiddenText, type View } from "../shared/dom";
import { icon } from "../shared/icons";
import { KeyedList } from "../shared/keyed-list";
import { hueOf, initials } from "../shared/people";
import { lobbyPanel } from "./lobby-panel";
import type { MeetingViewModel, PersonViewModel } from "./view-model";

/** Makes the panel. */
export function peoplePanel(): View<MeetingViewModel> {
  const lobby = lobbyPanel();
  const list = h("ul", { class: "people-list", "aria-label": "In the meeting" });
  const people = new KeyedList<PersonViewModel>(list, (person) => person.id, personView);
  const heading = h("h3", {}, "In the meeting");
  let close: (() => void) | undefined;
  const element = h(
    "aside",
    { class: "panel", "aria-label": "People" },
    h(
      "header",
      { class: "panel-header" },
      h("h2", { class: "panel-title" }, "People"),
      h("button", { class: "button quiet icon-only", type: "button", onclick: () => close?.() }, icon("close"), hiddenText("Close people")),
    ),
    lobby.element,
    h("section", { class: "people" }, heading, list),
  );

  return {
    element,
    update(meeting) {
      element.hidden = !meeting.controls.people.isOn;
      close = meeting.controls.people.toggle;
      lobby.update(meeting.lobby);
      setText(heading, `In the meeting (${meeting.people.length})`);
      people.update(meeting.people);
    },
    dispose: () => people.dispose(),
  };
}

function personView(first: PersonViewModel): View<PersonViewModel> {
  const name = h("span", { class: "person-name" });
  const detail = h("span", { class: "person-detail" });
  const muted = h("span", { class: "person-muted" }, icon("microphoneOff"), hiddenText("muted"));
  const element = h(
    "li",
    { class: "person" },
    h("span", { class: `avatar small hue-${hueOf(first.id)}`, "aria-hidden": "true" }, initials(first.name)),
    h("span", { class: "person-words" }, name, detail),
    muted,
  );
  return {
    element,
    update(person) {
      setText(name, person.isLocal ? `${person.name} (you)` : person.name);
      setText(detail, person.detail);
      muted.hidden = !person.isMuted;
    },
  };
}
