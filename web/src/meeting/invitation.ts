// How others come in: the link to copy, the meeting id and the passcode.

import { h, setText, uniqueId, type View } from "../shared/dom";
import { icon } from "../shared/icons";
import { joiningWords } from "../shared/strings/joining";
import { calendarForm } from "./calendar-form";
import type { InviteViewModel } from "./view-model";

/** Digits in groups of three, as people read them aloud. */
export function grouped(meetingId: string): string {
  return meetingId.replace(/\D/g, "").replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** Makes a card that shows the invitation. */
export function invitationCard(heading: string, text: string): View<InviteViewModel> {
  const words = joiningWords().invitation;
  const id = uniqueId("link");
  const link = h("input", { id, class: "copy-link-text", type: "text", readonly: true, onfocus: () => link.select() });
  const copyText = h("span", {}, words.copy);
  const copy = h("button", { class: "button primary", type: "button", onclick: () => void copyLink() }, icon("copy"), copyText);
  const told = h("p", { class: "hint", role: "status" });
  const meetingId = h("dd", { "data-testid": "meeting-id" });
  const passcode = h("dd", { "data-testid": "passcode" });
  const numbers = h("dl", { class: "numbers" }, h("dt", {}, words.meetingId), meetingId, h("dt", {}, words.passcode), passcode);
  const calendar = calendarForm();
  const element = h(
    "section",
    { class: "card invitation" },
    h("h2", {}, heading),
    h("p", {}, text),
    h("div", { class: "copy-link" }, h("label", { for: id, class: "visually-hidden" }, words.link), link, copy),
    told,
    numbers,
    calendar.element,
  );

  async function copyLink(): Promise<void> {
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      setText(told, words.copied);
    } catch {
      setText(told, words.notCopied);
    }
  }

  return {
    element,
    update(invite) {
      if (link.value !== invite.link) link.value = invite.link;
      numbers.hidden = invite.meetingId === undefined;
      calendar.update(invite);
      setText(meetingId, grouped(invite.meetingId ?? ""));
      setText(passcode, invite.passcode ?? words.noPasscode);
    },
  };
}
