// What the chat's panel shows.

/** How far the chat is. `off`: the meeting has none now, or this person may not read it. */
export type ChatStatus = "closed" | "opening" | "open" | "off" | "failed";

/** One message. */
export interface ChatLineViewModel {
  readonly id: string;
  readonly from: string;
  readonly isOwn: boolean;
  readonly text: string;
  readonly at: Date;
}

/** The panel. */
export interface ChatViewModel {
  readonly status: Exclude<ChatStatus, "closed">;
  readonly unread: number;
  readonly messages: readonly ChatLineViewModel[];
  /** Whether the message was sent; failures are told as a notice. `undefined` while it cannot be sent. */
  readonly send: ((text: string) => Promise<boolean>) | undefined;
  readonly retry: (() => void) | undefined;
}
