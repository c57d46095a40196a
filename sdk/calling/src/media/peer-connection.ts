// The one file that knows the browser's RTCPeerConnection.

import type { IceServer } from '../api/agent.js';
import type { VideoSendConstraints } from '../api/common.js';
import type { TrackUse } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { LAYERS, layersOf } from './layers.js';
import type { Inbound, InboundVideo, LinkState, MediaConnection, MediaConnectionEvents, Offer, SendUse, StatsEntry, StatsSnapshot } from './connection.js';

/** Voices that are heard at once. More cost everybody memory and join time; with fewer, somebody who laughs or agrees is not heard. */
const AUDIO_SLOTS = 5;
/** Receiving video m-lines at first. More cost join time (the offer grows); fewer cost an early renegotiation. */
const VIDEO_SLOTS = 9;
/** What a shared screen may take, in bits per second: enough for 1080p text that scrolls. More crowds out everybody's cameras. */
const SCREEN_BITRATE_MAX = 2_500_000;
/** Frames per second of a shared screen. */
const SCREEN_FRAMES_MAX = 15;

/**
 * VP8 first, since every browser has it; H264 in the one profile that all of them share. Voices may come with what was before once more (RED), over lines that
 * lose packets; they are sent plain. Nothing else, to keep offers small.
 */
function wanted(kind: 'audio' | 'video', codec: RTCRtpCodec): boolean {
  const type = codec.mimeType.toLowerCase();
  if (kind === 'audio') {
    return type === 'audio/opus' || type === 'audio/red';
  }
  const fmtp = codec.sdpFmtpLine ?? '';
  const baseline = type === 'video/h264' && fmtp.includes('packetization-mode=1') && /profile-level-id=42e0/i.test(fmtp);
  return type === 'video/vp8' || type === 'video/rtx' || baseline;
}

function preferCodecs(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video'): void {
  const sends = transceiver.direction === 'sendonly';
  const capabilities = (sends ? RTCRtpSender : RTCRtpReceiver).getCapabilities(kind);
  const codecs = (capabilities?.codecs ?? []).filter((codec) => wanted(kind, codec));
  // Browsers send by what comes first.
  codecs.sort((a, b) => Number(a.mimeType.toLowerCase() === 'audio/red') - Number(b.mimeType.toLowerCase() === 'audio/red'));
  if (codecs.length > 0 && typeof transceiver.setCodecPreferences === 'function') {
    transceiver.setCodecPreferences(codecs);
  }
}

