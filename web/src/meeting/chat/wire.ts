// The meeting's thread, by Microsoft's published chat client. Loaded only once somebody is in the meeting: it is larger than the page.

import { ChatClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential, getIdentifierRawId } from "@azure/communication-common";
import type { CommunicationIdentifierKind } from "@azure/communication-common";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { plainText } from "./plain-text";

type Send = ReturnType<typeof createDefaultHttpClient>["sendRequest"];
type Request = Parameters<Send>[0];

/** A message as it is now. */
export interface Message {
  /** Grows with each message of the thread. */
  readonly id: string;
  /** Raw id; empty if unknown. */
  readonly sender: string;
  /** What the sender's client says: it can be anything. */
  readonly senderName: string;
  readonly text: string;
  readonly at: Date;
}

/** What the thread tells. */
export interface Hears {
  /** All that can be read, at first and whenever something may have been missed. */
  readonly history: (messages: readonly Message[]) => void;
  /** One that is new or was changed. */
  readonly message: (message: Message) => void;
  readonly deleted: (id: string) => void;
}

/** The way to the thread. */
export interface Wire {
  send(text: string): Promise<void>;
  /** Tells the others how far this person has read. */
  seen(id: string): Promise<void>;
  close(): Promise<void>;
}

/** How many messages are read at first. Larger: a long talk takes long to come. Smaller: less of it can be read. */
const HISTORY_MAX = 300;

/** Opens the thread. @throws RestError: 403 while the chat is off, or for who is not in it */
export async function open(token: string, thread: string, name: string, hears: Hears): Promise<Wire> {
  const client = new ChatClient(`https://${location.host}`, new AzureCommunicationTokenCredential(token), staysHere());
  const threadClient = client.getChatThreadClient(thread);

  const readAll = async (): Promise<void> => {
    const messages: Message[] = [];
    for await (const message of threadClient.listMessages({ maxPageSize: 100 })) {
      if (messages.length === HISTORY_MAX) break;
      if ((message.type !== "text" && message.type !== "html") || message.deletedOn) continue;
      const { id, sender, senderDisplayName, content, createdOn } = message;
      messages.push({ id, sender: rawIdOf(sender), senderName: senderDisplayName ?? "", text: plainText(content?.message ?? "", message.type), at: createdOn });
    }
    hears.history(messages);
  };

  type Told = { threadId: string; id: string; sender: CommunicationIdentifierKind; senderDisplayName: string; message: string; type: string; createdOn: Date };
  const told = (event: Told): void => {
    if (event.threadId !== thread) return;
    const { id, sender, senderDisplayName, message, type, createdOn } = event;
    hears.message({ id, sender: rawIdOf(sender), senderName: senderDisplayName, text: plainText(message, type), at: new Date(createdOn) });
  };

  await readAll();
  await client.startRealtimeNotifications();
  client.on("chatMessageReceived", told);
  client.on("chatMessageEdited", told);
  client.on("chatMessageDeleted", ({ threadId, id }) => {
    if (threadId === thread) hears.deleted(id);
  });
  // After a restart of the server nobody tells what was missed.
  client.on("realTimeNotificationConnected", () => {
    readAll().catch((error: unknown) => console.warn("The chat could not be read again", error));
  });

  return {
    async send(text) {
      await threadClient.sendMessage({ content: text }, { senderDisplayName: name, type: "text" });
    },
    seen: (id) => threadClient.sendReadReceipt({ chatMessageId: id }),
    close: () => client.stopRealtimeNotifications(),
  };
}

function rawIdOf(sender: CommunicationIdentifierKind | undefined): string {
  return sender ? getIdentifierRawId(sender) : "";
}

/** The client takes no `http://` endpoint: it is told https, and its requests stay at the page's origin, whatever that is. */
function staysHere() {
  const http = createDefaultHttpClient();
  const here = (request: Request): Request => {
    const { pathname, search } = new URL(request.url);
    request.url = new URL(pathname + search, location.origin).href;
    request.allowInsecureConnection = location.protocol === "http:";
    return request;
  };
  return {
    httpClient: { sendRequest: (request: Request) => http.sendRequest(here(request)) },
    // What makes the real-time leg; it has no type of its own.
    signalingClientOptions: {
      additionalPolicies: [{ position: "perCall", policy: { name: "staysHere", sendRequest: (request: Request, next: Send) => next(here(request)) } }],
    },
  };
}
