// When the meeting is to be: a time, and a file for a calendar. The time stands in the file alone; the link is good at any time.

import { calendarFile } from "../shared/calendar";
import { h, uniqueId, type View } from "../shared/dom";
import { commonWords } from "../shared/strings/common";
import { joiningWords } from "../shared/strings/joining";
import type { InviteViewModel } from "./view-model";

/** How long the calendar keeps free. */
const MINUTES = 60;

const HOUR_MS = 60 * 60_000;

/** Makes the form. */
export function calendarForm(): View<InviteViewModel> {
  const words = joiningWords().invitation;
  const id = uniqueId("when");
  const when = h("input", { id, type: "datetime-local", required: true });
  when.value = localTime(new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS));
  let shown: InviteViewModel | undefined;
  const element = h(
    "form",
    { class: "calendar-form", onsubmit: save },
    h("label", { for: id }, words.when),
    h("div", { class: "copy-link" }, when, h("button", { class: "button", type: "submit" }, words.addToCalendar)),
  );

  function save(event: Event): void {
    event.preventDefault();
    if (shown === undefined) return;
    const file = new Blob([calendarFile(eventOf(shown, new Date(when.value)))], { type: "text/calendar;charset=utf-8" });
    const url = URL.createObjectURL(file);
    h("a", { href: url, download: `${fileName(shown.subject)}.ics` }).click();
    // The download has begun; the browser keeps what it needs.
    URL.revokeObjectURL(url);
  }

  return {
    element,
    update(invite) {
      shown = invite;
      element.hidden = !URL.canParse(invite.link);
    },
  };
}

function eventOf(invite: InviteViewModel, start: Date) {
  const words = joiningWords().calendar;
  const { link, meetingId, passcode, subject = commonWords().meeting } = invite;
  const { host, pathname } = new URL(link);
  const description = [
    words.join(link),
    ...(meetingId === undefined ? [] : [words.meetingId(meetingId), ...(passcode === undefined ? [] : [words.passcode(passcode)])]),
  ].join("\n");
  return { uid: `${meetingId ?? pathname}@${host}`, subject, description, link, start, minutes: MINUTES, madeAt: new Date() };
}

/** As the field takes it: in the time of this place. */
function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Letters and digits of the subject. */
function fileName(subject = ""): string {
  return subject.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || joiningWords().calendar.fileName;
}
