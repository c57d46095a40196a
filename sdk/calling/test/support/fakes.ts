// A server, a peer connection and devices, as far as the SDK can tell.

import { vi } from 'vitest';
import { CallClient } from '../../src/agent/call-client.js';
import type { IceServer } from '../../src/api/agent.js';
import type { VideoSendConstraints } from '../../src/api/common.js';
import type { AudioOutput } from '../../src/media/audio-output.js';
import type { Inbound, LinkState, MediaConnection, MediaConnectionEvents, Offer, SendUse, StatsEntry, StatsSnapshot } from '../../src/media/connection.js';
import type { Platform } from '../../src/platform.js';
import type {
  CallView, Capability, ClientMessage, ErrorBody, Event as ServerEvent, ParticipantView, Relay, Reply, Request, ServerMessage, TrackUse,
} from '../../src/signaling/protocol.gen.js';
import type { Transport, TransportHandlers } from '../../src/signaling/transport.js';
import { LocalAudioStream } from '../../src/streams/local-audio-stream.js';
import { fixture } from './fixtures.js';
import { Emitter } from '../../src/util/emitter.js';

export const OLGA = '8:orgid:44444444-4444-4444-8444-444444444444';
export const ANA = '8:acs:11111111-1111-4111-8111-111111111111_22222222-2222-4222-8222-222222222222';
export const BEN = '8:teamsvisitor:33333333-3333-4333-8333-333333333333';

/** Lets everything that is ready run, without waiting for time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) {
    await Promise.resolve();
  }
}

export class FakeTrack extends EventTarget {
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  constructor(readonly kind: 'audio' | 'video', readonly id: string) {
    super();
  }
  stop(): void {
    this.readyState = 'ended';
  }
  /** As when the device is pulled out. */
  end(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

export class FakeStream {
  private readonly list: FakeTrack[];
  constructor(tracks: FakeTrack[] = []) {
    this.list = [...tracks];
  }
  getTracks(): FakeTrack[] {
    return [...this.list];
  }
  getAudioTracks(): FakeTrack[] {
    return this.list.filter((track) => track.kind === 'audio');
  }
  getVideoTracks(): FakeTrack[] {
    return this.list.filter((track) => track.kind === 'video');
  }
  addTrack(track: FakeTrack): void {
    this.list.push(track);
  }
  removeTrack(track: FakeTrack): void {
    this.list.splice(this.list.indexOf(track), 1);
  }
}

export const asTrack = (track: FakeTrack): MediaStreamTrack => track as unknown as MediaStreamTrack;
export const asStream = (stream: FakeStream): MediaStream => stream as unknown as MediaStream;

export function cameraStream(id = 'camera-track'): FakeStream {
  return new FakeStream([new FakeTrack('video', id)]);
}

export class FakeMediaConnection implements MediaConnection {
  private readonly emitter = new Emitter<MediaConnectionEvents>();
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);
  readonly sent = new Map<SendUse, MediaStreamTrack | null>();
  readonly answers: string[] = [];
  readonly tracks = new Map<string, MediaStreamTrack>();
  state: LinkState = 'new';

  constructor(readonly iceServers: readonly IceServer[] = []) {}
  videoSlots = 9;
  offers = 0;
  restarts = 0;
  limits: VideoSendConstraints = {};
  stats: Inbound = { packets: 0, video: new Map() };
  /** What the browser's statistics say. */
  entries: StatsEntry[] = [];
  uses = new Map<string, TrackUse>();

  createOffer(): Promise<Offer> {
    this.offers += 1;
    return Promise.resolve({ sdp: `offer ${this.offers}`, tracks: [{ mid: '0', use: 'microphone' }] });
  }
  applyAnswer(sdp: string): Promise<void> {
    this.answers.push(sdp);
    return Promise.resolve();
  }
  setTrack(use: SendUse, track: MediaStreamTrack | null): Promise<void> {
    this.sent.set(use, track);
    return Promise.resolve();
  }
  limitVideo(limits: VideoSendConstraints): Promise<void> {
    this.limits = limits;
    return Promise.resolve();
  }
  growVideoSlots(count: number): void {
    this.videoSlots = Math.max(this.videoSlots, count);
  }
  restartIce(): void {
    this.restarts += 1;
  }
  audioTracks(): MediaStreamTrack[] {
    return [];
  }
  trackOf(mid: string): MediaStreamTrack {
    const track = this.tracks.get(mid) ?? asTrack(new FakeTrack('video', `slot ${mid}`));
    this.tracks.set(mid, track);
    return track;
  }
  inbound(): Promise<Inbound> {
    return Promise.resolve(this.stats);
  }
  snapshot(): Promise<StatsSnapshot> {
    return Promise.resolve({ connection: this, at: Date.now(), entries: structuredClone(this.entries), uses: this.uses, relaysMissing: false });
  }
  close(): void {
    this.state = 'closed';
    this.emitter.clear();
  }
  become(state: LinkState): void {
    this.state = state;
    this.emitter.emit('stateChanged', state);
  }
}

