import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PeerConnection } from '../src/media/peer-connection.js';
import { asTrack, FakeTrack } from './support/fakes.js';

interface Codec {
  mimeType: string;
  sdpFmtpLine?: string;
}

const VIDEO: Codec[] = [
  { mimeType: 'video/VP8' },
  { mimeType: 'video/rtx' },
  { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
  { mimeType: 'video/H264', sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f' },
  { mimeType: 'video/H264', sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f' },
  { mimeType: 'video/H264', sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f' },
  { mimeType: 'video/AV1' },
];
const AUDIO: Codec[] = [{ mimeType: 'audio/red' }, { mimeType: 'audio/opus' }, { mimeType: 'audio/PCMU' }, { mimeType: 'audio/telephone-event' }];
const capabilities = { getCapabilities: (kind: string) => ({ codecs: kind === 'audio' ? AUDIO : VIDEO }) };

type Encoding = Record<string, number | string | boolean>;

class FakeTransceiver {
  mid: string | null = null;
  preferred: Codec[] = [];
  readonly receiver: { track: MediaStreamTrack };
  readonly sender = {
    track: null as MediaStreamTrack | null,
    parameters: { encodings: [{}] } as { encodings: Encoding[]; degradationPreference?: string },
    replaceTrack: (track: MediaStreamTrack | null): Promise<void> => {
      this.sender.track = track;
      return Promise.resolve();
    },
    getParameters: () => structuredClone(this.sender.parameters),
    setParameters: (parameters: { encodings: Encoding[]; degradationPreference?: string }): Promise<void> => {
      this.sender.parameters = parameters;
      return Promise.resolve();
    },
  };
  /** The names of the layers. */
  get rids(): unknown[] {
    return this.sender.parameters.encodings.flatMap((each) => each['rid'] ?? []);
  }
  constructor(readonly kind: 'audio' | 'video', readonly direction: string, encodings: Encoding[] = [{}]) {
    this.sender.parameters = { encodings };
    this.receiver = { track: asTrack(new FakeTrack(kind, `receives ${kind}`)) };
  }
  setCodecPreferences(codecs: Codec[]): void {
    this.preferred = codecs;
  }
}

class FakeRtc extends EventTarget {
  static last: FakeRtc;
  readonly transceivers: FakeTransceiver[] = [];
  readonly done: unknown[] = [];
  connectionState = 'new';
  iceGatheringState = 'gathering';
  stats: Record<string, unknown>[] = [];
  constructor(readonly configuration: unknown) {
    super();
    FakeRtc.last = this;
  }
  addTransceiver(kind: 'audio' | 'video', { direction, sendEncodings }: { direction: string; sendEncodings?: Encoding[] }): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, direction, sendEncodings);
    this.transceivers.push(transceiver);
    return transceiver;
  }
  createOffer(): Promise<{ type: string; sdp: string }> {
    return Promise.resolve({ type: 'offer', sdp: 'v=0' });
  }
  setLocalDescription(description: unknown): Promise<void> {
    this.done.push(description);
    this.transceivers.forEach((transceiver, index) => (transceiver.mid = String(index)));
    return Promise.resolve();
  }
  setRemoteDescription(description: unknown): Promise<void> {
    this.done.push(description);
    return Promise.resolve();
  }
  restartIce(): void {
    this.done.push('restartIce');
  }
  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(new Map(this.stats.map((stats, index) => [String(index), stats])));
  }
  close(): void {
    this.connectionState = 'closed';
  }
}

let peer: PeerConnection;
let rtc: FakeRtc;

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', FakeRtc);
  vi.stubGlobal('RTCRtpSender', capabilities);
  vi.stubGlobal('RTCRtpReceiver', capabilities);
  peer = new PeerConnection([{ urls: ['turn:turn.example'] }]);
  rtc = FakeRtc.last;
});

afterEach(() => vi.unstubAllGlobals());

