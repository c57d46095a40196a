// What this tab remembers across a reload, and the name and the language across visits. Tokens stay in the tab (sessionStorage).

import type { Layout } from "../meeting/layout/view-model";
import type { OnlineMeeting, Organizer } from "./server";

type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

let inTab = (): Memory => sessionStorage;
let overVisits = (): Memory => localStorage;

/** From now on nothing is read of what was remembered, and what is remembered goes with the page: as a guest of another site's page. */
export function rememberInPageOnly(): void {
  const kept = new Map<string, string>();
  const memory: Memory = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  inTab = overVisits = () => memory;
}

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
  const text = inTab().getItem(HOSTING);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as Hosting;
  } catch {
    inTab().removeItem(HOSTING);
    return undefined;
  }
}

/** Remembers the meeting that this tab hosts; `undefined` forgets it. */
export function rememberHosting(hosting: Hosting | undefined): void {
  if (hosting) inTab().setItem(HOSTING, JSON.stringify(hosting));
  else inTab().removeItem(HOSTING);
}

const INSIDE = "convene.inside";

/** Whether this tab is in the meeting of this link: then a reload goes back in at once. */
export function isRememberedInside(link: string): boolean {
  return inTab().getItem(INSIDE) === link;
}

/** Remembers the link of the meeting that this tab is in; `undefined` when it is out again. */
export function rememberInside(link: string | undefined): void {
  if (link !== undefined) inTab().setItem(INSIDE, link);
  else inTab().removeItem(INSIDE);
}

/** The name used last. */
export function rememberedName(): string {
  return overVisits().getItem(NAME) ?? "";
}

/** Remembers the name. */
export function rememberName(name: string): void {
  overVisits().setItem(NAME, name);
}

const LANGUAGE = "convene.language";

/** The tag of the language that the person chose on an earlier visit. */
export function rememberedLanguage(): string | null {
  return overVisits().getItem(LANGUAGE);
}

/** Remembers the language that the person chose. */
export function rememberLanguage(tag: string): void {
  overVisits().setItem(LANGUAGE, tag);
}

/** The tag of the language that an address asked for, earlier in this tab. */
export function rememberedWish(): string | null {
  return inTab().getItem(LANGUAGE);
}

/** Remembers what an address asked for, for the pages that follow. */
export function rememberWish(tag: string): void {
  inTab().setItem(LANGUAGE, tag);
}

/** Whether microphone and camera are on. */
export interface MediaState {
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
}

const MEDIA = "convene.media";

/** What was on last in this tab; both at first. */
export function rememberedMedia(): MediaState {
  const [microphone, camera] = (inTab().getItem(MEDIA) ?? "on on").split(" ");
  return { microphoneOn: microphone === "on", cameraOn: camera === "on" };
}

/** Remembers what is on, so that a reload does not turn a camera on that was off. */
export function rememberMedia(media: MediaState | undefined): void {
  if (media) inTab().setItem(MEDIA, `${media.microphoneOn ? "on" : "off"} ${media.cameraOn ? "on" : "off"}`);
}

const KNOCK_SOUND = "convene.knockSound";

/** Whether a sound is wanted when somebody comes into the lobby; it is at first. */
export function rememberedKnockSound(): boolean {
  return overVisits().getItem(KNOCK_SOUND) !== "off";
}

/** Remembers whether a sound is wanted when somebody comes into the lobby. */
export function rememberKnockSound(isOn: boolean): void {
  overVisits().setItem(KNOCK_SOUND, isOn ? "on" : "off");
}

const RING_TONE = "convene.ringTone";

/** Whether a tone is wanted while somebody calls; it is at first. */
export function rememberedRingTone(): boolean {
  return overVisits().getItem(RING_TONE) !== "off";
}

/** Remembers whether a tone is wanted while somebody calls. */
export function rememberRingTone(isOn: boolean): void {
  overVisits().setItem(RING_TONE, isOn ? "on" : "off");
}

const LAYOUT = "convene.layout";

/** The stage's layout, as it was chosen last. */
export function rememberedLayout(): Layout {
  const [stage, ownVideo] = (overVisits().getItem(LAYOUT) ?? "").split(" ");
  return { stage: stage === "speaker" ? "speaker" : "gallery", ownVideo: ownVideo === "grid" || ownVideo === "corner" ? ownVideo : undefined };
}

/** Remembers the stage's layout. */
export function rememberLayout({ stage, ownVideo }: Layout): void {
  overVisits().setItem(LAYOUT, ownVideo === undefined ? stage : `${stage} ${ownVideo}`);
}
