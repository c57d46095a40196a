import { asCallingError, failure, type CallingError } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import type { VideoSendConstraints } from '../api/common.js';
import type { Inbound, LinkState, MediaConnection, Offer, SendUse } from './connection.js';

/** Sends an offer to the server and returns its answer. */
export type Negotiate = (offer: Offer) => Promise<string>;

/** How long the first connection may take. Longer: people stare at a call that cannot work. Shorter: slow networks fail. */
const CONNECT_MAX_MS = 15_000;
/** How long media may stay away before the call ends. Longer: a dead call lingers. Shorter: a short tunnel ends calls. */
const RECOVER_MAX_MS = 20_000;
/** How often arrivals are counted; also how soon a silent path is noticed. */
const WATCH_MS = 1_000;
/** Restarts of ICE are at least that far apart. Shorter: a flow that pauses by itself causes a storm of offers. */
const RESTART_MIN_MS = 4_000;
/** Numbers of receiving video m-lines, grown in steps: each step is one renegotiation. */
const SLOT_STEPS = [9, 25, 49] as const;

/** What a media session tells. */
export interface MediaSessionEvents {
  /** Media flows for the first time. Comes once. */
  connected: () => void;
  /** Media is gone for good. Comes once. */
  failed: (reason: CallingError) => void;
  /** What arrived so far; about once a second. */
  inbound: (inbound: Inbound) => void;
}

/**
 * A call's media: offers in order, one at a time; watches the path, restarts ICE when it breaks, and says when it is lost.
 *
 * `prepare` may be called while waiting in the lobby: it makes the local offer and sends nothing. `start` sends it.
 */
export class MediaSession {
  readonly events = new Emitter<MediaSessionEvents>();
  private prepared: Promise<Offer> | undefined;
  private negotiate: Negotiate | undefined;
  private queue: Promise<void> = Promise.resolve();
  private everConnected = false;
  private closed = false;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private lastPackets = 0;
  private restartedAt = Number.NEGATIVE_INFINITY;
  private flowing = false;
  private expectsMedia = false;
  private made: MediaConnection | undefined;

  /** @param makeConnection called once, when it is first needed: making one keeps the page busy for tens of milliseconds */
  constructor(private readonly makeConnection: () => MediaConnection) {}

  private get connection(): MediaConnection {
    if (!this.made) {
      this.made = this.makeConnection();
      this.made.on('stateChanged', (state) => this.handleState(state));
      globalThis.addEventListener?.('online', this.handleOnline);
    }
    return this.made;
  }

  /** Makes the local offer ahead of time. */
  async prepare(): Promise<void> {
    this.prepared ??= this.connection.createOffer();
    await this.prepared;
  }

  /**
   * Sends the first offer.
   *
   * @throws CommunicationServicesError the server's refusal
   */
  async start(negotiate: Negotiate): Promise<void> {
    this.negotiate = negotiate;
    this.arm(CONNECT_MAX_MS);
    this.watch = setInterval(() => void this.count(), WATCH_MS);
    await this.exchange(() => this.prepared ?? this.connection.createOffer());
  }

  /** Makes sure that so many videos can be received at once, as far as the protocol allows. */
  async ensureVideoSlots(count: number): Promise<void> {
    const have = this.connection.videoSlots;
    const wanted = SLOT_STEPS.find((step) => step >= count) ?? SLOT_STEPS[SLOT_STEPS.length - 1] ?? have;
    if (wanted > have) {
      this.connection.growVideoSlots(wanted);
      await this.exchange(() => this.connection.createOffer());
    }
  }

  async setTrack(use: SendUse, track: MediaStreamTrack | null): Promise<void> {
    if (!this.closed) {
      await this.connection.setTrack(use, track);
    }
  }

  async limitVideo(limits: VideoSendConstraints): Promise<void> {
    if (!this.closed) {
      await this.connection.limitVideo(limits);
    }
  }

  audioTracks(): MediaStreamTrack[] {
    return this.connection.audioTracks();
  }

  trackOf(mid: string): MediaStreamTrack | undefined {
    return this.connection.trackOf(mid);
  }

  /** Whether packets should be arriving now: only then is their absence a fault. */
  handleExpectation(expectsMedia: boolean): void {
    this.expectsMedia = expectsMedia;
  }

  close(): void {
    if (!this.closed) {
      this.closed = true;
      clearTimeout(this.deadline);
      clearInterval(this.watch);
      globalThis.removeEventListener?.('online', this.handleOnline);
      this.made?.close();
    }
  }

  private exchange(makeOffer: () => Promise<Offer>): Promise<void> {
    const run = async (): Promise<void> => {
      if (this.closed || !this.negotiate) {
        return;
      }
      const answer = await this.negotiate(await makeOffer());
      if (!this.closed) {
        await this.connection.applyAnswer(answer);
      }
    };
    const result = this.queue.then(run);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private readonly handleOnline = (): void => {
    if (this.everConnected) {
      this.restart();
    }
  };

  private restart(): void {
    const now = performance.now();
    if (now - this.restartedAt < RESTART_MIN_MS) {
      return;
    }
    this.restartedAt = now;
    log.info('The media path is silent: restarting ICE.');
    this.connection.restartIce();
    this.exchange(() => this.connection.createOffer()).catch((error: unknown) => {
      log.warning(`Restarting ICE failed: ${asCallingError(error).message}`);
    });
  }

  private handleState(state: LinkState): void {
    switch (state) {
      case 'connected':
        clearTimeout(this.deadline);
        this.deadline = undefined;
        if (!this.everConnected) {
          this.everConnected = true;
          this.events.emit('connected');
        }
        return;
      case 'disconnected':
      case 'failed':
        if (this.everConnected) {
          this.arm(RECOVER_MAX_MS);
          this.restart();
        } else if (state === 'failed') {
          this.lose();
        }
        return;
      case 'new':
      case 'connecting':
      case 'closed':
        return;
    }
  }

  /** Media must flow again within that time; a deadline that runs already stands. */
  private arm(limitMs: number): void {
    this.deadline ??= setTimeout(() => this.lose(), limitMs);
  }

  private lose(): void {
    if (this.closed) {
      return;
    }
    this.events.emit(
      'failed',
      this.everConnected
        ? failure('mediaLost', 'The media connection was lost. Check the network and join again.')
        : failure('mediaUnreachable', 'No media could be exchanged with the server. Check that UDP to the server\'s media port is allowed.'),
    );
  }

  /** Counts arrivals. A flow that stops although it is expected gets one ICE restart; the next one when it has flowed again. */
  private async count(): Promise<void> {
    const inbound = await this.connection.inbound();
    if (this.closed) {
      return;
    }
    const flows = inbound.packets > this.lastPackets;
    this.lastPackets = inbound.packets;
    if (this.flowing && !flows && this.expectsMedia && this.everConnected) {
      this.restart();
    }
    this.flowing = flows;
    this.events.emit('inbound', inbound);
  }
}
