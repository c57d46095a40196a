/** What a client sends by data channels, in bytes a second and in a row. A little under the server's bounds, so that nothing is refused. Larger: messages are refused. */
const BYTES_PER_SECOND = 60 * 1024;
const BYTES_BURST = 128 * 1024;
/** The same in messages. */
const MESSAGES_PER_SECOND = 60;
const MESSAGES_BURST = 100;

/** Something that waits for its turn. */
export interface Parcel {
  readonly bytes: number;
  /** Hands it over; called once, when it may go. */
  go(): void;
}

/** What waits of one channel. */
export interface Lane {
  readonly isHigh: boolean;
  /** What goes next; undefined if nothing waits, or it may not go yet for a reason of the channel's own. */
  next(): Parcel | undefined;
  /** In milliseconds of `performance.now()`: not before this, by the channel's own rate. */
  readonly notBefore: number;
  /** Takes it off. */
  take(parcel: Parcel): void;
}

/** Lets all channels of a call share what the client may send: high before normal, and among those of one priority in turn. */
export class DataPace {
  private readonly lanes = new Set<Lane>();
  private bytes = BYTES_BURST;
  private messages = MESSAGES_BURST;
  private refilledAt = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;

  add(lane: Lane): void {
    this.lanes.add(lane);
  }

  remove(lane: Lane): void {
    this.lanes.delete(lane);
  }

  /** Sends what may go now, and comes back by itself for the rest. Call it whenever something begins to wait. */
  pump(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (let due = this.nextDue(); due; due = this.nextDue()) {
      const wait = this.waitFor(due.lane, due.parcel);
      if (wait > 0) {
        this.timer = setTimeout(() => this.pump(), Math.ceil(wait));
        return;
      }
      this.bytes -= due.parcel.bytes;
      this.messages -= 1;
      // To the end, so that the others of its priority come first.
      this.lanes.delete(due.lane);
      this.lanes.add(due.lane);
      due.lane.take(due.parcel);
      due.parcel.go();
    }
  }

  /** Of what may go now by its channel's rate the most important; otherwise what may go soonest. */
  private nextDue(): { lane: Lane; parcel: Parcel } | undefined {
    const now = performance.now();
    const waiting = [...this.lanes].flatMap((lane) => {
      const parcel = lane.next();
      return parcel ? [{ lane, parcel }] : [];
    });
    const ready = waiting.filter(({ lane }) => lane.notBefore <= now);
    const soonest = waiting.reduce<(typeof waiting)[number] | undefined>((best, each) => (best && best.lane.notBefore <= each.lane.notBefore ? best : each), undefined);
    return ready.find(({ lane }) => lane.isHigh) ?? ready[0] ?? soonest;
  }

  private waitFor(lane: Lane, parcel: Parcel): number {
    const now = performance.now();
    const seconds = (now - this.refilledAt) / 1_000;
    this.refilledAt = now;
    this.bytes = Math.min(BYTES_BURST, this.bytes + seconds * BYTES_PER_SECOND);
    this.messages = Math.min(MESSAGES_BURST, this.messages + seconds * MESSAGES_PER_SECOND);
    const forBytes = ((parcel.bytes - this.bytes) / BYTES_PER_SECOND) * 1_000;
    const forMessages = ((1 - this.messages) / MESSAGES_PER_SECOND) * 1_000;
    return Math.max(lane.notBefore - now, forBytes, forMessages);
  }
}
