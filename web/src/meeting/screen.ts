// The meeting's screen: header, stage, panel, controls, and what has to be told.

import { deviceFields } from "../shared/device-fields";
import { h, hiddenText, setAttribute, setText, type View } from "../shared/dom";
import { icon, mark } from "../shared/icons";
import { bannerList } from "./banners";
import { chatPanel } from "./chat/panel";
import { controlsBar } from "./controls";
import { galleryView } from "./gallery";
import { invitationCard } from "./invitation";
import { optionsDialog } from "./options/dialog";
import { peopleAnnouncer } from "./people/announcer";
import { lobbyAnnouncer, lobbyToast } from "./people/lobby";
import { peoplePanel } from "./people/panel";
import { popover } from "./popover";
import type { MeetingViewModel, NoticeViewModel } from "./view-model";

/** Makes the screen. */
export function meetingScreen(): View<MeetingViewModel> {
  let current: MeetingViewModel | undefined;
  const title = h("h1", { class: "meeting-title", tabindex: -1, "data-first-focus": true });
  const banners = bannerList();
  const gallery = galleryView();
  const panel = peoplePanel();
  const chat = chatPanel();
  const controls = controlsBar();
  const knocks = lobbyAnnouncer();
  const comings = peopleAnnouncer();
  const toast = lobbyToast(() => current?.controls.people.toggle?.());
  const notice = noticeBar();
  const invitation = invitationCard("Invite people", "Anybody with this link can ask to join.");
  const invite = popover("Invite people", invitation.element);
  const devices = deviceFields();
  const deviceCard = popover("Devices", h("div", { class: "card" }, h("h2", {}, "Devices"), devices.element));
  const options = optionsDialog();
  const element = h(
    "div",
    { class: "meeting", onkeydown: (event) => handleKey(event as KeyboardEvent) },
    h("header", { class: "meeting-header" }, mark(), title),
    banners.element,
    h("div", { class: "meeting-body" }, gallery.element, panel.element, chat.element),
    controls.element,
    h("div", { class: "overlays upper" }, notice.element, toast.element),
    h("div", { class: "overlays" }, invite.element, deviceCard.element),
    options.element,
    knocks.element,
    comings.element,
  );

  /** Escape in the panel closes it; the focus goes to the button that opens it again. */
  function handleKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (panel.element.contains(event.target as Node)) current?.controls.people.toggle?.();
    if (chat.element.contains(event.target as Node)) current?.controls.chat?.toggle?.();
  }

  function showPanel(open: "people" | "chat" | undefined): void {
    const focused = [panel.element, chat.element].find((each) => each.contains(document.activeElement));
    setAttribute(element, "data-panel", open);
    if (open || !focused) return;
    controls.element.querySelector<HTMLElement>(`[data-panel-button="${focused === chat.element ? "chat" : "people"}"]`)?.focus();
  }

  return {
    element,
    update(meeting) {
      current = meeting;
      setText(title, meeting.title);
      banners.update(meeting.banners);
      const { people, chat: talk } = meeting.controls;
      showPanel(people.isOn ? "people" : talk?.isOn ? "chat" : undefined);
      gallery.update(meeting);
      panel.update(meeting);
      chat.update({ chat: meeting.chat, isOpen: talk?.isOn ?? false, close: talk?.toggle });
      controls.update(meeting.controls);
      knocks.update(meeting.lobby);
      comings.update(meeting.people);
      toast.update({ lobby: meeting.lobby, isPanelOpen: meeting.controls.people.isOn });
      notice.update(meeting.notice);
      invitation.update(meeting.invite);
      invite.update(meeting.controls.invite);
      devices.update(meeting.controls.devices.isOn ? meeting.devices : { ...meeting.devices, sound: undefined });
      deviceCard.update(meeting.controls.devices);
      options.update(meeting.options);
    },
    dispose() {
      gallery.dispose?.();
      panel.dispose?.();
      chat.dispose?.();
      banners.dispose?.();
      devices.dispose?.();
    },
  };
}

function noticeBar(): View<NoticeViewModel | undefined> {
  const text = h("span", { class: "toast-text" });
  let dismiss: (() => void) | undefined;
  const close = h("button", { class: "button quiet icon-only", type: "button", onclick: () => dismiss?.() }, icon("close"), hiddenText("Dismiss"));
  const element = h("div", { class: "toast", role: "alert", hidden: true }, text, close);
  return {
    element,
    update(notice) {
      dismiss = notice?.dismiss;
      element.hidden = notice === undefined;
      setAttribute(element, "data-error", notice?.isError ?? false);
      setText(text, notice?.text ?? "");
    },
  };
}
