// The bar of buttons below the stage.

import { h, hiddenText, setAttribute, setText, type View } from "../shared/dom";
import { icon, type IconName } from "../shared/icons";
import { menuButton } from "../shared/menu";
import { ringingWords } from "../shared/strings/ringing";
import { screenWords } from "../shared/strings/screen";
import { REACTIONS } from "./reactions/reactions";
import type { ControlsViewModel, ToggleViewModel } from "./view-model";

/** Makes the bar. */
export function controlsBar(): View<ControlsViewModel> {
  const { controls: words, reactions } = screenWords();
  const microphone = toggleButton({ icons: ["microphone", "microphoneOff"], texts: words.microphone, warnsWhenOff: true });
  const camera = toggleButton({ icons: ["camera", "cameraOff"], texts: words.camera, warnsWhenOff: true });
  const screen = toggleButton({ icons: ["screen", "screen"], texts: words.screen, warnsWhenOff: false });
  const hand = toggleButton({ icons: ["hand", "hand"], texts: words.hand, warnsWhenOff: false });
  const hold = toggleButton({ icons: ["play", "pause"], texts: ringingWords().hold, warnsWhenOff: false });
  const react = menuButton({ class: "control", icon: "laugh", showsLabel: true });
  const devices = toggleButton({ icons: ["tune", "tune"], texts: [words.devices, words.devices], warnsWhenOff: false, isPanel: true });
  const options = pushButton("options", words.options, "gear", () => current?.options?.());
  const invite = toggleButton({ icons: ["link", "link"], texts: [words.invite, words.invite], warnsWhenOff: false, isPanel: true });
  const people = toggleButton({ icons: ["people", "people"], texts: [words.people, words.people], warnsWhenOff: false, isPanel: true });
  const chat = toggleButton({ icons: ["chat", "chat"], texts: [words.chat, words.chat], warnsWhenOff: false, isPanel: true });
  const unread = h("span", { class: "badge", "data-testid": "chat-badge", "aria-hidden": "true" });
  const unreadWords = hiddenText("");
  chat.element.append(unreadWords, unread);
  setAttribute(chat.element, "data-panel-button", "chat");
  const badge = h("span", { class: "badge", "data-testid": "lobby-badge", "aria-hidden": "true" });
  const badgeWords = hiddenText("");
  people.element.append(badgeWords, badge);
  setAttribute(people.element, "data-panel-button", "people");
  const leave = pushButton("leave", words.leave, "leave", () => current?.leave());
  const endForAll = pushButton("end", words.end, "close", () => current?.endForAll?.());
  const element = h(
    "footer",
    { class: "controls", role: "group", "aria-label": words.label },
    h("div", { class: "control-group" }, microphone.element, camera.element, screen.element, hold.element, hand.element, react.element),
    h("div", { class: "control-group" }, people.element, chat.element, invite.element, devices.element, options),
    h("div", { class: "control-group" }, leave, endForAll),
  );
  let current: ControlsViewModel | undefined;

  return {
    element,
    update(controls) {
      current = controls;
      microphone.update(controls.microphone);
      camera.update(controls.camera);
      screen.element.hidden = controls.screen === undefined;
      if (controls.screen) screen.update(controls.screen);
      hand.element.hidden = controls.hand === undefined;
      if (controls.hand) hand.update(controls.hand);
      hold.element.hidden = controls.hold === undefined;
      if (controls.hold) hold.update(controls.hold);
      react.element.hidden = controls.react === undefined;
      react.update({ label: words.react, items: REACTIONS.map((reaction) => ({ text: reactions[reaction], icon: reaction, run: () => current?.react?.(reaction) })) });
      devices.update(controls.devices);
      options.hidden = controls.options === undefined;
      invite.element.hidden = controls.invite === undefined;
      if (controls.invite) invite.update(controls.invite);
      people.update(controls.people);
      const { waiting } = controls.people;
      badge.hidden = waiting === 0;
      setText(badge, String(waiting));
      setText(badgeWords, waiting === 0 ? "" : words.waiting(waiting));
      chat.element.hidden = controls.chat === undefined;
      if (controls.chat) chat.update(controls.chat);
      const news = controls.chat?.unread ?? 0;
      unread.hidden = news === 0;
      setText(unread, String(news));
      setText(unreadWords, news === 0 ? "" : words.unread(news));
      endForAll.hidden = controls.endForAll === undefined;
      // On a phone the buttons stand in two rows of one length.
      const shown = element.querySelectorAll(":not([hidden]) > .control:not([hidden])").length;
      element.style.setProperty("--half", String(Math.ceil(shown / 2)));
    },
  };
}

function pushButton(kind: string, text: string, symbol: IconName, press: () => void): HTMLButtonElement {
  return h("button", { class: `control ${kind}`, type: "button", onclick: press }, icon(symbol), h("span", {}, text));
}

interface ToggleOptions {
  /** While on, while off. */
  readonly icons: readonly [IconName, IconName];
  /** What a press does: while on, while off. */
  readonly texts: readonly [string, string];
  readonly warnsWhenOff: boolean;
  /** It opens a part of the page, and keeps its name. */
  readonly isPanel?: boolean;
}

function toggleButton(options: ToggleOptions): View<ToggleViewModel> {
  const text = h("span", {});
  let toggle: (() => void) | undefined;
  let shown: boolean | undefined;
  const element = h("button", { class: "control", type: "button", onclick: () => toggle?.() }, text);
  return {
    element,
    update(state) {
      toggle = state.toggle;
      // `aria-disabled` keeps the keyboard's place while an action is under way.
      setAttribute(element, "aria-disabled", state.toggle === undefined ? "true" : undefined);
      if (shown === state.isOn) return;
      shown = state.isOn;
      const index = state.isOn ? 0 : 1;
      element.querySelector("svg")?.remove();
      element.prepend(icon(options.icons[index]));
      setText(text, options.texts[index]);
      setAttribute(element, "data-off", options.warnsWhenOff && !state.isOn);
      setAttribute(element, "data-active", !options.warnsWhenOff && state.isOn);
      if (options.isPanel) setAttribute(element, "aria-expanded", state.isOn ? "true" : "false");
    },
  };
}