/** A media connection over the browser's `RTCPeerConnection`. */
export class PeerConnection implements MediaConnection {
  private readonly emitter = new Emitter<MediaConnectionEvents>();
  private readonly peer: RTCPeerConnection;
  private limits: VideoSendConstraints = {};
  private relays = 0;
  private readonly uses: { readonly transceiver: RTCRtpTransceiver; readonly use: TrackUse }[] = [];
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);

  constructor(private readonly iceServers: readonly IceServer[]) {
    this.peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers: [...iceServers] });
    this.add('audio', 'microphone', 'sendonly');
    this.add('video', 'camera', 'sendonly');
    this.add('video', 'screen', 'sendonly');
    for (let slot = 0; slot < AUDIO_SLOTS; slot += 1) {
      this.add('audio', 'audioSlot', 'recvonly');
    }
    this.growVideoSlots(VIDEO_SLOTS);
    this.add('video', 'screenSlot', 'recvonly');
    this.peer.addEventListener('icecandidate', ({ candidate }) => {
      this.relays += candidate?.type === 'relay' ? 1 : 0;
    });
    this.peer.addEventListener('connectionstatechange', () => this.emitter.emit('stateChanged', this.state));
  }

  get state(): LinkState {
    return this.peer.connectionState;
  }

  get videoSlots(): number {
    return this.uses.filter((each) => each.use === 'videoSlot').length;
  }

  async createOffer(): Promise<Offer> {
    const offer = await this.peer.createOffer();
    await this.peer.setLocalDescription(offer);
    const tracks = this.uses.flatMap(({ transceiver, use }) => (transceiver.mid === null ? [] : [{ mid: transceiver.mid, use }]));
    return { sdp: offer.sdp ?? '', tracks };
  }

  async applyAnswer(sdp: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
    // Chromium takes from each answer which layers are sent: as the offer said that was made first.
    await this.applyLayers();
  }

  async setTrack(use: SendUse, track: MediaStreamTrack | null): Promise<void> {
    const { sender } = this.transceiver(use);
    // First the layers: those of the camera before may not fit.
    if (use === 'camera') {
      await this.applyLayers(track);
    }
    await sender.replaceTrack(track);
    if (use === 'screen' && track) {
      await this.keepReadable(track);
    }
  }

  /** When the network is short, a shared screen keeps its pixels and loses frames, unless the app said that it is a film. */
  private async keepReadable(track: MediaStreamTrack): Promise<void> {
    const { sender } = this.transceiver('screen');
    const isFilm = track.contentHint === 'motion';
    const parameters = sender.getParameters();
    parameters.degradationPreference = isFilm ? 'balanced' : 'maintain-resolution';
    for (const encoding of parameters.encodings) {
      encoding.maxBitrate = SCREEN_BITRATE_MAX;
      setOrDelete(encoding, 'maxFramerate', isFilm ? undefined : SCREEN_FRAMES_MAX);
    }
    await sender.setParameters(parameters);
  }

  async limitVideo(limits: VideoSendConstraints): Promise<void> {
    this.limits = limits;
    await this.applyLayers();
  }

  /** Which layers are sent, and how large, depends on the camera that is sent now. A browser without simulcast has one encoding: the largest. */
  private async applyLayers(track = this.transceiver('camera').sender.track): Promise<void> {
    if (!track) {
      return;
    }
    const { sender } = this.transceiver('camera');
    const layers = layersOf(track.getSettings?.(), this.limits);
    const largest = layers.filter((layer) => layer.active).at(-1);
    const parameters = sender.getParameters();
    const isOne = parameters.encodings.length === 1;
    for (const [index, encoding] of parameters.encodings.entries()) {
      const layer = isOne ? largest : layers[index];
      if (layer) {
        encoding.active = layer.active;
        encoding.scaleResolutionDownBy = layer.scaleResolutionDownBy;
        setOrDelete(encoding, 'maxBitrate', layer.maxBitrate);
        setOrDelete(encoding, 'maxFramerate', layer.maxFramerate);
      }
    }
    await sender.setParameters(parameters);
  }

  growVideoSlots(count: number): void {
    while (this.videoSlots < count) {
      this.add('video', 'videoSlot', 'recvonly');
    }
  }

  restartIce(): void {
    this.peer.restartIce();
  }

  audioTracks(): MediaStreamTrack[] {
    return this.uses.filter((each) => each.use === 'audioSlot').map((each) => each.transceiver.receiver.track);
  }

  trackOf(mid: string): MediaStreamTrack | undefined {
    return this.uses.find((each) => each.transceiver.mid === mid)?.transceiver.receiver.track;
  }

  async inbound(): Promise<Inbound> {
    const report = await this.peer.getStats();
    let packets = 0;
    let transported = 0;
    let checks = 0;
    const video = new Map<string, InboundVideo>();
    report.forEach((stats: RTCStats) => {
      if (stats.type === 'transport') {
        transported += (stats as RTCTransportStats & { packetsReceived?: number }).packetsReceived ?? 0;
      } else if (stats.type === 'candidate-pair') {
        checks += (stats as RTCIceCandidatePairStats).responsesReceived ?? 0;
      }
      if (stats.type !== 'inbound-rtp') {
        return;
      }
      const inbound = stats as RTCInboundRtpStreamStats;
      packets += inbound.packetsReceived ?? 0;
      if (inbound.kind === 'video' && inbound.mid !== undefined) {
        const size = { width: inbound.frameWidth ?? 0, height: inbound.frameHeight ?? 0 };
        video.set(inbound.mid, { frames: inbound.framesReceived ?? 0, ...size });
      }
    });
    return { packets: Math.max(packets, transported), checks, video };
  }

  async snapshot(): Promise<StatsSnapshot> {
    const entries: StatsEntry[] = [];
    (await this.peer.getStats()).forEach((entry: RTCStats) => entries.push({ ...entry }));
    const uses = new Map(this.uses.flatMap(({ transceiver, use }) => (transceiver.mid === null ? [] : [[transceiver.mid, use]])));
    const wantsRelay = this.iceServers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
    const relaysMissing = wantsRelay && this.relays === 0 && this.peer.iceGatheringState === 'complete';
    return { connection: this.peer, at: performance.now(), entries, uses, relaysMissing };
  }

  close(): void {
    this.peer.close();
    this.emitter.clear();
  }

  private add(kind: 'audio' | 'video', use: TrackUse, direction: 'sendonly' | 'recvonly'): void {
    // The server takes layers from the smallest to the largest.
    const layers = LAYERS.map((rid, index) => ({ rid, scaleResolutionDownBy: 2 ** (LAYERS.length - 1 - index) }));
    const transceiver = this.peer.addTransceiver(kind, use === 'camera' ? { direction, sendEncodings: layers } : { direction });
    preferCodecs(transceiver, kind);
    this.uses.push({ transceiver, use });
  }

  private transceiver(use: SendUse): RTCRtpTransceiver {
    const found = this.uses.find((each) => each.use === use);
    if (!found) {
      throw new Error(`The constructor adds an m-line for ${use}.`);
    }
    return found.transceiver;
  }
}

function setOrDelete<K extends 'maxBitrate' | 'maxFramerate'>(
  encoding: RTCRtpEncodingParameters,
  key: K,
  value: number | undefined,
): void {
  if (value === undefined) {
    delete encoding[key];
  } else {
    encoding[key] = value;
  }
}
