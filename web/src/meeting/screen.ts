// The meeting's screen: header, stage, panel, controls, and what has to be told.

import { h, hiddenText, setAttribute, setText, type View } from "../shared/dom";
import { icon, mark } from "../shared/icons";
import { controlsBar } from "./controls";
import { galleryView } from "./gallery";
import { invitationCard } from "./invitation";
import { lobbyAnnouncer, lobbyToast } from "./lobby-panel";
import { peoplePanel } from "./people-panel";
import type { MeetingViewModel, NoticeViewModel } from "./view-model";

/** Makes the screen. */
export function meetingScreen(): View<MeetingViewModel> {
  const title = h("h1", { class: "meeting-title" });
  const gallery = galleryView();
  const panel = peoplePanel();
  const controls = controlsBar();
  const announcer = lobbyAnnouncer();
  const toast = lobbyToast(() => current?.controls.people.toggle?.());
  const notice = noticeBar();
  const invitation = invitationCard("Invite people", "Anybody with this link can ask to join.");
  const popover = h("div", { class: "popover", hidden: true }, invitation.element);
  const element = h(
    "div",
    { class: "meeting" },
    h("header", { class: "meeting-header" }, mark(), title),
    h("div", { class: "meeting-body" }, gallery.element, panel.element),
    controls.element,
    h("div", { class: "overlays upper" }, notice.element, toast.element),
    h("div", { class: "overlays" }, popover),
    announcer.element,
  );
  let current: MeetingViewModel | undefined;

  return {
    element,
    update(meeting) {
      current = meeting;
      setText(title, meeting.title);
      gallery.update(meeting);
      panel.update(meeting);
      controls.update(meeting.controls);
      announcer.update(meeting.lobby);
      toast.update({ lobby: meeting.lobby, isPanelOpen: meeting.controls.people.isOn });
      notice.update(meeting.notice);
      popover.hidden = !meeting.controls.invite.isOn;
      invitation.update(meeting.invite);
      setAttribute(element, "data-panel", meeting.controls.people.isOn);
    },
    dispose() {
      gallery.dispose?.();
      panel.dispose?.();
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
