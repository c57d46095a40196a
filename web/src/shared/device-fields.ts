// Choosing and testing camera, microphone and speaker: in PreJoin, and in the meeting.

import type { LocalAudioStream } from "@convene/calling";
import { field, h, setText, setTold, setUsable, type View } from "./dom";
import { icon } from "./icons";
import { levelMeter } from "./level-meter";
import { joiningWords } from "./strings/joining";
import type { Told } from "./strings/telling";

/** A device to choose. */
export interface DeviceChoice {
  readonly id: string;
  readonly name: string;
}

/** What the fields show. Empty lists hide their field. */
export interface DeviceFieldsViewModel {
  readonly cameras: readonly DeviceChoice[];
  readonly cameraId: string | undefined;
  readonly selectCamera: (id: string) => void;
  readonly microphones: readonly DeviceChoice[];
  readonly microphoneId: string | undefined;
  readonly selectMicrophone: (id: string) => void;
  /** What is measured; `undefined` while the microphone is off. */
  readonly sound: LocalAudioStream | undefined;
  readonly speakers: readonly DeviceChoice[];
  readonly speakerId: string | undefined;
  readonly selectSpeaker: (id: string) => void;
  /** `undefined` while it plays. */
  readonly playTestSound: (() => void) | undefined;
  /** What cannot be used, and why. */
  readonly problems: readonly Told[];
  readonly askAgain: (() => void) | undefined;
}

/** Makes the fields. */
export function deviceFields(): View<DeviceFieldsViewModel> {
  let current: DeviceFieldsViewModel | undefined;
  const words = joiningWords().devices;
  const cameras = deviceSelect((id) => current?.selectCamera(id));
  const microphones = deviceSelect((id) => current?.selectMicrophone(id));
  const speakers = deviceSelect((id) => current?.selectSpeaker(id));
  const level = levelMeter();
  const testText = h("span", {});
  const test = h("button", { class: "button small", type: "button", onclick: () => current?.playTestSound?.() }, icon("speaker"), testText);
  const cameraField = field(words.camera, cameras.element);
  const microphoneField = h("div", { class: "device" }, field(words.microphone, microphones.element), level.element);
  const speakerField = field(words.speaker, speakers.element);
  const problems = problemList(() => current?.askAgain?.());
  const element = h(
    "div",
    { class: "device-fields" },
    problems.element,
    cameraField,
    microphoneField,
    h("div", { class: "device" }, speakerField, test),
  );

  return {
    element,
    update(state) {
      current = state;
      problems.update(state);
      cameras.update({ choices: state.cameras, selected: state.cameraId });
      microphones.update({ choices: state.microphones, selected: state.microphoneId });
      speakers.update({ choices: state.speakers, selected: state.speakerId });
      cameraField.hidden = state.cameras.length === 0;
      microphoneField.hidden = state.microphones.length === 0;
      speakerField.hidden = state.speakers.length === 0;
      level.update(state.sound);
      setUsable(test, state.playTestSound !== undefined);
      setText(testText, state.playTestSound ? words.playTest : words.playing);
    },
    dispose: () => level.dispose?.(),
  };
}

function problemList(askAgain: () => void): View<DeviceFieldsViewModel> {
  const list = h("ul", { class: "problems" });
  const again = h("button", { class: "button small", type: "button", onclick: askAgain }, joiningWords().devices.tryAgain);
  const element = h("div", { class: "warning", role: "status", hidden: true }, list, again);
  return {
    element,
    update(state) {
      element.hidden = state.problems.length === 0;
      again.hidden = state.askAgain === undefined;
      while (list.childElementCount > state.problems.length) list.lastElementChild?.remove();
      while (list.childElementCount < state.problems.length) list.append(h("li"));
      state.problems.forEach((problem, at) => setTold(list.children[at] as Element, problem));
    },
  };
}

function deviceSelect(choose: (id: string) => void): View<{ choices: readonly DeviceChoice[]; selected: string | undefined }> {
  const element = h("select", { onchange: () => choose(element.value) });
  let shown = "";
  return {
    element,
    update({ choices, selected }) {
      const key = JSON.stringify(choices);
      if (key !== shown) {
        shown = key;
        element.replaceChildren(...choices.map((choice) => h("option", { value: choice.id }, choice.name)));
      }
      if (selected !== undefined && element.value !== selected) element.value = selected;
    },
  };
}
