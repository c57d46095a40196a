import type { MediaStreamType, StreamSize } from '../api/common.js';
import type { RemoteVideoStream, RemoteVideoStreamEvents } from '../api/streams.js';
import { failure } from '../errors.js';
import type { InboundVideo } from '../media/connection.js';
import type { VideoWish } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { carry, type VideoSource, type VideoSourceEvents } from './video-source.js';

/** Counts without a new frame after which a stream no longer counts as received (about two seconds). */
const STALE_COUNTS_MAX = 2;

/** Is told when a stream begins or ends to be wanted, comes from another leg, or is shown in another size. */
export interface DemandListener {
  handleDemandChanged(stream: RemoteVideo): void;
}

let nextStreamId = 1;

/** Somebody's camera or screen. It is asked for from the server while a view, or a caller of `getMediaStream`, uses it. */
export class RemoteVideo implements RemoteVideoStream {
  readonly id: number;
  private readonly emitter = new Emitter<RemoteVideoStreamEvents>();
  private readonly sourceEvents = new Emitter<VideoSourceEvents>();
  private leg: string | undefined;
  private uses = 0;
  /** How large its views show it, as far as they can tell. */
  private readonly views = new Map<object, StreamSize | 'unknown'>();
  private receiving = false;
  private dimensions: StreamSize = { width: 0, height: 0 };
  private received: MediaStreamTrack | undefined;
  private handedOut: MediaStream | undefined;
  /** Frames at the last count on this track; undefined before the first one, since slots are used again. */
  private lastFrames: number | undefined;
  private staleCounts = 0;

  constructor(
    readonly mediaStreamType: MediaStreamType,
    private readonly wishSource: VideoWish['source'],
    private readonly demand: DemandListener,
  ) {
    this.id = nextStreamId;
    nextStreamId += 1;
    carry(this, this.asSource());
  }

  get isAvailable(): boolean {
    return this.leg !== undefined;
  }

  get isReceiving(): boolean {
    return this.receiving;
  }

  get size(): StreamSize {
    return { ...this.dimensions };
  }

  /** What to ask the server for, while somebody looks and the participant sends. */
  get wish(): VideoWish | undefined {
    if (this.uses === 0 || this.leg === undefined) {
      return undefined;
    }
    const { shown } = this;
    return { participantId: this.leg, source: this.wishSource, ...(shown && { shown }) };
  }

  /** True if it is asked for, but nothing of it is seen: then nothing of it comes. */
  get isHidden(): boolean {
    return this.shown?.width === 0;
  }

  /** The largest of its views. Unknown while somebody uses it otherwise: then the best that there is comes. */
  private get shown(): StreamSize | undefined {
    const sizes = [...this.views.values()].filter((size) => size !== 'unknown');
    return this.handedOut || sizes.length === 0 || sizes.length < this.views.size
      ? undefined
      : { width: Math.max(...sizes.map((size) => size.width)), height: Math.max(...sizes.map((size) => size.height)) };
  }

  on<K extends keyof RemoteVideoStreamEvents>(event: K, listener: RemoteVideoStreamEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof RemoteVideoStreamEvents>(event: K, listener: RemoteVideoStreamEvents[K]): void {
    this.emitter.off(event, listener);
  }

  /**
   * The stream's frames. The same object each time; it holds a track whenever the server sends one.
   *
   * @throws CommunicationServicesError 412 if the participant does not send it
   */
  getMediaStream(): Promise<MediaStream> {
    if (!this.isAvailable) {
      return Promise.reject(failure('videoNotStarted', 'The participant does not send this stream now. Wait for isAvailableChanged.'));
    }
    if (!this.handedOut) {
      this.handedOut = new MediaStream();
      this.uses += 1;
      this.demand.handleDemandChanged(this);
      this.fillHandedOut();
    }
    return Promise.resolve(this.handedOut);
  }

  /** Which leg sends it now; none if nobody does. */
  handleLeg(leg: string | undefined): void {
    if (leg === this.leg) {
      return;
    }
    const wasAvailable = this.isAvailable;
    this.leg = leg;
    if (leg === undefined) {
      this.endHandedOut();
      this.handleTrack(undefined);
    }
    this.demand.handleDemandChanged(this);
    if (wasAvailable !== this.isAvailable) {
      this.emitter.emit('isAvailableChanged');
    }
  }

  /** The sender's connection is lost at the moment. */
  handleAway(): void {
    this.setReceiving(false);
  }

  /** On which track it arrives now; none if no slot carries it. */
  handleTrack(track: MediaStreamTrack | undefined): void {
    if (track === this.received) {
      return;
    }
    this.received = track;
    this.staleCounts = 0;
    this.lastFrames = undefined;
    if (!track) {
      this.setReceiving(false);
    }
    this.fillHandedOut();
    this.sourceEvents.emit('trackChanged', track);
  }

  /** What arrived on its m-line so far. */
  handleInbound(video: InboundVideo | undefined): void {
    if (this.isHidden) {
      this.lastFrames = undefined;
      this.staleCounts = 0;
      return;
    }
    const frames = video?.frames ?? 0;
    const moved = this.lastFrames !== undefined && frames > this.lastFrames;
    this.lastFrames = frames;
    this.staleCounts = moved ? 0 : this.staleCounts + 1;
    if (video && moved && this.received) {
      this.setSize(video.width, video.height);
      this.setReceiving(true);
    } else if (this.staleCounts >= STALE_COUNTS_MAX) {
      this.setReceiving(false);
    }
  }

  private asSource(): VideoSource {
    const current = (): MediaStreamTrack | undefined => this.received;
    return {
      source: this.sourceEvents,
      get track() {
        return current();
      },
      use: () => {
        this.changeUses(1);
        let open = true;
        return Promise.resolve(() => {
          if (open) {
            open = false;
            this.changeUses(-1);
          }
        });
      },
      handleFrame: (width, height) => {
        if (this.received) {
          this.setSize(width, height);
          this.setReceiving(true);
        }
      },
      handleShown: (view, size) => {
        if (size === 'gone') {
          this.views.delete(view);
        } else {
          this.views.set(view, size);
        }
        this.demand.handleDemandChanged(this);
      },
    };
  }

  private changeUses(by: 1 | -1): void {
    const was = this.uses > 0;
    this.uses += by;
    if (was !== this.uses > 0) {
      this.demand.handleDemandChanged(this);
    }
  }

  private fillHandedOut(): void {
    if (!this.handedOut) {
      return;
    }
    for (const track of this.handedOut.getTracks()) {
      this.handedOut.removeTrack(track);
    }
    if (this.received) {
      this.handedOut.addTrack(this.received);
    }
  }

  private endHandedOut(): void {
    if (this.handedOut) {
      for (const track of this.handedOut.getTracks()) {
        this.handedOut.removeTrack(track);
      }
      this.handedOut = undefined;
      this.uses -= 1;
      this.demand.handleDemandChanged(this);
    }
  }

  private setReceiving(receiving: boolean): void {
    if (receiving !== this.receiving) {
      this.receiving = receiving;
      this.emitter.emit('isReceivingChanged');
    }
  }

  private setSize(width: number, height: number): void {
    const changed = width !== this.dimensions.width || height !== this.dimensions.height;
    if (changed && width > 0 && height > 0) {
      this.dimensions = { width, height };
      this.emitter.emit('sizeChanged');
    }
  }
}
