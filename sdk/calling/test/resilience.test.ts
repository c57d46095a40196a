import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { Features } from '../src/features/index.js';
import type { CallView, Request } from '../src/signaling/protocol.gen.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { VideoStreamRenderer } from '../src/streams/renderer.js';
import {
  ANA, asStream, asTrack, BEN, cameraStream, credential, FakeStream, FakeTrack, kind, OLGA, participant, refused, settle, TestClient, token, view, world, type World,
} from './support/fakes.js';
import { installPage, type FakeElement } from './support/page.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
const OLGA_FILMS = participant(OLGA, { videos: ['camera'] });
let at: World;
let client: TestClient;
let agent: CallAgent;
let page: Map<string, (event: unknown) => void>;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  page = new Map();
  vi.stubGlobal('addEventListener', (name: string, listener: (event: unknown) => void) => page.set(name, listener));
  vi.stubGlobal('removeEventListener', (name: string) => page.delete(name));
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
});

afterEach(async () => {
  await client.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Answers join and resume with these views. */
function answers(joined: CallView, resumed: CallView | ReturnType<typeof refused>): void {
  at.server.answer = (request) => {
    switch (request.type) {
      case 'join':
        return { type: 'joined', call: joined };
      case 'resume':
        return 'error' in resumed ? resumed : { type: 'joined', call: resumed };
      default:
        return kind(request);
    }
  };
}

async function connected(options: Parameters<CallAgent['join']>[1] = {}, by = agent): Promise<Call> {
  const call = by.join(LINK, options);
  await settle();
  at.connections.at(-1)?.become('connected');
  await settle();
  return call;
}

/** The network breaks, and is there again at once. */
async function blink(): Promise<void> {
  at.server.requests.length = 0;
  at.server.line.drop();
  await vi.advanceTimersByTimeAsync(700);
}

const asked = (): Request['type'][] => at.server.requests.map((request) => request.type);

describe('a call whose connection is lost', () => {
  it('stays Connected, and takes its place again with the secret that it was given last', async () => {
    answers(view({ resumeSecret: 'one' }), view({ resumeSecret: 'two' }));
    const call = await connected();
    const seen: string[] = [];
    call.on('stateChanged', () => seen.push(call.state));
    await blink();
    expect(at.server.requests[0]).toEqual({ type: 'resume', secret: 'one' });
    await blink();
    expect(at.server.requests[0]).toEqual({ type: 'resume', secret: 'two' });
    expect([call.state, seen]).toEqual(['Connected', []]);
  });

  it('tells only what changed meanwhile', async () => {
    answers(view({ participants: [OLGA_FILMS] }), view({ participants: [OLGA_FILMS], mediaKept: true }));
    const call = await connected();
    const olga = call.remoteParticipants[0];
    const seen: string[] = [];
    for (const event of ['remoteParticipantsUpdated', 'roleChanged', 'isMutedChanged', 'idChanged'] as const) {
      call.on(event, () => seen.push(event));
    }
    call.feature(Features.Capabilities).on('capabilitiesChanged', () => seen.push('capabilitiesChanged'));
    await blink();
    expect(seen).toEqual([]);
    expect(call.remoteParticipants[0]).toBe(olga);
    answers(view(), view({ participants: [participant(BEN)], role: 'organizer', lobby: [{ user: ANA, displayName: 'A', waitedMs: 0 }] }));
    await blink();
    expect(seen).toEqual(['roleChanged', 'capabilitiesChanged', 'remoteParticipantsUpdated']);
    expect([olga?.state, call.remoteParticipants.map((each) => each.displayName), call.lobby.participants.length]).toEqual(['Disconnected', ['Olga'], 1]);
  });

  it('restarts ICE on the same connection if the server kept it', async () => {
    answers(view({ participants: [OLGA_FILMS] }), view({ participants: [OLGA_FILMS], mediaKept: true }));
    await connected({ videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] } });
    await blink();
    expect(at.connections).toHaveLength(1);
    expect([at.connections[0]?.restarts, at.connections[0]?.offers]).toEqual([1, 2]);
    expect(asked()).toEqual(['resume', 'publish', 'negotiate']);
  });

  it('makes a new connection if the server lost it, with the same tracks, for the same views', async () => {
    answers(view({ participants: [OLGA_FILMS] }), view({ participants: [OLGA_FILMS] }));
    const call = await connected({ videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] } });
    const stream = call.remoteParticipants[0]?.videoStreams[0];
    const shown = await new VideoStreamRenderer(stream as NonNullable<typeof stream>).createView();
    await settle();
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    const video = (shown.target as unknown as FakeElement).children[0];
    const before = video?.srcObject?.getTracks()[0];
    expect(before).toBe(at.connections[0]?.trackOf('7'));
    await blink();
    const [old, fresh] = at.connections;
    expect(old?.state).toBe('closed');
    expect([fresh?.sent.get('camera'), fresh?.sent.get('microphone')]).toEqual([old?.sent.get('camera'), old?.sent.get('microphone')]);
    expect(fresh?.answers).toEqual(['answer to offer 1']);
    expect(asked()).toEqual(['resume', 'publish', 'negotiate', 'subscribe']);
    fresh?.tracks.set('9', asTrack(new FakeTrack('video', 'new')));
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '9', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    expect(video?.srcObject?.getTracks()[0]).toBe(fresh?.trackOf('9'));
    expect(call.remoteParticipants[0]?.videoStreams[0]).toBe(stream);
    expect(at.outputs[0]?.playing).toBe(true);
  });

  it('asks anew for what it watches, and shows it on while the server says nothing', async () => {
    answers(view({ participants: [OLGA_FILMS] }), view({ participants: [OLGA_FILMS], mediaKept: true }));
    const call = await connected();
    const stream = call.remoteParticipants[0]?.videoStreams[0];
    const media = await stream?.getMediaStream();
    await settle();
    const slot = { mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' } as const;
    at.server.event({ type: 'slotsChanged', slots: [slot] });
    await blink();
    expect(at.server.asked('subscribe')).toEqual([{ type: 'subscribe', videos: [] }, { type: 'subscribe', videos: [{ participantId: slot.participantId, source: 'camera' }] }]);
    at.server.event({ type: 'slotsChanged', slots: [] });
    expect(media?.getTracks()).toHaveLength(1);
    at.server.event({ type: 'slotsChanged', slots: [{ ...slot, mid: '8' }] });
    expect(media?.getTracks()).toEqual([at.connections[0]?.trackOf('8')]);
    at.server.event({ type: 'slotsChanged', slots: [] });
    expect(media?.getTracks()).toEqual([]);
  });

  it('lets requests wait until it is back, and those of media fail at once', async () => {
    answers(view({ role: 'organizer' }), view({ role: 'organizer' }));
    const call = await connected();
    at.server.reachable = false;
    at.server.line.drop();
    const removing = call.removeParticipant({ communicationUserId: BEN });
    const muting = call.mute();
    await vi.advanceTimersByTimeAsync(20_000);
    at.server.requests.length = 0;
    at.server.reachable = true;
    await vi.advanceTimersByTimeAsync(3_000);
    await Promise.all([removing, muting]);
    expect(asked()[0]).toBe('resume');
    expect(asked().sort()).toEqual(['negotiate', 'remove', 'resume', 'setMuted']);
    expect(call.isMuted).toBe(true);
  });

  it('lets go of requests when the call ends meanwhile', async () => {
    const call = await connected();
    at.server.reachable = false;
    at.server.line.drop();
    const removing = expect(call.removeParticipant({ communicationUserId: BEN })).rejects.toMatchObject({ code: 412 });
    await call.hangUp();
    await removing;
    expect(call.callEndReason).toMatchObject({ code: 0, subCode: 0 });
  });

  it('does not undo what others did meanwhile: who was muted stays muted, and is told', async () => {
    answers(view(), view({ muted: true }));
    const call = await connected();
    let told = 0;
    call.on('mutedByOthers', () => (told += 1));
    await blink();
    expect([call.isMuted, told, at.server.asked('setMuted')]).toEqual([true, 1, []]);
    await call.unmute();
    expect(at.server.asked('setMuted')).toEqual([{ type: 'setMuted', muted: false }]);
  });

  it('ends with the server\'s reason when its place is gone', async () => {
    answers(view(), refused(404, 90410));
    const call = await connected();
    await blink();
    expect(call.callEndReason).toEqual({ code: 404, subCode: 90410, message: 'Refused, for the test.' });
    expect(asked()).toEqual(['resume']);
    expect(agent.calls).toEqual([]);
  });

  it('survives losing the connection again while it comes back', async () => {
    answers(view(), view());
    const call = await connected();
    at.server.answer = (request) => (request.type === 'resume' ? 'silence' : kind(request));
    await blink();
    expect(asked()).toEqual(['resume']);
    answers(view(), view({ mediaKept: true }));
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked()).toEqual(['resume', 'resume', 'negotiate']);
    expect(call.state).toBe('Connected');
  });

  it('is not given up by its media, however long the connection is away', async () => {
    const call = await connected();
    at.server.reachable = false;
    at.connections[0]?.become('disconnected');
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(call.state).toBe('Connected');
    at.server.reachable = true;
    await vi.advanceTimersByTimeAsync(3_000);
    at.connections.at(-1)?.become('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(call.state).toBe('Connected');
  });

  it('says so in the diagnostics of the network', async () => {
    const call = await connected();
    const { network } = call.feature(Features.UserFacingDiagnostics);
    const seen: unknown[] = [];
    network.on('diagnosticChanged', ({ diagnostic, value }) => seen.push([diagnostic, value]));
    await blink();
    expect(seen).toEqual([['networkReconnect', 3], ['networkReconnect', 1]]);
    expect(network.getLatest()).toEqual({ networkReconnect: { value: 1, valueType: 'DiagnosticQuality' } });
  });

  it('knocks again if it was waiting, and may be let in by that', async () => {
    at.server.answer = (request) => (request.type === 'join' ? { type: 'waiting', waiting: { participantId: 'leg of me', expiresInMs: 1 } } : kind(request));
    const call = agent.join(LINK);
    await settle();
    const seen: string[] = [];
    call.on('stateChanged', () => seen.push(call.state));
    await blink();
    expect([asked(), seen]).toEqual([['join'], []]);
    answers(view(), view());
    await blink();
    at.connections.at(-1)?.become('connected');
    expect([asked(), seen]).toEqual([['join', 'negotiate'], ['Connecting', 'Connected']]);
  });

  it('joins again if the answer was lost on the way', async () => {
    at.server.answer = () => 'silence';
    const call = agent.join(LINK);
    await settle();
    answers(view(), view());
    await blink();
    at.connections.at(-1)?.become('connected');
    expect([asked(), call.state]).toEqual([['join', 'negotiate'], 'Connected']);
  });
});

