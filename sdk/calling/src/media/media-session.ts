import { asCallingError, failure, type CallingError } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import type { VideoSendConstraints } from '../api/common.js';
import type { Inbound, LinkState, MediaConnection, Offer, SendUse, StatsSnapshot } from './connection.js';
import { PathWatch } from './path-watch.js';

/** Sends an offer to the server and returns its answer. */
export type Negotiate = (offer: Offer) => Promise<string>;

/** How long the first connection may take. Longer: people stare at a call that cannot work. Shorter: slow networks fail. */
const CONNECT_MAX_MS = 15_000;
/** How long media may stay away before the call ends. Longer: a dead call lingers. Shorter: a short tunnel ends calls. */
const RECOVER_MAX_MS = 30_000;
/** How often arrivals are counted. */
const WATCH_MS = 500;
/** Every so many counts the arrivals are told: about once a second. */
const COUNTS_PER_TELLING = 2;
/** Restarts of ICE are at least that far apart. Longer: media is back late. Shorter: a slow restart is cut off by the next one. */
const RESTART_MIN_MS = 2_000;
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
  /** Media stopped arriving: whatever goes over the same network is in doubt. */
  troubled: () => void;
}

/**
 * A call's media: offers in order, one at a time; watches the path, restarts ICE when it breaks, and says when it is lost.
 *
 * `prepare` may be called while waiting in the lobby: it makes the local offer and sends nothing. `start` sends it. While signaling is
 * `handleInterrupted`, nothing is negotiated and nothing is given up; then `resume` repairs the connection or makes a new one. `reset` goes back to
 * before `start`: what is sent stays chosen.
 */
export class MediaSession {
  readonly events = new Emitter<MediaSessionEvents>();
  private prepared: Promise<Offer> | undefined;
  private negotiate: Negotiate | undefined;
  private queue: Promise<void> = Promise.resolve();
  private exchanging = 0;
  private everConnected = false;
  private interrupted = false;
  private closed = false;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private readonly path = new PathWatch();
  private watch: ReturnType<typeof setInterval> | undefined;
  private counts = 0;
  private restartedAt = Number.NEGATIVE_INFINITY;
  private expectsMedia: () => boolean = () => false;
  private made: MediaConnection | undefined;
  private readonly sent = new Map<SendUse, MediaStreamTrack | null>();
  private limits: VideoSendConstraints = {};
  private slots = 0;
  private paused = false;

  /** @param makeConnection called when one is first needed: making one keeps the page busy for tens of milliseconds */
  constructor(private readonly makeConnection: () => MediaConnection) {}

