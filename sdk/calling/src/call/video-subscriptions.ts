import { asCallingError } from '../errors.js';
import { wishKey, type Inbound } from '../media/connection.js';
import type { SlotView, VideoWish } from '../signaling/protocol.gen.js';
import type { DemandListener, RemoteVideo } from '../streams/remote-video-stream.js';
import { log } from '../util/logger.js';

/** Wishes that the protocol takes (`SUBSCRIPTIONS_MAX` of the server); more would be refused as a whole. */
const WISHES_MAX = 50;
/**
 * Sizes alone are told at most that often. Less: a window that is dragged larger costs many requests. More: a picture stays coarse, or comes for nobody, for
 * longer.
 */
const SIZES_EVERY_MS = 300;

/** What subscriptions need of the rest of the call. */
export interface SubscriptionTarget {
  subscribe(videos: VideoWish[]): Promise<void>;
  ensureVideoSlots(count: number): Promise<void>;
  trackOf(mid: string): MediaStreamTrack | undefined;
}

/** Turns who looks at what into wishes, and the server's slots into tracks. */
export class VideoSubscriptions implements DemandListener {
  /** In the order in which they were first wanted. */
  private readonly wanted = new Set<RemoteVideo>();
  private slots = new Map<string, string>();
  private sent = '';
  private sentSizes = '';
  private sentAt = Number.NEGATIVE_INFINITY;
  private later: ReturnType<typeof setTimeout> | undefined;
  private ready = false;
  private scheduled = false;
  /** Everything was given back and asked for anew: what is shown stays until the server says what the slots carry now. */
  private asksAnew = false;

  constructor(private readonly target: SubscriptionTarget) {}

  /** True if some slot carries something that is seen. */
  get isReceiving(): boolean {
    const hidden = new Set([...this.wanted].flatMap((stream) => (stream.wish && stream.isHidden ? [wishKey(stream.wish)] : [])));
    return [...this.slots.keys()].some((key) => !hidden.has(key));
  }

  handleDemandChanged(stream: RemoteVideo): void {
    if (stream.wish) {
      this.wanted.add(stream);
    } else {
      this.wanted.delete(stream);
      stream.handleTrack(undefined);
    }
    this.assign();
    this.schedule();
  }

  /** Media is negotiated: wishes can be sent. */
  handleReady(): void {
    this.ready = true;
    this.schedule();
  }

  /** Nothing can be sent for a while. */
  handleAway(): void {
    this.ready = false;
  }

  /**
   * This client is back in the call: wishes are sent again.
   *
   * @param kept whether the slots still carry what they carried. The server says nothing of slots that stayed as they were, and what it said in
   *   between is lost: so everything is given back first, and then asked for anew.
   */
  async handleBack(kept: boolean): Promise<void> {
    this.sent = '';
    this.asksAnew = false;
    if (!kept) {
      this.handleSlots([]);
    } else if (this.wishes.length > 0) {
      this.asksAnew = true;
      await this.target.subscribe([]);
    }
    this.handleReady();
  }

  /** No longer in the call. */
  handleReset(): void {
    this.ready = false;
    clearTimeout(this.later);
    this.later = undefined;
    this.sent = '';
    this.asksAnew = false;
    this.handleSlots([]);
  }

  /** What the receiving m-lines carry now: the whole set. */
  handleSlots(slots: readonly SlotView[]): void {
    if (this.asksAnew && slots.length === 0) {
      return;
    }
    this.asksAnew = false;
    this.slots = new Map(slots.map((slot) => [wishKey(slot), slot.mid]));
    this.assign();
  }

  handleInbound(inbound: Inbound): void {
    for (const stream of this.wanted) {
      const mid = this.midOf(stream);
      stream.handleInbound(mid === undefined ? undefined : inbound.video.get(mid));
    }
  }

  /** The wishes now: shared screens first, then in the order in which they were wanted. */
  get wishes(): VideoWish[] {
    const wishes = [...this.wanted].flatMap((stream) => stream.wish ?? []);
    const screens = wishes.filter((wish) => wish.source === 'screen');
    const cameras = wishes.filter((wish) => wish.source !== 'screen');
    return [...screens, ...cameras].slice(0, WISHES_MAX);
  }

  /** The `id` of the stream that arrives on that m-line now. */
  streamIdOf(mid: string): number | undefined {
    return [...this.wanted].find((stream) => this.midOf(stream) === mid)?.id;
  }

  private midOf(stream: RemoteVideo): string | undefined {
    return stream.wish ? this.slots.get(wishKey(stream.wish)) : undefined;
  }

  private assign(): void {
    for (const stream of this.wanted) {
      const mid = this.midOf(stream);
      stream.handleTrack(mid === undefined ? undefined : this.target.trackOf(mid));
    }
  }

  /** Changes of one turn go out together. */
  private schedule(): void {
    if (!this.scheduled) {
      this.scheduled = true;
      queueMicrotask(() => {
        this.scheduled = false;
        void this.send();
      });
    }
  }

  private async send(): Promise<void> {
    const wishes = this.wishes;
    const isSame = keysOf(wishes) === this.sent;
    if (!this.ready || (isSame && sizesOf(wishes) === this.sentSizes)) {
      return;
    }
    const wait = this.sentAt + SIZES_EVERY_MS - performance.now();
    if (isSame && wait > 0) {
      this.later ??= setTimeout(() => {
        this.later = undefined;
        void this.send();
      }, wait);
      return;
    }
    this.note(wishes);
    try {
      const cameras = wishes.filter((wish) => wish.source !== 'screen').length;
      await this.target.ensureVideoSlots(cameras);
      const latest = this.wishes;
      this.note(latest);
      await this.target.subscribe(latest);
    } catch (error) {
      this.sent = '';
      log.warning(`Videos could not be subscribed: ${asCallingError(error).message}`);
    }
  }

  /** These are sent. */
  private note(wishes: readonly VideoWish[]): void {
    this.sent = keysOf(wishes);
    this.sentSizes = sizesOf(wishes);
    this.sentAt = performance.now();
  }
}

function keysOf(wishes: readonly VideoWish[]): string {
  return wishes.map(wishKey).join(' ');
}

function sizesOf(wishes: readonly VideoWish[]): string {
  return wishes.map(({ shown }) => (shown ? `${shown.width}x${shown.height}` : 'any')).join(' ');
}
