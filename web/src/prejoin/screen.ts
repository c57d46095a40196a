// PreJoin: the name and a test of camera, microphone and speaker, before anybody else sees or hears them.

import type { LocalVideoStream } from "@convene/calling";
import { deviceFields, type DeviceFieldsViewModel } from "../shared/device-fields";
import { field, h, setAttribute, setText, setUsable, type View } from "../shared/dom";
import { icon, mark, type IconName } from "../shared/icons";
import { languageChoice } from "../shared/language";
import { joiningWords } from "../shared/strings/joining";
import { VideoBox } from "../shared/video-box";
import type { InviteViewModel, ToggleViewModel } from "../meeting/view-model";
import { invitationCard } from "../meeting/invitation";

/** As whom somebody comes: signed in, or as a guest, who may sign in on a page. */
export type JoinAccount = { readonly signedInAs: string } | { readonly signIn: string };

/** What the screen shows. */
export interface PreJoinViewModel {
  readonly title: string;
  readonly account: JoinAccount | undefined;
  readonly name: string;
  /** `false` where the name is fixed already. */
  readonly canRename: boolean;
  readonly preview: LocalVideoStream | undefined;
  readonly microphone: ToggleViewModel;
  readonly camera: ToggleViewModel;
  readonly devices: DeviceFieldsViewModel | undefined;
  /** True until the browser's question is answered. */
  readonly isAsking: boolean;
  /** For the host: what to send to others already now. */
  readonly invite: InviteViewModel | undefined;
  /** `undefined` while the browser asks for the devices. Needs none. */
  readonly join: ((name: string) => void) | undefined;
  /** While the browser asks, for those who do not want to answer. */
  readonly joinWithout: ((name: string) => void) | undefined;
  readonly back: (() => void) | undefined;
  /** Another language is spoken. */
  readonly spokeAnew: () => void;
}

/** Makes the screen. */
export function preJoinScreen(first: PreJoinViewModel): View<PreJoinViewModel> {
  const words = joiningWords().preJoin;
  const video = new VideoBox({ isMirrored: true, scalingMode: "Crop" });
  const offText = h("p", {});
  const without = h("button", { class: "button", type: "button", onclick: () => form.reportValidity() && enter(current.joinWithout) }, words.withoutDevices);
  const off = h("div", { class: "preview-off" }, offText, without);
  const microphone = roundToggle("microphone", "microphoneOff", words.microphone);
  const camera = roundToggle("camera", "cameraOff", words.camera);
  const name = h("input", { type: "text", name: "name", value: first.name, required: true, maxlength: 100, autocomplete: "name" });
  const devices = deviceFields();
  const join = h("button", { class: "button primary large", type: "submit" }, words.join);
  const back = h("button", { class: "button quiet", type: "button", onclick: () => current.back?.() }, words.back);
  const title = h("h1", { tabindex: -1, "data-first-focus": true });
  const invitation = invitationCard(words.invite, words.inviteHint);
  const form = h(
    "form",
    { class: "card prejoin-form", onsubmit: (event) => submit(event) },
    title,
    field(words.yourName, name, words.yourNameHint),
    accountLine(first.account),
    devices.element,
    h("div", { class: "form-actions" }, join, back),
  );
  const element = h(
    "main",
    { class: "page prejoin" },
    h("header", { class: "page-header" }, mark(), h("span", { class: "brand" }, "Convene"), languageChoice(() => current.spokeAnew())),
    h(
      "div",
      { class: "prejoin-columns" },
      h("div", { class: "preview" }, video.element, off, h("div", { class: "preview-toggles" }, microphone.element, camera.element)),
      form,
      invitation.element,
    ),
  );
  let current = first;

  function submit(event: Event): void {
    event.preventDefault();
    enter(current.join);
  }

  function enter(join: ((name: string) => void) | undefined): void {
    if (name.value.trim()) join?.(name.value.trim());
  }

  return {
    element,
    update(state) {
      current = state;
      setText(title, state.title);
      name.readOnly = !state.canRename;
      video.show(state.preview);
      off.hidden = state.preview !== undefined;
      without.hidden = state.joinWithout === undefined;
      setText(offText, state.isAsking ? words.asking : words.cameraIsOff);
      microphone.update(state.microphone);
      camera.update(state.camera);
      devices.element.hidden = state.devices === undefined;
      if (state.devices) devices.update(state.devices);
      setUsable(join, state.join !== undefined);
      back.hidden = state.back === undefined;
      invitation.element.hidden = state.invite === undefined;
      if (state.invite) invitation.update(state.invite);
    },
    dispose() {
      video.dispose();
      devices.dispose?.();
    },
  };
}

function accountLine(account: JoinAccount | undefined): HTMLElement | undefined {
  if (!account) return undefined;
  const words = joiningWords().preJoin;
  if ("signedInAs" in account) return h("p", { class: "hint" }, words.signedInAs(account.signedInAs));
  const { before, signIn, after } = words.asGuest;
  return h("p", { class: "hint" }, before, h("a", { href: account.signIn }, signIn), after);
}

/** What is true while it is on and off, and what a press does then. */
interface ToggleWords {
  readonly on: string;
  readonly off: string;
  readonly turnOn: string;
  readonly turnOff: string;
}

function roundToggle(on: IconName, off: IconName, words: ToggleWords): View<ToggleViewModel> {
  let toggle: (() => void) | undefined;
  const element = h("button", { class: "round-toggle", type: "button", onclick: () => toggle?.() });
  return {
    element,
    update(state) {
      toggle = state.toggle;
      setAttribute(element, "aria-disabled", state.toggle === undefined ? "true" : undefined);
      const label = state.isOn ? words.on : words.off;
      if (element.getAttribute("aria-label") === label) return;
      setAttribute(element, "aria-label", label);
      setAttribute(element, "title", state.isOn ? words.turnOff : words.turnOn);
      setAttribute(element, "aria-pressed", state.isOn ? "true" : "false");
      element.replaceChildren(icon(state.isOn ? on : off));
    },
  };
}
