// The panel beside the stage: the lobby first, then everybody in the meeting.

import { h, hiddenText, setAttribute, setText, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { keepFocus } from "../../shared/keep-focus";
import { KeyedList } from "../../shared/keyed-list";
import { menuButton, type MenuItem } from "../../shared/menu";
import { hueOf, initials } from "../../shared/people";
import { commonWords } from "../../shared/strings/common";
import { panelWords } from "../../shared/strings/panel";
import { handMark } from "../hands/mark";
import type { MeetingViewModel, PersonActionsViewModel, PersonViewModel } from "../view-model";
import { kindMark } from "./kind";
import { lobbyPanel } from "./lobby";

/** Makes the panel. */
export function peoplePanel(): View<MeetingViewModel> {
  let current: MeetingViewModel | undefined;
  const words = panelWords();
  const lobby = lobbyPanel();
  const list = h("ul", { class: "people-list", "aria-label": words.list });
  const people = new KeyedList<PersonViewModel>(list, (person) => person.id, personView);
  const heading = h("h3", {}, words.list);
  const muteAll = h("button", { class: "button small", type: "button", onclick: () => current?.muteAll?.() }, words.muteAll);
  const lowerHands = h("button", { class: "button small", type: "button", onclick: () => current?.lowerAllHands?.() }, words.lowerHands);
  const close = h(
    "button",
    { class: "button quiet icon-only", type: "button", onclick: () => current?.controls.people.toggle?.() },
    icon("close"),
    hiddenText(words.close),
  );
  const element = h(
    "aside",
    { class: "panel", "aria-label": words.panel },
    h("header", { class: "panel-header" }, h("h2", { class: "panel-title", tabindex: -1, "data-first-focus": true }, words.panel), close),
    lobby.element,
    h("section", { class: "people" }, h("header", { class: "people-header" }, heading, lowerHands, muteAll), list),
  );

  function show(meeting: MeetingViewModel): void {
    current = meeting;
    element.hidden = !meeting.controls.people.isOn;
    lobby.update(meeting.lobby);
    setText(heading, words.listOf(meeting.people.length));
    muteAll.hidden = meeting.muteAll === undefined;
    lowerHands.hidden = meeting.lowerAllHands === undefined;
    people.update(inOrder(meeting.people));
  }

  return {
    element,
    update: (meeting) => keepFocus(element, () => show(meeting)),
    dispose: () => people.dispose(),
  };
}

/** Raised hands first, in the order in which they were raised; everybody else as they came. */
function inOrder(people: readonly PersonViewModel[]): PersonViewModel[] {
  const raised = people.filter((person) => person.hand !== undefined).sort((one, other) => (one.hand ?? 0) - (other.hand ?? 0));
  return [...raised, ...people.filter((person) => person.hand === undefined)];
}

function personView(first: PersonViewModel): View<PersonViewModel> {
  const words = panelWords();
  const name = h("span", { class: "person-name" });
  const kind = kindMark();
  const role = h("span", {});
  const hand = handMark();
  const mutedText = hiddenText(words.muted);
  const muted = h("span", { class: "person-muted" }, icon("microphoneOff"), mutedText);
  const noCamera = h("span", { class: "person-unseen" }, icon("cameraOff"), hiddenText(words.mayNotBeSeen));
  const menu = menuButton();
  setAttribute(menu.element, "data-place", "actions");
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
      setText(name, person.isLocal ? commonWords().you(person.name) : person.name);
      kind.update(person);
      setText(role, person.role);
      hand.update(person.hand);
      muted.hidden = !person.isMuted && !person.isMicrophoneForbidden;
      setText(mutedText, person.isMicrophoneForbidden ? words.mayNotSpeak : words.muted);
      muted.dataset["forbidden"] = String(person.isMicrophoneForbidden);
      noCamera.hidden = !person.isCameraForbidden;
      menu.update({ label: words.actionsOn(person.name), items: itemsOf(person.actions) });
    },
  };
}

function itemsOf(actions: PersonActionsViewModel): MenuItem[] {
  const words = panelWords().actions;
  return [
    { text: words.mute, run: actions.mute },
    { text: words.lowerHand, run: actions.lowerHand },
    { text: words.startSpotlight, run: actions.startSpotlight },
    { text: words.stopSpotlight, run: actions.stopSpotlight },
    { text: words.forbidMicrophone, run: actions.forbidMicrophone },
    { text: words.permitMicrophone, run: actions.permitMicrophone },
    { text: words.forbidCamera, run: actions.forbidCamera },
    { text: words.permitCamera, run: actions.permitCamera },
    { text: words.makeCoOrganizer, run: actions.makeCoOrganizer },
    { text: words.makePresenter, run: actions.makePresenter },
    { text: words.makeAttendee, run: actions.makeAttendee },
    { text: words.putBack, run: actions.putBack },
    { text: words.remove, isDanger: true, run: actions.remove },
  ];
}
