// Messages on their way: sent one after the other, in the order in which they were written. What could not be sent waits for its writer.

/** A message that the thread does not have yet. */
export interface Pending {
  readonly id: string;
  readonly text: string;
  readonly at: Date;
  readonly hasFailed: boolean;
}

/** Sends a text. @throws if it was not sent */
export type Deliver = (text: string) => Promise<void>;

/** What is on its way into one thread. */
export class Outbox {
  private pending: Pending[] = [];
  private last: Promise<void> = Promise.resolve();
  private count = 0;

  constructor(
    private readonly deliver: Deliver,
    private readonly changed: () => void,
  ) {}

  /** In the order in which they were written. */
  get all(): readonly Pending[] {
    return this.pending;
  }

  /** Whether this is the id of a message in here. */
  has(id: string): boolean {
    return this.pending.some((each) => each.id === id);
  }

  /** Sends a text once all before it are sent or have failed. */
  send(text: string, at: Date): void {
    this.count += 1;
    const message = { id: `pending-${this.count}`, text, at, hasFailed: false };
    this.pending.push(message);
    this.last = this.last.then(() => this.attempt(message));
    this.changed();
  }

  /** The thread tells of a message of this text before the answer to its sending came: it is there. */
  arrived(text: string): void {
    const first = this.pending.find((each) => !each.hasFailed);
    if (first?.text === text) this.pending = this.pending.filter((each) => each !== first);
  }

  /** Gives up a message that failed. */
  drop(id: string): void {
    this.pending = this.pending.filter((each) => each.id !== id || !each.hasFailed);
    this.changed();
  }

  private async attempt(message: Pending): Promise<void> {
    try {
      await this.deliver(message.text);
      this.pending = this.pending.filter((each) => each.id !== message.id);
    } catch {
      this.pending = this.pending.map((each) => (each.id === message.id ? { ...each, hasFailed: true } : each));
    }
    this.changed();
  }
}