export class FakeAudioOutput implements AudioOutput {
  playing = false;
  muted = false;
  speaker: string | undefined;
  play(): void {
    this.playing = true;
  }
  setMuted(muted: boolean): void {
    this.muted = muted;
  }
  setSpeaker(id: string | undefined): void {
    this.speaker = id;
  }
  close(): void {
    this.playing = false;
  }
}

/** The server's end of one WebSocket. */
export class FakeLine implements Transport {
  readonly received: ClientMessage[] = [];
  closed = false;
  /** Whether it was closed for good. */
  left = false;
  private handlers: TransportHandlers | undefined;

  constructor(readonly url: string, private readonly server: FakeServer) {}

  send(text: string): void {
    const message = JSON.parse(text) as ClientMessage;
    this.received.push(message);
    queueMicrotask(() => this.server.handle(this, message));
  }
  close(leaves: boolean): void {
    this.closed = true;
    this.left = leaves;
    this.handlers = undefined;
  }
  handle(handlers: TransportHandlers): void {
    this.handlers = handlers;
    queueMicrotask(() => (this.server.reachable ? this.handlers?.opened() : this.handlers?.closed()));
  }
  say(message: ServerMessage): void {
    this.handlers?.received(JSON.stringify(message));
  }
  sayText(text: string): void {
    this.handlers?.received(text);
  }
  /** The network breaks. */
  drop(): void {
    const handlers = this.handlers;
    this.handlers = undefined;
    handlers?.closed();
  }
}

export type Answer = Reply | { readonly error: ErrorBody } | 'silence';

export function refused(code: number, subCode: number): { error: ErrorBody } {
  return { error: { code, subCode, name: 'refused', message: 'Refused, for the test.' } };
}

/** Answers requests as told, by default with what a kind server would say. */
export class FakeServer {
  readonly lines: FakeLine[] = [];
  readonly requests: Request[] = [];
  reachable = true;
  refusesHello: ErrorBody | undefined;
  refusesRefresh: ErrorBody | undefined;
  user = ANA;
  heartbeatMs = 5_000;
  expiresInMs = 86_400_000;
  relay: Relay | undefined;
  answer: (request: Request) => Answer = kind;

  readonly connect = (url: string): Transport => {
    const line = new FakeLine(url, this);
    this.lines.push(line);
    return line;
  };

  get line(): FakeLine {
    const line = this.lines.at(-1);
    if (!line) {
      throw new Error('Nobody has connected.');
    }
    return line;
  }

  handle(line: FakeLine, message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        line.say(
          this.refusesHello
            ? { type: 'goodbye', error: this.refusesHello }
            : { type: 'welcome', version: 1, user: this.user, heartbeatMs: this.heartbeatMs, expiresInMs: this.expiresInMs, ...(this.relay ? { relay: this.relay } : {}) },
        );
        return;
      case 'refresh':
        line.say(this.refusesRefresh ? { type: 'goodbye', error: this.refusesRefresh } : { type: 'refreshed', expiresInMs: this.expiresInMs });
        return;
      case 'ping':
        line.say({ type: 'pong' });
        return;
      case 'request': {
        this.requests.push(message.request);
        const answer = this.answer(message.request);
        if (answer === 'silence') {
          return;
        }
        line.say('error' in answer ? { type: 'response', id: message.id, error: answer.error } : { type: 'response', id: message.id, reply: answer });
        return;
      }
    }
  }

  event(event: ServerEvent, call = 1): void {
    this.line.say({ type: 'event', call, event });
  }

  asked(type: Request['type']): Request[] {
    return this.requests.filter((request) => request.type === type);
  }
}

export function participant(user: string, change: Partial<ParticipantView['legs'][number]> = {}, displayName = 'Olga'): ParticipantView {
  return { user, displayName, role: 'organizer', forbidden: [], legs: [{ participantId: `leg of ${user}`, muted: false, videos: [], away: false, ...change }] };
}

/** What an organizer may do. */
export const LEADS: readonly Capability[] = [
  'unmuteMic', 'turnVideoOn', 'shareScreen', 'manageLobby', 'hangUpForEveryOne', 'removeParticipant', 'muteOthers', 'forbidOthersAudio', 'forbidOthersVideo',
  'manageRoles', 'raiseHand', 'announceRecording',
];

export function view(change: Partial<CallView> = {}): CallView {
  return {
    callId: 'ca110000-0000-4000-8000-000000000001',
    participantId: 'leg of me',
    threadId: '19:meeting_abc@thread.v2',
    subject: 'Weekly',
    role: 'attendee',
    capabilities: change.role === 'organizer' ? [...LEADS] : ['unmuteMic', 'turnVideoOn', 'shareScreen'],
    muted: false,
    resumeSecret: 'the secret',
    mediaKept: false,
    participants: [],
    lobby: [],
    ...change,
  };
}

