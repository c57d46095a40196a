// The bar of buttons below the stage.

import { h, hiddenText, setAttribute, setText, type View } from "../shared/dom";
import { icon, type IconName } from "../shared/icons";
import { menuButton } from "../shared/menu";
import { REACTIONS } from "./reactions/reactions";
import type { ControlsViewModel, ToggleViewModel } from "./view-model";

/** Makes the bar. */
export function controlsBar(): View<ControlsViewModel> {
  const microphone = toggleButton({ icons: ["microphone", "microphoneOff"], texts: ["Mute", "Unmute"], warnsWhenOff: true });
  const camera = toggleButton({ icons: ["camera", "cameraOff"], texts: ["Camera off", "Camera on"], warnsWhenOff: true });
  const screen = toggleButton({ icons: ["screen", "screen"], texts: ["Stop sharing", "Share screen"], warnsWhenOff: false });
  const hand = toggleButton({ icons: ["hand", "hand"], texts: ["Lower hand", "Raise hand"], warnsWhenOff: false });
  const react = menuButton({ class: "control", icon: "laugh", showsLabel: true });
  const devices = toggleButton({ icons: ["tune", "tune"], texts: ["Devices", "Devices"], warnsWhenOff: false, isPanel: true });
  const options = pushButton("options", "Options", "gear", () => current?.options?.());
  const invite = toggleButton({ icons: ["link", "link"], texts: ["Invite", "Invite"], warnsWhenOff: false, isPanel: true });
  const people = toggleButton({ icons: ["people", "people"], texts: ["People", "People"], warnsWhenOff: false, isPanel: true });
  const chat = toggleButton({ icons: ["chat", "chat"], texts: ["Chat", "Chat"], warnsWhenOff: false, isPanel: true });
  const unread = h("span", { class: "badge", "data-testid": "chat-badge", "aria-hidden": "true" });
  const unreadWords = hiddenText("");
  chat.element.append(unreadWords, unread);
  setAttribute(chat.element, "data-panel-button", "chat");
  const badge = h("span", { class: "badge", "data-testid": "lobby-badge", "aria-hidden": "true" });
  const badgeWords = hiddenText("");
  people.element.append(badgeWords, badge);
  setAttribute(people.element, "data-panel-button", "people");
  const leave = pushButton("leave", "Leave", "leave", () => current?.leave());
  const endForAll = pushButton("end", "End for all", "close", () => current?.endForAll?.());
  const element = h(
    "footer",
    { class: "controls", role: "group", "aria-label": "Meeting controls" },
    h("div", { class: "control-group" }, microphone.element, camera.element, screen.element, hand.element, react.element),
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
      react.element.hidden = controls.react === undefined;
      react.update({ label: "React", items: REACTIONS.map(({ reaction, text }) => ({ text, icon: reaction, run: () => current?.react?.(reaction) })) });
      devices.update(controls.devices);
      options.hidden = controls.options === undefined;
      invite.update(controls.invite);
      people.update(controls.people);
      const { waiting } = controls.people;
      badge.hidden = waiting === 0;
      setText(badge, String(waiting));
      setText(badgeWords, waiting === 0 ? "" : `, ${waiting} waiting in the lobby`);
      chat.element.hidden = controls.chat === undefined;
      if (controls.chat) chat.update(controls.chat);
      const news = controls.chat?.unread ?? 0;
      unread.hidden = news === 0;
      setText(unread, String(news));
      setText(unreadWords, news === 0 ? "" : news === 1 ? ", 1 new message" : `, ${news} new messages`);
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
