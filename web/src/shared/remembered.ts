// What this tab remembers across a reload, and the name across visits. Tokens stay in the tab (sessionStorage).

import type { OnlineMeeting, Organizer } from "./server";

/** A meeting that this tab hosts. */
export interface Hosting {
  readonly organizer: Organizer;
  readonly meeting: OnlineMeeting;
  /** Further tokens come from the session. */
  readonly isSignedIn: boolean;
}

const HOSTING = "convene.hosting";
const NAME = "convene.name";

/** The meeting that this tab hosts, if any. */
export function rememberedHosting(): Hosting | undefined {
  const text = sessionStorage.getItem(HOSTING);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as Hosting;
  } catch {
    sessionStorage.removeItem(HOSTING);
    return undefined;
  }
}

/** Remembers the meeting that this tab hosts; `undefined` forgets it. */
export function rememberHosting(hosting: Hosting | undefined): void {
  if (hosting) sessionStorage.setItem(HOSTING, JSON.stringify(hosting));
  else sessionStorage.removeItem(HOSTING);
}

const INSIDE = "convene.inside";

/** Whether this tab is in the meeting of this link: then a reload goes back in at once. */
export function isRememberedInside(link: string): boolean {
  return sessionStorage.getItem(INSIDE) === link;
}

/** Remembers the link of the meeting that this tab is in; `undefined` when it is out again. */
export function rememberInside(link: string | undefined): void {
  if (link !== undefined) sessionStorage.setItem(INSIDE, link);
  else sessionStorage.removeItem(INSIDE);
}

/** The name used last. */
export function rememberedName(): string {
  return localStorage.getItem(NAME) ?? "";
}

/** Remembers the name. */
export function rememberName(name: string): void {
  localStorage.setItem(NAME, name);
}

/** Whether microphone and camera are on. */
export interface MediaState {
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
}

const MEDIA = "convene.media";

/** What was on last in this tab; both at first. */
export function rememberedMedia(): MediaState {
  const [microphone, camera] = (sessionStorage.getItem(MEDIA) ?? "on on").split(" ");
  return { microphoneOn: microphone === "on", cameraOn: camera === "on" };
}

/** Remembers what is on, so that a reload does not turn a camera on that was off. */
export function rememberMedia(media: MediaState | undefined): void {
  if (media) sessionStorage.setItem(MEDIA, `${media.microphoneOn ? "on" : "off"} ${media.cameraOn ? "on" : "off"}`);
}