export function kind(request: Request): Answer {
  switch (request.type) {
    case 'join':
    case 'startCall':
    case 'accept':
    case 'follow':
      return { type: 'joined', call: view({ muted: request.muted }) };
    case 'resume':
      return { type: 'joined', call: view() };
    case 'negotiate':
      return { type: 'answer', answer: `answer to ${request.offer}` };
    case 'admitAll':
      return { type: 'admittedAll', admitted: 2, failed: 1 };
    case 'submitSurvey':
      return { type: 'surveyKept', id: 'the survey' };
    case 'leave':
    case 'endForEveryone':
    case 'setMuted':
    case 'publish':
    case 'unpublish':
    case 'subscribe':
    case 'raiseHand':
    case 'lowerHands':
    case 'react':
    case 'spotlight':
    case 'endSpotlight':
    case 'announce':
    case 'sendData':
    case 'closeData':
    case 'sendText':
    case 'sendTone':
    case 'tellDiagnostics':
    case 'decline':
    case 'addParticipant':
    case 'transfer':
    case 'admit':
    case 'reject':
    case 'putBack':
    case 'remove':
    case 'liftBar':
    case 'mute':
    case 'muteAll':
    case 'setAccess':
    case 'setRole':
    case 'setHeld':
      return { type: 'done' };
  }
}

export interface World {
  readonly server: FakeServer;
  readonly connections: FakeMediaConnection[];
  readonly outputs: FakeAudioOutput[];
  readonly microphone: { deny: boolean; tracks: FakeTrack[] };
  readonly platform: Platform;
}

/** A browser without a browser. */
export function world(): World {
  const server = new FakeServer();
  const connections: FakeMediaConnection[] = [];
  const outputs: FakeAudioOutput[] = [];
  const microphone = { deny: false, tracks: [] as FakeTrack[] };
  const platform: Platform = {
    connect: server.connect,
    createMediaConnection: (iceServers) => {
      const connection = new FakeMediaConnection(iceServers);
      connections.push(connection);
      return connection;
    },
    createAudioOutput: () => {
      const output = new FakeAudioOutput();
      outputs.push(output);
      return output;
    },
    createMicrophone: () => {
      const track = new FakeTrack('audio', 'microphone-track');
      const stream = new LocalAudioStream(asStream(new FakeStream([track])));
      if (microphone.deny) {
        stream.getMediaStream = () => Promise.reject(new Error('permission denied'));
      } else {
        microphone.tracks.push(track);
      }
      return stream;
    },
  };
  return { server, connections, outputs, microphone, platform };
}

/** A call client in that world. */
export class TestClient extends CallClient {
  constructor(world: World, options?: ConstructorParameters<typeof CallClient>[0]) {
    super(options);
    this.platform = world.platform;
  }
}

/** Gives the page a camera, a microphone and a screen; returns what was captured. */
export function installDevices(deny: 'nothing' | 'everything' = 'nothing'): FakeStream[] {
  const captured: FakeStream[] = [];
  const capture = (constraints: { audio?: unknown; video?: unknown }): Promise<FakeStream> => {
    if (deny === 'everything') {
      return Promise.reject(Object.assign(new Error('denied'), { name: 'NotAllowedError' }));
    }
    const stream = new FakeStream([new FakeTrack(constraints.video ? 'video' : 'audio', `captured ${captured.length}`)]);
    captured.push(stream);
    return Promise.resolve(stream);
  };
  const list = [
    { kind: 'videoinput', deviceId: 'cam', label: 'Front camera' },
    { kind: 'audioinput', deviceId: 'default', label: 'Default' },
    { kind: 'audioinput', deviceId: 'mic', label: 'Headset' },
    { kind: 'audiooutput', deviceId: 'default', label: 'Default speaker' },
  ];
  const mediaDevices = Object.assign(new EventTarget(), {
    list,
    getUserMedia: capture,
    getDisplayMedia: capture,
    enumerateDevices: () => Promise.resolve([...list]),
  });
  vi.stubGlobal('navigator', { mediaDevices, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36' });
  return captured;
}

/** The first message as the wire fixtures have it. */
export function fixtureHello(): object {
  return fixture('client', 'hello') as object;
}

/** A token as the server issues it; nobody here checks its signature. */
export function token(claims: Record<string, unknown> = {}): string {
  const payload = { skypeid: ANA.slice(2), acsScope: 'voip,chat', exp: 4_000_000_000, iss: 'http://localhost:8080', ...claims };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'EdDSA' })}.${encode(payload)}.c2ln`;
}

export function credential(...tokens: string[]): { getToken: () => Promise<{ token: string; expiresOnTimestamp: number }>; dispose: () => void } {
  let next = 0;
  return {
    getToken: () => {
      const current = tokens[Math.min(next, tokens.length - 1)] ?? token();
      next += 1;
      return Promise.resolve({ token: current, expiresOnTimestamp: 0 });
    },
    dispose: () => undefined,
  };
}