  private get connection(): MediaConnection {
    if (!this.made) {
      const made = this.makeConnection();
      this.made = made;
      made.on('stateChanged', (state) => this.handleState(state));
      made.growVideoSlots(this.slots);
      const done = [...this.sent].map(([use, track]) => made.setTrack(use, this.paused ? null : track));
      done.push(made.limitVideo(this.limits));
      Promise.all(done).catch((error: unknown) => log.warning(`What is sent could not be set: ${asCallingError(error).message}`));
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
    this.interrupted = false;
    this.arm(CONNECT_MAX_MS);
    if (this.watch === undefined) {
      this.watch = setInterval(() => void this.count(), WATCH_MS);
      globalThis.addEventListener?.('online', this.handleOnline);
    }
    await this.exchange(() => this.takePrepared());
  }

  /** Signaling is away: offers would reach nobody, and a silent path is no reason to give up yet. */
  handleInterrupted(): void {
    this.interrupted = true;
    this.disarm();
  }

  /**
   * Signaling is back.
   *
   * @param kept whether the server still knows the connection; otherwise a new one is made, with the same local tracks
   * @throws CommunicationServicesError the server's refusal
   */
  async resume(kept: boolean): Promise<void> {
    this.interrupted = false;
    if (!this.negotiate) {
      return;
    }
    if (kept && this.made) {
      this.restartedAt = performance.now();
      if (this.made.state !== 'connected') {
        this.arm(RECOVER_MAX_MS);
      }
      this.made.restartIce();
      await this.exchange(() => this.connection.createOffer());
    } else {
      this.discard();
      this.arm(RECOVER_MAX_MS);
      await this.exchange(() => this.connection.createOffer());
    }
  }

  /** Ends what is sent and received, as before `start`; what to send stays chosen. */
  reset(): void {
    this.negotiate = undefined;
    this.everConnected = false;
    this.interrupted = false;
    this.stopWatching();
    this.discard();
  }

  /** Makes sure that so many videos can be received at once, as far as the protocol allows. */
  async ensureVideoSlots(count: number): Promise<void> {
    const have = this.connection.videoSlots;
    const wanted = SLOT_STEPS.find((step) => step >= count) ?? SLOT_STEPS[SLOT_STEPS.length - 1] ?? have;
    if (wanted > have) {
      this.slots = wanted;
      this.connection.growVideoSlots(wanted);
      await this.exchange(() => this.connection.createOffer());
    }
  }

  async setTrack(use: SendUse, track: MediaStreamTrack | null): Promise<void> {
    if (!this.closed) {
      const { connection } = this;
      this.sent.set(use, track);
      if (!this.paused) {
        await connection.setTrack(use, track);
      }
    }
  }

  /** Sends nothing for a while, or goes on with what is chosen by then. */
  async setPaused(paused: boolean): Promise<void> {
    if (this.closed || paused === this.paused) {
      return;
    }
    this.paused = paused;
    const { connection } = this;
    await Promise.all([...this.sent].map(([use, track]) => connection.setTrack(use, paused ? null : track)));
  }

  async limitVideo(limits: VideoSendConstraints): Promise<void> {
    if (!this.closed) {
      const { connection } = this;
      this.limits = limits;
      await connection.limitVideo(limits);
    }
  }

  audioTracks(): MediaStreamTrack[] {
    return this.closed ? [] : this.connection.audioTracks();
  }

  trackOf(mid: string): MediaStreamTrack | undefined {
    return this.made?.trackOf(mid);
  }

  /** True while media that flowed is gone, and being repaired. */
  get isTroubled(): boolean {
    const state = this.made?.state;
    return this.everConnected && !this.closed && (this.path.isSilent || state === 'disconnected' || state === 'failed');
  }

  /** What the browser counted so far; nothing before media flowed, and after the end. */
  async snapshot(): Promise<StatsSnapshot | undefined> {
    return this.made && this.everConnected && !this.closed ? this.made.snapshot() : undefined;
  }

  /** @param expectsMedia whether packets should be arriving now: only then is their absence a fault */
  expect(expectsMedia: () => boolean): void {
    this.expectsMedia = expectsMedia;
  }

  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.stopWatching();
      this.made?.close();
    }
  }

  private stopWatching(): void {
    this.disarm();
    clearInterval(this.watch);
    this.watch = undefined;
    globalThis.removeEventListener?.('online', this.handleOnline);
  }

  private discard(): void {
    this.made?.close();
    this.made = undefined;
    this.prepared = undefined;
    this.path.reset();
  }

  private takePrepared(): Promise<Offer> {
    const offer = this.prepared ?? this.connection.createOffer();
    this.prepared = undefined;
    return offer;
  }

  /** Offers in order. One for a connection that was replaced meanwhile is dropped. */
  private exchange(makeOffer: () => Promise<Offer>): Promise<void> {
    const run = async (): Promise<void> => {
      const { negotiate, connection } = this;
      if (this.closed || !negotiate) {
        return;
      }
      const answer = await negotiate(await makeOffer());
      if (!this.closed && connection === this.made) {
        await connection.applyAnswer(answer);
      }
    };
    this.exchanging += 1;
    const result = this.queue.then(run).finally(() => {
      this.exchanging -= 1;
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  private readonly handleOnline = (): void => this.restart();

  private restart(): void {
    const now = performance.now();
    if (!this.everConnected || this.interrupted || this.exchanging > 0 || now - this.restartedAt < RESTART_MIN_MS) {
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
        this.disarm();
        if (!this.everConnected) {
          this.everConnected = true;
          this.events.emit('connected');
        }
        return;
      case 'disconnected':
      case 'failed':
        if (this.everConnected) {
          this.arm(RECOVER_MAX_MS);
          this.events.emit('troubled');
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
    if (!this.interrupted) {
      this.deadline ??= setTimeout(() => this.lose(), limitMs);
    }
  }

  private disarm(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private lose(): void {
    if (this.closed || this.interrupted) {
      return;
    }
    this.events.emit(
      'failed',
      this.everConnected
        ? failure('mediaLost', 'The media connection was lost. Check the network and join again.')
        : failure('mediaUnreachable', 'No media could be exchanged with the server. Check that UDP to the server\'s media port is allowed.'),
    );
  }

  /** Counts arrivals. While a flow that is expected stays away, or the browser calls the path broken, ICE is restarted again and again. */
  private async count(): Promise<void> {
    const { connection } = this;
    const inbound = await connection.inbound();
    if (this.closed || connection !== this.made) {
      return;
    }
    const was = this.path.isSilent;
    this.path.handleCount(inbound, this.expectsMedia());
    const broken = connection.state === 'disconnected' || connection.state === 'failed';
    if (this.path.isSilent && !was && this.everConnected) {
      this.events.emit('troubled');
    }
    if (this.path.isSilent || broken) {
      this.restart();
    }
    this.counts += 1;
    if (this.counts % COUNTS_PER_TELLING === 0) {
      this.events.emit('inbound', inbound);
    }
  }
}
