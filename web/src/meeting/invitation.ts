// How others come in: the link to copy, the meeting id and the passcode.

import { h, setText, uniqueId, type View } from "../shared/dom";
import { icon } from "../shared/icons";
import { calendarForm } from "./calendar-form";
import type { InviteViewModel } from "./view-model";

/** Digits in groups of three, as people read them aloud. */
export function grouped(meetingId: string): string {
  return meetingId.replace(/\D/g, "").replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** Makes a card that shows the invitation. */
export function invitationCard(heading: string, text: string): View<InviteViewModel> {
  const id = uniqueId("link");
  const link = h("input", { id, class: "copy-link-text", type: "text", readonly: true, onfocus: () => link.select() });
  const copyText = h("span", {}, "Copy link");
  const copy = h("button", { class: "button primary", type: "button", onclick: () => void copyLink() }, icon("copy"), copyText);
  const told = h("p", { class: "hint", role: "status" });
  const meetingId = h("dd", { "data-testid": "meeting-id" });
  const passcode = h("dd", { "data-testid": "passcode" });
  const numbers = h("dl", { class: "numbers" }, h("dt", {}, "Meeting id"), meetingId, h("dt", {}, "Passcode"), passcode);
  const calendar = calendarForm();
  const element = h(
    "section",
    { class: "card invitation" },
    h("h2", {}, heading),
    h("p", {}, text),
    h("div", { class: "copy-link" }, h("label", { for: id, class: "visually-hidden" }, "Join link"), link, copy),
    told,
    numbers,
    calendar.element,
  );

  async function copyLink(): Promise<void> {
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      setText(told, "The link is copied.");
    } catch {
      setText(told, "The browser does not let this page copy. The link is selected: press Ctrl+C, or ⌘C on a Mac.");
    }
  }

  return {
    element,
    update(invite) {
      if (link.value !== invite.link) link.value = invite.link;
      numbers.hidden = invite.meetingId === undefined;
      calendar.update(invite);
      setText(meetingId, grouped(invite.meetingId ?? ""));
      setText(passcode, invite.passcode ?? "none");
    },
  };
}
