// Types of `/sdk/meeting.js`, which defines the element <convene-meeting>. Copy this file into your app, or fetch it from the server.

/** Where an embedded meeting is. `none`: it has no link yet, or an error. */
export type MeetingState = "none" | "preJoin" | "joining" | "lobby" | "connected" | "ended";

/** Of `convene-meeting-state`. The last three are there when it ended, with the codes of a call's end. */
export interface MeetingStateDetail {
  readonly state: MeetingState;
  readonly code?: number;
  readonly subCode?: number;
  /** What happened, and what to do, in words for people, in the meeting's language. */
  readonly reason?: string;
}

/** Of `convene-meeting-microphone`. */
export interface MeetingMicrophoneDetail {
  readonly isMuted: boolean;
}

/**
 * Of `convene-meeting-error`: why no meeting is shown. `badLink`: the link is no meeting's; `badPage`: this page has no origin, as one from a file;
 * `notShown`: the server does not answer, or does not let this page's origin embed meetings.
 */
export interface MeetingErrorDetail {
  readonly code: "badLink" | "badPage" | "notShown";
  readonly message: string;
}

/** The element. Its attributes are `link`, `display-name`, `muted`, `camera-off` and `lang`, which may also stand on an element around it. */
export interface ConveneMeetingElement extends HTMLElement {
  /** The meeting's join link (attribute `link`). Another one leaves the meeting and opens that one; `null` closes it. */
  link: string | null;
  /** The name that the person may still change before joining (attribute `display-name`). Read when the meeting opens. */
  displayName: string | null;
  /** Where the meeting is. */
  readonly state: MeetingState;
  /** Whether the person's microphone is off. */
  readonly isMuted: boolean;
  /** Why no meeting is shown, if so. */
  readonly error: MeetingErrorDetail | undefined;
  /** Leaves the meeting, or its lobby. */
  leave(): void;
  /** Turns the microphone off. */
  mute(): void;
  /** Turns the microphone on, unless somebody who leads the meeting forbids it. */
  unmute(): void;
}

/** The element's events. They bubble. */
export interface ConveneMeetingEvents {
  "convene-meeting-state": CustomEvent<MeetingStateDetail>;
  "convene-meeting-microphone": CustomEvent<MeetingMicrophoneDetail>;
  "convene-meeting-error": CustomEvent<MeetingErrorDetail>;
}

declare global {
  interface HTMLElementTagNameMap {
    "convene-meeting": ConveneMeetingElement;
  }
  interface HTMLElementEventMap extends ConveneMeetingEvents {}
}