describe('a line in doubt', () => {
  it('is replaced after two seconds when media stops arriving and the server says nothing', async () => {
    answers(view({ participants: [participant(OLGA)] }), view({ participants: [participant(OLGA)], mediaKept: true }));
    await connected();
    const [connection] = at.connections;
    for (let packets = 50; packets <= 200; packets += 50) {
      if (connection) {
        connection.stats = { packets, video: new Map() };
      }
      await vi.advanceTimersByTimeAsync(500);
    }
    const line = at.server.line;
    const handle = at.server.handle.bind(at.server);
    at.server.handle = (from, message) => (from === line ? undefined : handle(from, message));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(connection?.restarts).toBe(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect([line.closed, line.left, at.server.lines.length]).toEqual([true, false, 2]);
    expect(at.server.asked('resume')).toHaveLength(1);
  });

  it('is kept when the server answers', async () => {
    await connected();
    at.connections[0]?.become('disconnected');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(at.server.lines).toHaveLength(1);
    expect(at.server.line.received.filter((message) => message.type === 'ping')).not.toEqual([]);
  });

  it('is tried at once when the browser is online again', async () => {
    at.server.reachable = false;
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(9_000);
    const before = at.server.lines.length;
    at.server.reachable = true;
    page.get('online')?.({});
    await settle();
    expect([at.server.lines.length, agent.connectionState]).toEqual([before + 1, 'Connected']);
  });

  it('is tried again within 1.3 seconds, however long the network was away', async () => {
    at.server.reachable = false;
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(25_000);
    const before = at.server.lines.length;
    at.server.reachable = true;
    await vi.advanceTimersByTimeAsync(1_300);
    expect([at.server.lines.length, agent.connectionState]).toEqual([before + 1, 'Connected']);
  });

  it('is left for good when the tab is closed, so that others see it at once; not when the browser keeps the page', async () => {
    const call = await connected();
    page.get('pagehide')?.({ persisted: true });
    expect(call.state).toBe('Connected');
    page.get('pagehide')?.({ persisted: false });
    expect([at.server.line.closed, at.server.line.left, call.state]).toEqual([true, true, 'Disconnected']);
  });
});

describe('the token', () => {
  const create = async (getToken: () => Promise<string>): Promise<CallAgent> => {
    at.server.user = OLGA;
    const give = async (): Promise<{ token: string; expiresOnTimestamp: number }> => ({ token: await getToken(), expiresOnTimestamp: 0 });
    return client.createCallAgent({ getToken: give, dispose: () => undefined });
  };
  const tokens = (...jti: string[]): (() => Promise<string>) => {
    let next = 0;
    return () => {
      const current = token({ skypeid: OLGA.slice(2), jti: jti[Math.min(next, jti.length - 1)] });
      next += 1;
      return Promise.resolve(current);
    };
  };
  const goodbye = (): void => at.server.line.say({ type: 'goodbye', error: { code: 401, subCode: 10009, name: 'unauthenticated', message: 'Expired.' } });
  const refreshes = (): unknown[] => at.server.line.received.filter((message) => message.type === 'refresh');

  it('is refreshed five minutes before it expires, or a tenth of its time before, again and again', async () => {
    at.server.expiresInMs = 3_600_000;
    await create(tokens('1', '2', '3'));
    await vi.advanceTimersByTimeAsync(3_299_000);
    expect(refreshes()).toEqual([]);
    at.server.expiresInMs = 600_000;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(refreshes()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(539_000);
    expect(refreshes()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(refreshes()).toHaveLength(2);
  });

  it('that the credential cannot replace ends the calls when the server says so, with 401/10009', async () => {
    at.server.expiresInMs = 600_000;
    const static_ = await create(tokens('1'));
    const call = await connected({}, static_);
    const seen: unknown[] = [];
    static_.on('connectionStateChanged', ({ newValue, reason }) => seen.push([newValue, reason]));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(refreshes()).toEqual([]);
    const lines = at.server.lines.length;
    goodbye();
    expect(call.callEndReason).toMatchObject({ code: 401, subCode: 10009, message: expect.stringContaining('no newer one') });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([seen, at.server.lines.length]).toEqual([[['Disconnected', 'invalidToken']], lines]);
  });

  it('whose refresh fails is tried again until it expires, and the end says what failed', async () => {
    at.server.expiresInMs = 600_000;
    const first = token({ skypeid: OLGA.slice(2) });
    let attempts = 0;
    const failing = await create(() => {
      attempts += 1;
      return attempts === 1 ? Promise.resolve(first) : Promise.reject(new Error('our backend is down'));
    });
    const call = await connected({}, failing);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(attempts).toBeGreaterThan(3);
    goodbye();
    expect(call.callEndReason).toMatchObject({ code: 401, subCode: 10009, message: expect.stringMatching(/could not be refreshed.*our backend is down/) });
  });

  it('that is new but refused ends the calls with the server\'s reason', async () => {
    at.server.expiresInMs = 600_000;
    at.server.refusesRefresh = { code: 401, subCode: 10009, name: 'unauthenticated', message: 'Revoked.' };
    const revoked = await create(tokens('1', '2'));
    const call = await connected({}, revoked);
    await vi.advanceTimersByTimeAsync(540_000);
    expect(call.callEndReason).toEqual({ code: 401, subCode: 10009, message: 'Revoked.' });
  });

  it('is a new one on every new connection', async () => {
    await create(tokens('1', '2'));
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(3_000);
    const hellos = at.server.lines.slice(1).map((line) => (line.received[0] as { token?: string }).token);
    expect(new Set(hellos).size).toBe(2);
  });
});
