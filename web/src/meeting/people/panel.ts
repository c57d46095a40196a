// The panel beside the stage: the lobby first, then everybody in the meeting.

import { h, setText, hiddenText, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { KeyedList } from "../../shared/keyed-list";
import { menuButton, type MenuItem } from "../../shared/menu";
import { hueOf, initials } from "../../shared/people";
import { handMark } from "../hands/mark";
import type { MeetingViewModel, PersonActionsViewModel, PersonViewModel } from "../view-model";
import { kindMark } from "./kind";
import { lobbyPanel } from "./lobby";

/** Makes the panel. */
export function peoplePanel(): View<MeetingViewModel> {
  let current: MeetingViewModel | undefined;
  const lobby = lobbyPanel();
  const list = h("ul", { class: "people-list", "aria-label": "In the meeting" });
  const people = new KeyedList<PersonViewModel>(list, (person) => person.id, personView);
  const heading = h("h3", {}, "In the meeting");
  const muteAll = h("button", { class: "button small", type: "button", onclick: () => current?.muteAll?.() }, "Mute all");
  const lowerHands = h("button", { class: "button small", type: "button", onclick: () => current?.lowerAllHands?.() }, "Lower hands");
  const close = h(
    "button",
    { class: "button quiet icon-only", type: "button", onclick: () => current?.controls.people.toggle?.() },
    icon("close"),
    hiddenText("Close people"),
  );
  const element = h(
    "aside",
    { class: "panel", "aria-label": "People" },
    h("header", { class: "panel-header" }, h("h2", { class: "panel-title" }, "People"), close),
    lobby.element,
    h("section", { class: "people" }, h("header", { class: "people-header" }, heading, lowerHands, muteAll), list),
  );

  return {
    element,
    update(meeting) {
      current = meeting;
      element.hidden = !meeting.controls.people.isOn;
      lobby.update(meeting.lobby);
      setText(heading, `In the meeting (${meeting.people.length})`);
      muteAll.hidden = meeting.muteAll === undefined;
      lowerHands.hidden = meeting.lowerAllHands === undefined;
      people.update(inOrder(meeting.people));
    },
    dispose: () => people.dispose(),
  };
}

/** Raised hands first, in the order in which they were raised; everybody else as they came. */
function inOrder(people: readonly PersonViewModel[]): PersonViewModel[] {
  const raised = people.filter((person) => person.hand !== undefined).sort((one, other) => (one.hand ?? 0) - (other.hand ?? 0));
  return [...raised, ...people.filter((person) => person.hand === undefined)];
}

function personView(first: PersonViewModel): View<PersonViewModel> {
  const name = h("span", { class: "person-name" });
  const kind = kindMark();
  const role = h("span", {});
  const hand = handMark();
  const mutedText = hiddenText("muted");
  const muted = h("span", { class: "person-muted" }, icon("microphoneOff"), mutedText);
  const noCamera = h("span", { class: "person-unseen" }, icon("cameraOff"), hiddenText("may not turn the camera on"));
  const menu = menuButton();
  const element = h(
    "li",
    { class: "person" },
    h("span", { class: `avatar small hue-${hueOf(first.id)}`, "aria-hidden": "true" }, initials(first.name)),
    h("span", { class: "person-words" }, name, h("span", { class: "person-detail" }, kind.element, role)),
    hand.element,
    noCamera,
    muted,
    menu.element,
  );
  return {
    element,
    update(person) {
      setText(name, person.isLocal ? `${person.name} (you)` : person.name);
      kind.update(person);
      setText(role, person.role);
      hand.update(person.hand);
      muted.hidden = !person.isMuted && !person.isMicrophoneForbidden;
      setText(mutedText, person.isMicrophoneForbidden ? "may not speak" : "muted");
      muted.dataset["forbidden"] = String(person.isMicrophoneForbidden);
      noCamera.hidden = !person.isCameraForbidden;
      menu.update({ label: `Actions on ${person.name}`, items: itemsOf(person.actions) });
    },
  };
}

function itemsOf(actions: PersonActionsViewModel): MenuItem[] {
  return [
    { text: "Mute", run: actions.mute },
    { text: "Lower the hand", run: actions.lowerHand },
    { text: "Put into the spotlight", run: actions.startSpotlight },
    { text: "Take out of the spotlight", run: actions.stopSpotlight },
    { text: "Forbid the microphone", run: actions.forbidMicrophone },
    { text: "Allow the microphone", run: actions.permitMicrophone },
    { text: "Forbid the camera", run: actions.forbidCamera },
    { text: "Allow the camera", run: actions.permitCamera },
    { text: "Make co-organizer", run: actions.makeCoOrganizer },
    { text: "Make presenter", run: actions.makePresenter },
    { text: "Make attendee", run: actions.makeAttendee },
    { text: "Put back into the lobby", run: actions.putBack },
    { text: "Remove…", isDanger: true, run: actions.remove },
  ];
}
