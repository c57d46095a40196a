// What the chat's panel shows.

/** How far the chat is. `off`: the meeting has none now, or this person may not read it. */
export type ChatStatus = "closed" | "opening" | "open" | "off" | "failed";

/** How far one's own message is. */
export type Delivery = "sending" | "failed" | "delivered" | "seen";

/** One message. */
export interface MessageLineViewModel {
  readonly kind: "message";
  /** The thread's; of a message that the thread does not have yet, the page's own. */
  readonly id: string;
  readonly senderId: string;
  readonly from: string;
  readonly isOwn: boolean;
  readonly text: string;
  readonly at: Date;
  readonly isEdited: boolean;
  /** Of one's own only. */
  readonly delivery: Delivery | undefined;
}

/** Who came into the chat or left it, between two messages. */
export interface MovesLineViewModel {
  readonly kind: "moves";
  readonly id: string;
  readonly text: string;
  readonly at: Date;
}

/** One line of the thread. */
export type ChatLineViewModel = MessageLineViewModel | MovesLineViewModel;

/** How far somebody else has read. */
export interface ReaderViewModel {
  readonly id: string;
  readonly name: string;
  readonly readTo: string;
}

/** What can be done with an open chat. Failures are told as a notice. */
export interface ChatActions {
  /** Sends it, after those before it. What could not be sent stays as a line of its own. */
  readonly send: (text: string) => void;
  /** @throws if it stays as it was */
  readonly edit: (id: string, text: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly tellTyping: () => void;
  readonly tellSeen: (id: string) => Promise<void>;
}

/** The panel. */
export interface ChatViewModel {
  readonly status: Exclude<ChatStatus, "closed">;
  readonly unread: number;
  readonly ownId: string;
  /** The same object while nothing in it changes, and so is each of its lines. */
  readonly lines: readonly ChatLineViewModel[];
  /** The same object while nothing in it changes. */
  readonly readers: readonly ReaderViewModel[];
  readonly people: number;
  /** Names of those who write now. */
  readonly typing: readonly string[];
  /** `undefined` while the chat is not open. */
  readonly actions: ChatActions | undefined;
  readonly retry: (() => void) | undefined;
}
