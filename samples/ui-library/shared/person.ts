// Who joins, and where. A development server hands out tokens; in your app, your own server asks for them by the Identity API.

import type { CommunicationUserIdentifier } from "@azure/communication-common";

/** A user of this server. */
export interface User {
  readonly userId: CommunicationUserIdentifier;
  readonly token: string;
  readonly displayName: string;
}

/** Somebody who is about to join a meeting. */
export interface Person extends User {
  readonly meetingLink: string;
}

/** A new user of this server, with a token. */
export async function newUser(displayName: string): Promise<User> {
  const response = await fetch("/api/token");
  if (!response.ok) throw new Error(`No token: the server answered ${response.status}. Start it with --dev.`);
  const { value } = await response.json();
  return { userId: { communicationUserId: value.item1.id }, token: value.item2.token, displayName };
}
