// The server's HTTP interface, as far as these pages use it.

import { faultWords } from "./strings/faults";
import { SpokenError } from "./strings/telling";

/** Who may pass the lobby without waiting (Graph `lobbyBypassSettings.scope`). */
export type LobbyScope =
  | "organizer"
  | "invited"
  | "organizationExcludingGuests"
  | "organization"
  | "organizationAndFederated"
  | "everyone";

/** Who presents (Graph `allowedPresenters`). */
export type AllowedPresenters = "everyone" | "organization" | "roleIsPresenter" | "organizer";

/** What an organizer changes of a meeting (Graph `onlineMeeting`, and Convene's own last three). */
export interface MeetingSettings {
  readonly lobbyBypassSettings: { readonly scope: LobbyScope };
  readonly allowedPresenters: AllowedPresenters;
  readonly allowAttendeeToEnableMic: boolean;
  readonly allowAttendeeToEnableCamera: boolean;
  readonly isLocked: boolean;
  readonly isGuestsAllowed: boolean;
  readonly guestsMayStart: boolean;
}

/** A meeting, as its organizer reads it (Graph `onlineMeeting`, the part that is shown). */
export interface OnlineMeeting extends MeetingSettings {
  readonly id: string;
  readonly subject: string;
  readonly joinWebUrl: string;
  readonly conveneShortJoinUrl?: string;
  readonly joinMeetingIdSettings: { readonly joinMeetingId: string; readonly passcode: string | null };
}

/** A user of the organization with tokens: of a session, or handed out by a development server. */
export interface Organizer {
  readonly user: { readonly id: string; readonly displayName: string };
  /** For calls. */
  readonly token: string;
  /** For the meetings of this organizer. */
  readonly meetingsToken: string;
}

/** The server does not hand out tokens by itself: it runs without `--dev`, or this page is not opened on its machine. */
export class NoTokensHere extends Error {
  override readonly name = "NoTokensHere";
}

/** The server said no. The message is for people, in English. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  /** As a call's end, where the server says so. */
  readonly code: number | undefined;
  readonly subCode: number | undefined;
  readonly status: number;
  /** What was asked for. */
  readonly path: string;

  constructor(message: string, response: Response, end: CallEnd | undefined) {
    super(message);
    this.code = end?.code;
    this.subCode = end?.subCode;
    this.status = response.status;
    this.path = pathOf(response);
  }
}

/** Gets a token for a new user of the app. */
export async function guestToken(name: string): Promise<string> {
  const body = (await read(await send(`/api/token?${new URLSearchParams({ name })}`))) as { token: string };
  return body.token;
}

/** Gets a token for an anonymous guest, whoever is signed in. It is good for the meeting of this link, and for nothing else. */
export async function visitorToken(link: string): Promise<string> {
  const response = await send("/api/visitors", {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ link }),
  });
  return ((await read(response)) as { token: string }).token;
}

/** Gets a new organizer. */
export async function newOrganizer(name: string): Promise<Organizer> {
  return (await read(await send(`/api/dev/organizer?${new URLSearchParams({ name })}`))) as Organizer;
}

/** Creates a meeting. */
export async function createMeeting(organizer: Organizer, subject: string, lobby: LobbyScope): Promise<OnlineMeeting> {
  const response = await send("/v1.0/me/onlineMeetings", {
    method: "POST",
    headers: { ...bearer(organizer.meetingsToken), "Content-Type": "application/json" },
    body: JSON.stringify({ subject, lobbyBypassSettings: { scope: lobby } }),
  });
  return (await read(response)) as OnlineMeeting;
}

/** Reads a meeting of this organizer. */
export async function readMeeting(meetingsToken: string, id: string): Promise<OnlineMeeting> {
  return (await read(await send(meetingPath(id), { headers: bearer(meetingsToken) }))) as OnlineMeeting;
}

/** Changes a meeting of this organizer; what is not named stays. It acts at once on a call that goes on. */
export async function changeMeeting(meetingsToken: string, id: string, change: Partial<MeetingSettings>): Promise<OnlineMeeting> {
  const headers = { ...bearer(meetingsToken), "Content-Type": "application/json" };
  return (await read(await send(meetingPath(id), { method: "PATCH", headers, body: JSON.stringify(change) }))) as OnlineMeeting;
}

function meetingPath(id: string): string {
  return `/v1.0/me/onlineMeetings/${encodeURIComponent(id)}`;
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

interface CallEnd {
  readonly code: number;
  readonly subCode: number;
}

interface ErrorAnswer {
  readonly error?: { readonly message?: string; readonly callEndReason?: CallEnd };
}

/** Asks the server. @throws SpokenError if it cannot be reached */
export async function send(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { cache: "no-store", ...init });
  } catch {
    throw new SpokenError(faultWords().unreachable);
  }
}

async function read(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  const body = (await response.json().catch(() => undefined)) as ErrorAnswer | undefined;
  const end = body?.error?.callEndReason;
  // What only a development server answers is not there otherwise.
  const missing = pathOf(response).startsWith("/api/") && (response.status === 404 || response.status === 403);
  if (missing && !end) throw new NoTokensHere();
  throw refusal(response, body);
}

/** What the server said no with. */
export async function refusalOf(response: Response): Promise<Error> {
  return refusal(response, (await response.json().catch(() => undefined)) as ErrorAnswer | undefined);
}

function refusal(response: Response, body: ErrorAnswer | undefined): Error {
  const message = body?.error?.message;
  if (message === undefined) return new SpokenError(faultWords().answered(response.status, pathOf(response)));
  return new RequestFailed(message, response, body?.error?.callEndReason);
}

function pathOf(response: Response): string {
  return new URL(response.url).pathname;
}
