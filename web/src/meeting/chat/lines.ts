// What was said, in order, and how much of it is new. Messages come in any order and more than once.

import type { Message } from "./wire";

/** The messages of one thread. */
export class Lines {
  private readonly byId = new Map<string, Message>();
  private readonly deleted = new Set<string>();
  private seenTo = -1;

  /** In the order of the thread. */
  get all(): readonly Message[] {
    return [...this.byId.values()].sort((one, other) => Number(one.id) - Number(other.id));
  }

  /** The newest message, if there is one. */
  get newest(): Message | undefined {
    return this.all.at(-1);
  }

  /** Takes what the thread holds now; what it no longer holds goes. */
  replace(messages: readonly Message[]): void {
    this.byId.clear();
    messages.forEach((message) => this.put(message));
  }

  /** Takes a message that is new or was changed. */
  put(message: Message): void {
    if (!this.deleted.has(message.id)) this.byId.set(message.id, message);
  }

  /** A message is gone, also if it comes once more. */
  remove(id: string): void {
    this.deleted.add(id);
    this.byId.delete(id);
  }

  /** Everything so far was read. */
  see(): void {
    this.seenTo = Math.max(this.seenTo, Number(this.newest?.id ?? -1));
  }

  /** How many messages of others are not read yet. */
  unread(isOwn: (message: Message) => boolean): number {
    return this.all.filter((message) => Number(message.id) > this.seenTo && !isOwn(message)).length;
  }
}
