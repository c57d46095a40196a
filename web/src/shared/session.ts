// Signing in and out, for organizers who have an account on this server.

import type { Hosting } from "./remembered";
import { refusalOf, send, type Organizer } from "./server";

/** Who is signed in. */
export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
}

/** What this browser's session is. */
export interface Session {
  readonly user: Person | null;
  /** The server hands out tokens without signing in. */
  readonly development: boolean;
  /** The organization's provider, if people sign in by one. */
  readonly provider: { readonly label: string } | null;
}

/** The sign-in page; it comes back to this path. */
export function signInPage(returnTo: string): string {
  return `/sign-in?${new URLSearchParams({ return: returnTo })}`;
}

/** Where signing in by the provider begins; it comes back to this path. */
export function providerPage(returnTo: string): string {
  return `/sign-in/start?${new URLSearchParams({ return: returnTo })}`;
}

/** The path that an address of the sign-in page asks to come back to, if it is home or a join link: never another host. */
export function returnOf(search: string): string {
  const path = new URLSearchParams(search).get("return") ?? "/";
  return /^\/(?:l\/meetup-join|meet)\/[^\\\s]*$/.test(path) ? path : "/";
}

/** Reads this browser's session. */
export async function readSession(): Promise<Session> {
  return (await json(await send("/api/session"))) as Session;
}

/** Signs in by a password. Fails with a sentence. */
export async function signIn(email: string, password: string): Promise<void> {
  await json(await post("/api/session", { email, password }));
}

/** Ends this browser's session, or all of this person's: then their tokens and calls end, too. */
export async function signOut(everywhere: boolean): Promise<void> {
  const response = everywhere ? await send("/api/session/signOutEverywhere", { method: "POST" }) : await send("/api/session", { method: "DELETE" });
  if (!response.ok) throw await refusalOf(response);
}

/** Fresh tokens for who is signed in. */
export async function sessionOrganizer(): Promise<Organizer> {
  return (await json(await send("/api/session/token", { method: "POST" }))) as Organizer;
}

/** The tokens of who hosts a meeting: fresh ones where there is a session, since one of its tokens is good for an hour. */
export async function tokensOf({ organizer, isSignedIn }: Hosting): Promise<Organizer> {
  return isSignedIn ? sessionOrganizer() : organizer;
}

/** Whose password a link sets. */
export async function ownerOfLink(secret: string): Promise<string> {
  return ((await json(await post("/api/session/link", { secret }))) as { email: string }).email;
}

/** Sets a password by a link, which is used up, and signs in. */
export async function setPassword(secret: string, password: string): Promise<void> {
  await json(await post("/api/session/password", { secret, password }));
}

function post(path: string, body: unknown): Promise<Response> {
  return send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function json(response: Response): Promise<unknown> {
  if (!response.ok) throw await refusalOf(response);
  return response.json();
}
