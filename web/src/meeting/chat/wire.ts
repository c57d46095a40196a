// The meeting's thread, by Microsoft's published chat client. Loaded only once somebody is in the meeting: it is larger than the page.

import { ChatClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential, getIdentifierRawId } from "@azure/communication-common";
import type { CommunicationIdentifier, CommunicationIdentifierKind } from "@azure/communication-common";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { asHtml, isHtml, plainText } from "./plain-text";

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
  /** Whether the thread holds it as HTML. */
  readonly isHtml: boolean;
  readonly isEdited: boolean;
  readonly at: Date;
}

/** That somebody came into the thread or left it. */
export interface Move {
  readonly id: string;
  /** Raw id. */
  readonly person: string;
  readonly name: string;
  readonly isIn: boolean;
  readonly at: Date;
}

/** All that can be read. */
export interface History {
  readonly messages: readonly Message[];
  readonly moves: readonly Move[];
}

/** What the thread tells. */
export interface Hears {
  /** At first, and whenever something may have been missed. */
  readonly history: (history: History) => void;
  /** One that is new or was changed. */
  readonly message: (message: Message) => void;
  readonly deleted: (id: string) => void;
  readonly moved: (move: Move) => void;
  /** Somebody has read up to a message. */
  readonly read: (person: string, message: string) => void;
  readonly typing: (person: string) => void;
}

/** The way to the thread. */
export interface Wire {
  /** The message as the thread took it; only its sender is not told. */
  send(text: string): Promise<Message>;
  edit(message: Message, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Tells the others that this person writes; the client does so every 8 s at most. */
  typing(): Promise<void>;
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
    const moves: Move[] = [];
    for await (const message of threadClient.listMessages({ maxPageSize: 100 })) {
      if (messages.length === HISTORY_MAX) break;
      const { id, sender, senderDisplayName, type, content, createdOn, editedOn, deletedOn } = message;
      if (type === "participantAdded" || type === "participantRemoved") moves.push(...movesOf(content?.participants, type === "participantAdded", createdOn));
      if ((type !== "text" && type !== "html") || deletedOn) continue;
      const said = { text: plainText(content?.message ?? "", type), isHtml: isHtml(type), isEdited: editedOn !== undefined, at: createdOn };
      messages.push({ id, sender: rawIdOf(sender), senderName: senderDisplayName ?? "", ...said });
    }
    hears.history({ messages, moves });
    for await (const { sender, chatMessageId } of threadClient.listReadReceipts({ maxPageSize: 100 })) hears.read(rawIdOf(sender), chatMessageId);
  };

  type Told = { threadId: string; id: string; sender: CommunicationIdentifierKind; senderDisplayName: string; message: string; type: string; createdOn: Date; editedOn?: Date };
  const told = (event: Told): void => {
    if (event.threadId !== thread) return;
    const { id, sender, senderDisplayName, message, type, createdOn, editedOn } = event;
    const said = { text: plainText(message, type), isHtml: isHtml(type), isEdited: editedOn !== undefined, at: new Date(createdOn) };
    hears.message({ id, sender: rawIdOf(sender), senderName: senderDisplayName, ...said });
  };

  await readAll();
  await client.startRealtimeNotifications();
  client.on("chatMessageReceived", told);
  client.on("chatMessageEdited", told);
  client.on("chatMessageDeleted", ({ threadId, id }) => {
    if (threadId === thread) hears.deleted(id);
  });
  client.on("participantsAdded", ({ threadId, participantsAdded, addedOn }) => {
    if (threadId === thread) movesOf(participantsAdded, true, addedOn).forEach(hears.moved);
  });
  client.on("participantsRemoved", ({ threadId, participantsRemoved, removedOn }) => {
    if (threadId === thread) movesOf(participantsRemoved, false, removedOn).forEach(hears.moved);
  });
  client.on("readReceiptReceived", ({ threadId, sender, chatMessageId }) => {
    if (threadId === thread) hears.read(rawIdOf(sender), chatMessageId);
  });
  client.on("typingIndicatorReceived", ({ threadId, sender }) => {
    if (threadId === thread) hears.typing(rawIdOf(sender));
  });
  // After a restart of the server nobody tells what was missed.
  client.on("realTimeNotificationConnected", () => {
    readAll().catch((error: unknown) => console.warn("The chat could not be read again", error));
  });

  return {
    async send(text) {
      const { id } = await threadClient.sendMessage({ content: text }, { senderDisplayName: name, type: "text" });
      return { id, sender: "", senderName: name, text, isHtml: false, isEdited: false, at: new Date() };
    },
    edit: (message, text) => threadClient.updateMessage(message.id, { content: message.isHtml ? asHtml(text) : text }),
    remove: (id) => threadClient.deleteMessage(id),
    async typing() {
      await threadClient.sendTypingNotification({ senderDisplayName: name });
    },
    seen: (id) => threadClient.sendReadReceipt({ chatMessageId: id }),
    close: () => client.stopRealtimeNotifications(),
  };
}

type Person = { readonly id: CommunicationIdentifier; readonly displayName?: string };

/** The same ids whether the thread lists it or tells it. */
function movesOf(people: readonly Person[] | undefined, isIn: boolean, on: Date): Move[] {
  const at = new Date(on);
  return (people ?? []).map(({ id, displayName }) => {
    const person = getIdentifierRawId(id);
    return { id: `${isIn ? "in" : "out"}-${at.getTime()}-${person}`, person, name: displayName ?? "", isIn, at };
  });
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
