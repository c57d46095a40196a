// Two users of the app who find each other by a chat thread: one makes it with the other's id, the other hears of it. In your app, your own
// server makes threads and knows who belongs in them.

import { ChatClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { newUser, type User } from "./person";

/** Somebody in a thread with somebody else. */
export interface Pair extends User {
  readonly threadId: string;
  /** The group call that goes with the thread. */
  readonly groupId: string;
}

/** In your app: the endpoint of its connection string. This page comes from the server itself. */
export const endpoint = location.origin;

/** Somebody who can be found. */
export interface Findable {
  readonly id: string;
  /** The pair, when the other one has made the thread. */
  readonly found: Promise<Pair>;
  /** Makes a thread with somebody. The library tells only of those who type whose names are in the thread. */
  find(otherId: string, otherName: string): Promise<Pair>;
}

/** A new user, who hears of threads from now on. */
export async function beFindable(displayName: string): Promise<Findable> {
  const user = await newUser(displayName);
  const client = new ChatClient(endpoint, new AzureCommunicationTokenCredential(user.token));
  await client.startRealtimeNotifications();

  const pairIn = async (threadId: string): Promise<Pair> => {
    const { metadata } = await client.getChatThreadClient(threadId).getProperties();
    await client.stopRealtimeNotifications();
    return { ...user, threadId, groupId: metadata?.["groupId"] ?? "" };
  };
  const find = async (otherId: string, otherName: string): Promise<Pair> => {
    const participants = [{ id: { communicationUserId: otherId }, displayName: otherName }, { id: user.userId, displayName }];
    const { chatThread } = await client.createChatThread({ topic: "Two of us" }, { participants, metadata: { groupId: crypto.randomUUID() } });
    if (!chatThread) throw new Error("No thread: perhaps there is nobody with this id.");
    return pairIn(chatThread.id);
  };
  const found = new Promise<Pair>((resolve, reject) => client.on("chatThreadCreated", ({ threadId }) => void pairIn(threadId).then(resolve, reject)));
  return { id: user.userId.communicationUserId, found, find };
}
