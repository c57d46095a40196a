// PreJoin: the name, the microphone and the camera, before anybody else sees or hears them.

import type { LocalVideoStream } from "@convene/calling";
import { field, h, setAttribute, setText, type View } from "../shared/dom";
import { icon, mark, type IconName } from "../shared/icons";
import { VideoBox } from "../shared/video-box";
import type { InviteViewModel, ToggleViewModel } from "../meeting/view-model";
import { invitationCard } from "../meeting/invitation";

/** A device to choose. */
export interface DeviceChoice {
  readonly id: string;
  readonly name: string;
}

/** What the screen shows. */
export interface PreJoinViewModel {
  readonly title: string;
  readonly name: string;
  /** `false` where the name is fixed already. */
  readonly canRename: boolean;
  readonly preview: LocalVideoStream | undefined;
  readonly microphone: ToggleViewModel;
  readonly camera: ToggleViewModel;
  readonly cameras: readonly DeviceChoice[];
  readonly cameraId: string | undefined;
  readonly microphones: readonly DeviceChoice[];
  readonly microphoneId: string | undefined;
  readonly problem: string | undefined;
  /** For the host: what to send to others already now. */
  readonly invite: InviteViewModel | undefined;
  readonly selectCamera: (id: string) => void;
  readonly selectMicrophone: (id: string) => void;
  /** `undefined` until the devices are known. */
  readonly join: ((name: string) => void) | undefined;
  readonly back: (() => void) | undefined;
}

/** Makes the screen. */
export function preJoinScreen(first: PreJoinViewModel): View<PreJoinViewModel> {
  const video = new VideoBox({ isMirrored: true, scalingMode: "Crop" });
  const off = h("p", { class: "preview-off" });
  const microphone = roundToggle("microphone", "microphoneOff", "Microphone");
  const camera = roundToggle("camera", "cameraOff", "Camera");
  const name = h("input", { type: "text", name: "name", value: first.name, required: true, maxlength: 100, autocomplete: "name" });
  const cameras = deviceSelect((id) => current.selectCamera(id));
  const microphones = deviceSelect((id) => current.selectMicrophone(id));
  const cameraField = field("Camera", cameras.element);
  const microphoneField = field("Microphone", microphones.element);
  const problem = h("p", { class: "warning", role: "status" });
  const join = h("button", { class: "button primary large", type: "submit" }, "Join");
  const back = h("button", { class: "button quiet", type: "button", onclick: () => current.back?.() }, "Back");
  const title = h("h1", {});
  const invitation = invitationCard("Invite people", "You can send the link already now. Guests wait until you are in and admit them.");
  const form = h(
    "form",
    { class: "card prejoin-form", onsubmit: (event) => submit(event) },
    title,
    field("Your name", name, "The others see it."),
    cameraField,
    microphoneField,
    problem,
    h("div", { class: "form-actions" }, join, back),
  );
  const element = h(
    "main",
    { class: "page prejoin" },
    h("header", { class: "page-header" }, mark(), h("span", { class: "brand" }, "Convene")),
    h(
      "div",
      { class: "prejoin-columns" },
      h("div", { class: "preview" }, video.element, off, h("div", { class: "preview-toggles" }, microphone.element, camera.element)),
      h("div", { class: "prejoin-side" }, form, invitation.element),
    ),
  );
  let current = first;

  function submit(event: Event): void {
    event.preventDefault();
    if (name.value.trim()) current.join?.(name.value.trim());
  }

  return {
    element,
    update(state) {
      current = state;
      setText(title, state.title);
      name.readOnly = !state.canRename;
      video.show(state.preview);
      off.hidden = state.preview !== undefined;
      setText(off, state.join ? "Your camera is off" : "Looking for your camera and microphone…");
      microphone.update(state.microphone);
      camera.update(state.camera);
      cameras.update({ choices: state.cameras, selected: state.cameraId });
      microphones.update({ choices: state.microphones, selected: state.microphoneId });
      cameraField.hidden = state.cameras.length < 2;
      microphoneField.hidden = state.microphones.length < 2;
      problem.hidden = state.problem === undefined;
      setText(problem, state.problem ?? "");
      join.disabled = state.join === undefined;
      back.hidden = state.back === undefined;
      invitation.element.hidden = state.invite === undefined;
      if (state.invite) invitation.update(state.invite);
    },
    dispose: () => video.dispose(),
  };
}

function roundToggle(on: IconName, off: IconName, what: string): View<ToggleViewModel> {
  let toggle: (() => void) | undefined;
  const element = h("button", { class: "round-toggle", type: "button", onclick: () => toggle?.() });
  return {
    element,
    update(state) {
      toggle = state.toggle;
      setAttribute(element, "aria-disabled", state.toggle === undefined ? "true" : undefined);
      const label = `${what} ${state.isOn ? "on" : "off"}`;
      if (element.getAttribute("aria-label") === label) return;
      setAttribute(element, "aria-label", label);
      setAttribute(element, "title", `Turn the ${what.toLowerCase()} ${state.isOn ? "off" : "on"}`);
      setAttribute(element, "aria-pressed", state.isOn ? "true" : "false");
      element.replaceChildren(icon(state.isOn ? on : off));
    },
  };
}

function deviceSelect(choose: (id: string) => void): View<{ choices: readonly DeviceChoice[]; selected: string | undefined }> {
  const element = h("select", { onchange: () => choose(element.value) });
  let shown: readonly DeviceChoice[] | undefined;
  return {
    element,
    update({ choices, selected }) {
      if (choices !== shown) {
        shown = choices;
        element.replaceChildren(...choices.map((choice) => h("option", { value: choice.id }, choice.name)));
      }
      if (selected !== undefined) element.value = selected;
    },
  };
}