describe('a peer connection', () => {
  it('offers three sending m-lines, five audio slots, nine video slots and one for a screen', async () => {
    const offer = await peer.createOffer();
    const uses = ['microphone', 'camera', 'screen', ...Array<string>(5).fill('audioSlot'), ...Array<string>(9).fill('videoSlot'), 'screenSlot'];
    expect(offer).toEqual({ sdp: 'v=0', tracks: uses.map((use, index) => ({ mid: String(index), use })) });
    expect(rtc.transceivers.map((each) => each.direction)).toEqual(uses.map((_, index) => (index < 3 ? 'sendonly' : 'recvonly')));
    expect(rtc.configuration).toMatchObject({ bundlePolicy: 'max-bundle', iceServers: [{ urls: ['turn:turn.example'] }] });
  });

  it('offers Opus before what carries it twice, and VP8 before H264 in the one profile that all browsers share', () => {
    const names = (index: number): (string | undefined)[] => rtc.transceivers[index]?.preferred.map((codec) => codec.sdpFmtpLine ?? codec.mimeType) ?? [];
    expect(names(0)).toEqual(['audio/opus', 'audio/red']);
    expect(names(3)).toEqual(['audio/opus', 'audio/red']);
    expect(names(1)).toEqual(['video/VP8', 'video/rtx', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f']);
    expect(names(8)).toEqual(names(1));
  });

  it('sends what it is given in its own m-line, and finds arriving tracks by theirs', async () => {
    const track = asTrack(new FakeTrack('video', 'camera'));
    await peer.setTrack('camera', track);
    expect(rtc.transceivers.map((each) => each.sender.track)).toEqual([null, track, ...Array<null>(16).fill(null)]);
    await peer.setTrack('camera', null);
    expect(rtc.transceivers[1]?.sender.track).toBeNull();
    expect(peer.trackOf('7')).toBeUndefined();
    await peer.createOffer();
    expect(peer.trackOf('7')).toBe(rtc.transceivers[7]?.receiver.track);
    expect(peer.audioTracks()).toEqual(rtc.transceivers.slice(3, 8).map((each) => each.receiver.track));
  });

  it('grows by video slots at the end, and tells the browser the rest', async () => {
    peer.growVideoSlots(25);
    peer.growVideoSlots(10);
    expect([peer.videoSlots, rtc.transceivers.length]).toEqual([25, 34]);
    peer.restartIce();
    await peer.applyAnswer('answer');
    expect(rtc.done).toEqual(['restartIce', { type: 'answer', sdp: 'answer' }]);
    const states: string[] = [];
    peer.on('stateChanged', (state) => states.push(state));
    rtc.connectionState = 'connected';
    rtc.dispatchEvent(new Event('connectionstatechange'));
    peer.close();
    rtc.dispatchEvent(new Event('connectionstatechange'));
    expect(states).toEqual(['connected']);
  });

  it('counts packets of all m-lines, and frames of video by m-line', async () => {
    rtc.stats = [
      { type: 'inbound-rtp', kind: 'audio', mid: '3', packetsReceived: 50 },
      { type: 'inbound-rtp', kind: 'video', mid: '7', packetsReceived: 30, framesReceived: 12, frameWidth: 640, frameHeight: 360 },
      { type: 'inbound-rtp', kind: 'video', mid: '8' },
      { type: 'outbound-rtp', kind: 'video', mid: '1', packetsSent: 9 },
    ];
    expect(await peer.inbound()).toEqual({
      packets: 80,
      checks: 0,
      video: new Map([['7', { frames: 12, width: 640, height: 360 }], ['8', { frames: 0, width: 0, height: 0 }]]),
    });
  });

  it('keeps a shared screen readable, unless the app says that it is a film', async () => {
    const parameters = (): unknown => rtc.transceivers[2]?.sender.parameters;
    const track = Object.assign(new FakeTrack('video', 'screen'), { contentHint: 'detail' });
    await peer.setTrack('screen', asTrack(track));
    expect(parameters()).toEqual({ degradationPreference: 'maintain-resolution', encodings: [{ maxBitrate: 2_500_000, maxFramerate: 15 }] });
    await peer.setTrack('screen', asTrack(Object.assign(track, { contentHint: 'motion' })));
    expect(parameters()).toEqual({ degradationPreference: 'balanced', encodings: [{ maxBitrate: 2_500_000 }] });
  });

  it('hands out everything that the browser counted, what the m-lines are for, and whether TURN servers are out of reach', async () => {
    rtc.stats = [{ id: 'T', type: 'transport' }];
    expect(await peer.snapshot()).toMatchObject({ entries: [{ id: 'T', type: 'transport' }], uses: new Map(), relaysMissing: false });
    await peer.createOffer();
    rtc.iceGatheringState = 'complete';
    const snapshot = await peer.snapshot();
    expect([snapshot.uses.get('0'), snapshot.uses.get('17'), snapshot.relaysMissing]).toEqual(['microphone', 'screenSlot', true]);
    rtc.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: { type: 'relay' } }));
    expect((await peer.snapshot()).relaysMissing).toBe(false);
  });

  it('sends a camera in the layers that fit it, the smallest first, and no other track in layers', async () => {
    expect(rtc.transceivers.map((each) => each.rids)).toEqual([[], ['q', 'h', 'f'], ...Array<never[]>(16).fill([])]);
    const camera = (width: number, height: number): MediaStreamTrack => asTrack(Object.assign(new FakeTrack('video', 'camera'), { getSettings: () => ({ width, height }) }));
    const layers = (): unknown => rtc.transceivers[1]?.sender.parameters.encodings.map((each) => [each['rid'], each['active'], each['scaleResolutionDownBy'], each['maxBitrate']]);
    await peer.setTrack('camera', camera(1280, 720));
    expect(layers()).toEqual([['q', true, 4, 150_000], ['h', true, 2, 600_000], ['f', true, 1, 1_700_000]]);
    await peer.setTrack('camera', camera(640, 360));
    const small = [['q', true, 2, 150_000], ['h', true, 1, 600_000], ['f', false, 1, undefined]];
    expect(layers()).toEqual(small);
    // As a browser does with an answer to the first offer.
    rtc.transceivers[1]?.sender.parameters.encodings.forEach((each) => (each['active'] = true));
    await peer.applyAnswer('answer');
    expect(layers()).toEqual(small);
  });

  it('bounds the camera, also one that comes later, until the bounds are lifted', async () => {
    const layers = (): unknown => rtc.transceivers[1]?.sender.parameters.encodings.map((each) => [each['active'], each['scaleResolutionDownBy'], each['maxBitrate'], each['maxFramerate']]);
    await peer.limitVideo({ bitrate: { max: 300_000 }, frameRate: { max: 15 }, frameHeight: { max: 360 } });
    const track = Object.assign(new FakeTrack('video', 'camera'), { getSettings: () => ({ width: 1280, height: 720 }) });
    await peer.setTrack('camera', asTrack(track));
    expect(layers()).toEqual([[true, 4, 150_000, 15], [true, 2, 150_000, 15], [false, 1, undefined, 15]]);
    await peer.limitVideo({});
    expect(layers()).toEqual([[true, 4, 150_000, undefined], [true, 2, 600_000, undefined], [true, 1, 1_700_000, undefined]]);
  });

  it('sends the largest layer alone where the browser knows no layers', async () => {
    const sender = rtc.transceivers[1]?.sender;
    if (!sender) {
      throw new Error('The second m-line is the camera.');
    }
    sender.parameters = { encodings: [{}] };
    await peer.setTrack('camera', asTrack(Object.assign(new FakeTrack('video', 'camera'), { getSettings: () => ({ width: 1280, height: 720 }) })));
    expect(sender.parameters.encodings).toEqual([{ active: true, scaleResolutionDownBy: 1, maxBitrate: 1_700_000 }]);
  });
});
