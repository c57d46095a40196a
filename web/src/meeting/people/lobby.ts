// Who waits to be let in: name, kind of identity, since when; admit, reject, admit all.

import { h, hiddenText, setAttribute, setText, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { keepFocus } from "../../shared/keep-focus";
import { KeyedList } from "../../shared/keyed-list";
import { hueOf, initials } from "../../shared/people";
import { panelWords } from "../../shared/strings/panel";
import { localeOf } from "../../shared/strings/speaking";
import type { LobbyViewModel, WaiterViewModel } from "../view-model";
import { kindMark } from "./kind";

/** Makes the lobby's panel. It hides itself while nobody waits. */
export function lobbyPanel(): View<LobbyViewModel | undefined> {
  const words = panelWords().lobby;
  const count = h("span", { class: "badge", "aria-hidden": "true" });
  const admitAll = h("button", { class: "button small", type: "button", onclick: () => current?.admitAll?.() }, words.admitAll);
  const list = h("ul", { class: "lobby-list" });
  const waiters = new KeyedList<WaiterViewModel>(list, (waiter) => waiter.id, waiterView);
  const heading = h("h3", {}, words.heading, count);
  const sound = h(
    "button",
    { class: "button quiet icon-only", type: "button", title: words.sound, onclick: () => current?.sound.toggle?.() },
    icon("bell"),
    icon("bellOff"),
    hiddenText(words.sound),
  );
  const element = h(
    "section",
    { class: "lobby", "aria-label": words.label },
    h("header", {}, heading, sound, admitAll),
    list,
  );
  let current: LobbyViewModel | undefined;

  return {
    element,
    update(lobby) {
      current = lobby;
      const waiting = lobby?.waiters ?? [];
      element.hidden = waiting.length === 0;
      setText(count, String(waiting.length));
      setAttribute(sound, "aria-pressed", String(lobby?.sound.isOn ?? false));
      admitAll.hidden = lobby?.admitAll === undefined;
      waiters.update(waiting);
    },
  };
}

function waiterView(first: WaiterViewModel): View<WaiterViewModel> {
  const words = panelWords().lobby;
  const clock = new Intl.DateTimeFormat(localeOf(), { hour: "2-digit", minute: "2-digit" });
  const name = h("span", { class: "person-name" });
  const kind = kindMark();
  const since = h("span", {});
  const admit = h("button", { class: "button primary small", type: "button", "data-place": "admit", onclick: () => decide("admit") }, words.admit);
  const reject = h("button", { class: "button small", type: "button", "data-place": "reject", onclick: () => decide("reject") }, words.reject);
  const element = h(
    "li",
    { class: "waiter" },
    h("span", { class: `avatar small hue-${hueOf(first.id)}`, "aria-hidden": "true" }, initials(first.name)),
    h("span", { class: "person-words" }, name, h("span", { class: "person-detail" }, kind.element, since)),
    h("span", { class: "waiter-actions" }, admit, reject),
  );
  let current = first;

  function decide(what: "admit" | "reject"): void {
    current[what]();
  }

  return {
    element,
    update(waiter) {
      current = waiter;
      setText(name, waiter.name);
      kind.update(waiter);
      setText(since, words.since(clock.format(waiter.since)));
      setAttribute(admit, "aria-label", words.admitName(waiter.name));
      setAttribute(reject, "aria-label", words.rejectName(waiter.name));
      setAttribute(element, "data-name", waiter.name);
    },
  };
}

/** Makes the live region that says who came into the lobby, also while the panel is closed. */
export function lobbyAnnouncer(): View<LobbyViewModel | undefined> {
  const element = h("div", { class: "visually-hidden", role: "status", "data-testid": "lobby-announcement" });
  let known = new Set<string>();
  return {
    element,
    update(lobby) {
      const waiters = lobby?.waiters ?? [];
      const fresh = waiters.filter((waiter) => !known.has(waiter.id));
      known = new Set(waiters.map((waiter) => waiter.id));
      const last = fresh.at(-1);
      if (last) setText(element, panelWords().lobby.came(last.name, last.kind, waiters.length));
      else if (waiters.length === 0) setText(element, "");
    },
  };
}

/** Makes the card over the stage that shows who waits while the panel is closed. */
export function lobbyToast(): View<{ lobby: LobbyViewModel | undefined; isPanelOpen: boolean; openPanel: (() => void) | undefined }> {
  const words = panelWords().lobby;
  let openPanel: (() => void) | undefined;
  const text = h("span", { class: "toast-text" });
  const show = h("button", { class: "button primary small", type: "button", onclick: () => openPanel?.() }, words.show);
  const element = h("div", { class: "toast lobby-toast" }, icon("door"), text, show);
  return {
    element,
    update({ lobby, isPanelOpen, openPanel: open }) {
      openPanel = open;
      const waiters = lobby?.waiters ?? [];
      keepFocus(element, () => (element.hidden = waiters.length === 0 || isPanelOpen));
      const [first] = waiters;
      if (first) setText(text, waiters.length === 1 ? words.waits(first.name) : words.wait(waiters.length));
    },
  };
}
