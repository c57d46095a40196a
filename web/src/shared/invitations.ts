// What can be told about a meeting from its link alone, or from the meeting itself.

import type { InviteViewModel } from "../meeting/view-model";
import type { OnlineMeeting } from "./server";

/** The invitation of a meeting that this page knows as its organizer. */
export function inviteOf(meeting: OnlineMeeting): InviteViewModel {
  const { joinMeetingId, passcode } = meeting.joinMeetingIdSettings;
  return { subject: meeting.subject, link: meeting.joinWebUrl, meetingId: joinMeetingId, passcode: passcode ?? undefined };
}

/** A link without `lang=`, by which its page can be asked for a language; it is no part of the meeting's address. */
export function withoutLanguage(link: string): string {
  return link.replace(/([?&])lang=[^&#]*(&|(?=#|$))/g, (_, before: string, after: string) => (after === "" ? "" : before));
}

/** The invitation as far as a link tells it: `/meet/<digits>?p=<passcode>` carries the meeting id. */
export function inviteOfLink(link: string): InviteViewModel {
  const none = { link, meetingId: undefined, passcode: undefined };
  if (!URL.canParse(link)) return none;
  const url = new URL(link);
  const [, digits] = /^\/meet\/(\d+)\/?$/.exec(url.pathname) ?? [];
  return digits === undefined ? none : { link, meetingId: digits, passcode: url.searchParams.get("p") ?? undefined };
}
