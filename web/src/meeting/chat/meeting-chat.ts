// The chat of one call: opened when its person is in the meeting, closed when they are not.

import { getIdentifierRawId } from "@azure/communication-common";
import type { Call } from "@convene/calling";
import { nameOf } from "../people/build";
import { Lines } from "./lines";
import type { ChatStatus, ChatViewModel } from "./view-model";
import type { Message, Wire } from "./wire";

/** What the chat needs of the page around it. */
export interface ChatContext {
  readonly call: Call;
  readonly token: string;
  readonly ownName: string;
  readonly changed: () => void;
  readonly fail: (text: string) => void;
}

/** The chat of one call. */
export class MeetingChat {
  private status: ChatStatus = "closed";
  private lines = new Lines();
  private wire: Wire | undefined;
  private isShown = false;
  private isSending = false;
  private toldSeen: string | undefined;
  /** Grows with each opening, so that a late answer to a former one is known. */
  private opening = 0;

  constructor(private readonly context: ChatContext) {}

  /** Opens the thread, once the call has told which it is. */
  start(): void {
    const thread = this.context.call.info.threadId;
    if (this.status !== "closed" || !thread) return;
    this.status = "opening";
    this.open(thread).catch((error: unknown) => {
      this.status = (error as { statusCode?: unknown }).statusCode === 403 ? "off" : "failed";
      if (this.status === "failed") console.warn("The chat could not be opened", error);
      this.context.changed();
    });
  }

  /** Closes it; what was read is forgotten. */
  stop(): void {
    if (this.status === "closed") return;
    this.opening += 1;
    this.status = "closed";
    this.lines = new Lines();
    this.toldSeen = undefined;
    const { wire } = this;
    this.wire = undefined;
    wire?.close().catch((error: unknown) => console.warn("The chat was not closed", error));
  }

  /** What the panel shows; `undefined` for a call without a thread. */
  viewModel(isShown: boolean): ChatViewModel | undefined {
    if (this.status === "closed") return undefined;
    this.isShown = isShown;
    this.markSeen();
    return {
      status: this.status,
      unread: isShown ? 0 : this.lines.unread(this.isOwn),
      messages: this.lines.all.map((message) => ({
        id: message.id,
        from: this.isOwn(message) ? "You" : this.nameOf(message),
        isOwn: this.isOwn(message),
        text: message.text,
        at: message.at,
      })),
      send: this.wire && !this.isSending ? (text) => this.send(text) : undefined,
      retry: this.status === "failed" ? () => this.retry() : undefined,
    };
  }

  private async open(thread: string): Promise<void> {
    this.opening += 1;
    const { opening, lines } = this;
    const { token, ownName, changed } = this.context;
    const told = (change: () => void): void => {
      if (opening !== this.opening) return;
      change();
      changed();
    };
    const { open } = await import("./wire");
    const wire = await open(token, thread, ownName, {
      history: (messages) => told(() => lines.replace(messages)),
      message: (message) => told(() => lines.put(message)),
      deleted: (id) => told(() => lines.remove(id)),
    });
    if (opening !== this.opening) {
      await wire.close();
      return;
    }
    this.wire = wire;
    this.status = "open";
    changed();
  }

  private retry(): void {
    this.status = "closed";
    this.start();
    this.context.changed();
  }

  private async send(text: string): Promise<boolean> {
    const { wire } = this;
    if (!wire) return false;
    this.isSending = true;
    this.context.changed();
    try {
      await wire.send(text);
      return true;
    } catch (error) {
      const isOff = (error as { statusCode?: unknown }).statusCode === 403;
      this.context.fail(isOff ? "The chat is off: your message was not sent." : "Your message was not sent. Try again.");
      return false;
    } finally {
      this.isSending = false;
      this.context.changed();
    }
  }

  private markSeen(): void {
    const { newest } = this.lines;
    if (!this.isShown || !newest) return;
    this.lines.see();
    if (this.toldSeen === newest.id || this.isOwn(newest) || !this.wire) return;
    this.toldSeen = newest.id;
    // Nobody waits for a receipt; the next one says as much.
    this.wire.seen(newest.id).catch((error: unknown) => console.warn("That the chat was read was not told", error));
  }

  private readonly isOwn = ({ sender }: Message): boolean => {
    const { identifier } = this.context.call.callerInfo;
    return identifier !== undefined && getIdentifierRawId(identifier) === sender;
  };

  /** As the roster calls them; what their client says only once they are gone. */
  private nameOf({ sender, senderName }: Message): string {
    const person = this.context.call.remoteParticipants.find((each) => getIdentifierRawId(each.identifier) === sender);
    return person ? nameOf(person) : senderName || "Somebody without a name";
  }
}
