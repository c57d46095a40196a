// What the SDK asks of one peer connection. `peer-connection.ts` does it with the browser's; tests do it without one.

import type { TrackPlan, TrackUse, VideoWish } from '../signaling/protocol.gen.js';
import type { EventSource } from '../util/emitter.js';
import type { VideoSendConstraints } from '../api/common.js';

/** What a client sends. */
export type SendUse = 'microphone' | 'camera' | 'screen';

/** A local offer and what its m-lines are for. */
export interface Offer {
  readonly sdp: string;
  readonly tracks: TrackPlan[];
}

/** What arrived so far. */
export interface Inbound {
  /** Packets of all m-lines since the connection began: RTP, and RTCP where the browser counts it. */
  readonly packets: number;
  /** Answered checks of the path (ICE). */
  readonly checks?: number;
  /** By `mid`, for video m-lines on which something arrived. */
  readonly video: ReadonlyMap<string, InboundVideo>;
}

export interface InboundVideo {
  /** Frames since the connection began. */
  readonly frames: number;
  readonly width: number;
  readonly height: number;
}

/** One entry of the browser's statistics (W3C webrtc-stats). */
export interface StatsEntry {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Everything that the browser counted of one connection, at one moment. */
export interface StatsSnapshot {
  /** Which connection it was: a new one counts from zero. */
  readonly connection: object;
  /** In milliseconds, on any one clock. */
  readonly at: number;
  readonly entries: readonly StatsEntry[];
  /** What the m-lines are for, by `mid`. */
  readonly uses: ReadonlyMap<string, TrackUse>;
  /** True if the app named TURN servers, and none of them gave an address. */
  readonly relaysMissing: boolean;
}

/** A connection's state, as `RTCPeerConnection.connectionState`. */
export type LinkState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface MediaConnectionEvents {
  stateChanged: (state: LinkState) => void;
}

/**
 * One peer connection: three sending m-lines (microphone, camera, screen) and receiving slots. The client always offers.
 *
 * Call `createOffer`, then `applyAnswer` for it, then the next `createOffer`; the rest at any time until `close`.
 */
export interface MediaConnection extends EventSource<MediaConnectionEvents> {
  readonly state: LinkState;
  readonly videoSlots: number;
  createOffer(): Promise<Offer>;
  applyAnswer(sdp: string): Promise<void>;
  /** Sends the track in that m-line, or nothing. */
  setTrack(use: SendUse, track: MediaStreamTrack | null): Promise<void>;
  /** Bounds what is sent of the camera. */
  limitVideo(limits: VideoSendConstraints): Promise<void>;
  /** Adds receiving m-lines until there are that many; the next offer has them. */
  growVideoSlots(count: number): void;
  /** The next offer restarts ICE. */
  restartIce(): void;
  /** The tracks of the audio slots. */
  audioTracks(): MediaStreamTrack[];
  /** The track that arrives on the m-line. */
  trackOf(mid: string): MediaStreamTrack | undefined;
  inbound(): Promise<Inbound>;
  /** Everything that the browser counted. */
  snapshot(): Promise<StatsSnapshot>;
  close(): void;
}

/** One wish as a text, to look things up by. */
export function wishKey(wish: VideoWish): string {
  return `${wish.participantId}/${wish.source}`;
}
