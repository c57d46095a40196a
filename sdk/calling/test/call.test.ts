import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import type { ClientMessage } from '../src/signaling/protocol.gen.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { fixture } from './support/fixtures.js';
import {
  ANA, asStream, BEN, cameraStream, credential, FakeStream, installDevices, kind, OLGA, participant, refused, settle, TestClient, token, view, world, type World,
} from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };

let at: World;
let client: TestClient;
let agent: CallAgent;

async function start(): Promise<void> {
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
}

/** Joins and waits until media flows. */
async function connected(locator: object = LINK): Promise<Call> {
  const call = agent.join(locator as typeof LINK);
  await settle();
  at.connections.at(-1)?.become('connected');
  return call;
}

function record(call: Call): string[] {
  const seen: string[] = [];
  call.on('stateChanged', () => seen.push(`state ${call.state}`));
  call.on('idChanged', () => seen.push('id'));
  return seen;
}

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  await start();
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

describe('joining', () => {
  it('returns a call at once, with an id, in no state yet, and tells the agent\'s listeners afterwards', async () => {
    const seen: unknown[] = [];
    agent.on('callsUpdated', (change) => seen.push(change));
    const call = agent.join(LINK);
    expect([call.state, call.kind, agent.kind, call.direction]).toEqual(['None', 'Call', 'CallAgent', 'Outgoing']);
    expect(call.id).not.toBe('');
    expect(agent.calls[0]).toBe(call);
    expect(seen).toEqual([]);
    await settle();
    expect(seen).toEqual([{ added: [call], removed: [] }]);
  });

  it('asks for what the locator names', async () => {
    agent.join(LINK);
    agent.join({ meetingId: '123 456 789 012', passcode: 'aB3dE5' }, { audioOptions: { muted: true } });
    agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' });
    agent.join({ roomId: ' 99199690362660524 ' });
    await settle();
    const joins = at.server.line.received.filter((message): message is Extract<ClientMessage, { type: 'request' }> => message.type === 'request' && message.request.type === 'join');
    const named = (name: string): unknown => (fixture('client', name) as { request: unknown }).request;
    expect(joins.map((message) => message.request)).toEqual([
      named('join-meeting-link'),
      named('join-meeting-id'),
      { ...(named('join-group') as object), displayName: 'Ana' },
      named('join-room'),
    ]);
    expect(joins.map((message) => message.call)).toEqual([1, 2, 3, 4]);
  });

  it('refuses locators of no kind at once, with a sentence', () => {
    expect(() => agent.join({ roomId: ' ' })).toThrow(/join\(\) needs/);
    expect(() => agent.join({} as typeof LINK)).toThrow(/join\(\) needs/);
  });

  it('goes from Connecting to Connected when media flows, and takes the server\'s id on the way', async () => {
    const call = agent.join(LINK);
    const before = call.id;
    const seen = record(call);
    await settle();
    expect(seen).toEqual(['state Connecting', 'id']);
    expect(call.id).toBe('ca110000-0000-4000-8000-000000000001');
    expect(before).not.toBe(call.id);
    expect(at.connections[0]?.answers).toEqual(['answer to offer 1']);
    at.connections[0]?.become('connected');
    expect(seen).toEqual(['state Connecting', 'id', 'state Connected']);
    expect(call.info.threadId).toBe('19:meeting_abc@thread.v2');
    expect(call.info.participantId).toBe('leg of me');
    expect(call.info.subject).toBe('Weekly');
    await expect(call.info.getServerCallId()).resolves.toBe(call.id);
    expect(call.role).toBe('Attendee');
  });

  it('ends with the server\'s code when it is refused', async () => {
    at.server.answer = () => refused(404, 5751);
    const call = agent.join(LINK);
    await settle();
    expect([call.state, call.callEndReason]).toEqual(['Disconnected', { code: 404, subCode: 5751, message: 'Refused, for the test.' }]);
    expect(agent.calls).toEqual([]);
    await expect(call.info.getServerCallId()).rejects.toMatchObject({ code: 404, subCode: 5751 });
  });

  it('ends with 488 when the server cannot use the offer', async () => {
    at.server.answer = (request) => (request.type === 'negotiate' ? refused(488, 90488) : kind(request));
    const call = agent.join(LINK);
    await settle();
    expect(call.callEndReason).toMatchObject({ code: 488, subCode: 90488 });
    expect(at.server.asked('leave')).toHaveLength(1);
  });
});

describe('waiting in the lobby', () => {
  beforeEach(() => {
    at.server.answer = (request) =>
      request.type === 'join' ? { type: 'waiting', waiting: { participantId: 'leg of me', expiresInMs: 1_800_000 } } : kind(request);
  });

  it('prepares the offer but sends nothing of it, and sends that same offer when it is admitted', async () => {
    const call = agent.join(LINK);
    const seen = record(call);
    await settle();
    expect(seen).toEqual(['state Connecting', 'state InLobby']);
    expect(call.info.participantId).toBe('leg of me');
    expect(call.info.threadId).toBeUndefined();
    expect(at.connections[0]?.offers).toBe(1);
    expect(at.server.requests.map((request) => request.type)).toEqual(['join']);
    at.server.event({ type: 'admitted', call: view({ participants: [participant(OLGA)] }) });
    await settle();
    expect(at.server.asked('negotiate')).toEqual([{ type: 'negotiate', offer: 'offer 1', tracks: [{ mid: '0', use: 'microphone' }] }]);
    at.connections[0]?.become('connected');
    expect(seen).toEqual(['state Connecting', 'state InLobby', 'id', 'state Connecting', 'state Connected']);
    expect(call.remoteParticipants.map((each) => each.displayName)).toEqual(['Olga']);
  });

  it('enters once, however often it is told to', async () => {
    const call = agent.join(LINK);
    await settle();
    at.server.event({ type: 'admitted', call: view({ participants: [participant(OLGA)] }) });
    at.server.event({ type: 'admitted', call: view({ callId: 'another' }) });
    await settle();
    expect(at.server.asked('negotiate')).toHaveLength(1);
    expect([call.id, call.remoteParticipants.length]).toEqual([view().callId, 1]);
  });

  it('ends with 0/5854 when it is rejected', async () => {
    const call = agent.join(LINK);
    await settle();
    at.server.event((fixture('server', 'event-ended') as { event: Parameters<typeof at.server.event>[0] }).event);
    expect([call.state, call.callEndReason?.code, call.callEndReason?.subCode]).toEqual(['Disconnected', 0, 5854]);
    expect(at.connections[0]?.state).toBe('closed');
  });

  it('tells the server on admission what was muted, unmuted and filmed while waiting', async () => {
    const call = agent.join(LINK, { videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] } });
    await settle();
    await call.mute();
    expect(call.isMuted).toBe(true);
    expect(call.isLocalVideoStarted).toBe(true);
    expect(at.server.requests.map((request) => request.type)).toEqual(['join']);
    at.server.event({ type: 'admitted', call: view() });
    await settle();
    expect(at.server.requests.slice(2)).toEqual(expect.arrayContaining([{ type: 'setMuted', muted: true }, { type: 'publish', source: 'camera' }]));
  });

  it('can be left', async () => {
    const call = agent.join(LINK);
    await settle();
    await call.hangUp({ forEveryone: false });
    expect([call.state, call.callEndReason]).toEqual(['Disconnected', { code: 0, subCode: 0, message: 'You left the call.' }]);
    expect(at.server.asked('leave')).toHaveLength(1);
  });
});

describe('the end of a call', () => {
  it('comes in this order: the reason, the state, the agent\'s calls, then the others\' streams and the roster', async () => {
    at.server.answer = (request) =>
      request.type === 'join' ? { type: 'joined', call: view({ participants: [participant(OLGA, { videos: ['camera'] })] }) } : kind(request);
    const call = await connected();
    const stream = call.remoteParticipants[0]?.videoStreams[0];
    const seen: unknown[] = [];
    call.on('stateChanged', () => seen.push([call.state, call.callEndReason?.subCode]));
    agent.on('callsUpdated', ({ added, removed }) => seen.push(['callsUpdated', added, removed[0] === call, call.state]));
    stream?.on('isAvailableChanged', () => seen.push(['available', stream.isAvailable]));
    call.on('remoteParticipantsUpdated', ({ removed }) => seen.push(['roster', removed.length]));
    at.server.event({ type: 'ended', end: { reason: { code: 0, subCode: 4097, name: 'endedForEveryone', message: 'Over.' } } });
    expect(seen).toEqual([
      ['Disconnected', 4097],
      ['callsUpdated', [], true, 'Disconnected'],
      ['available', false],
      ['roster', 1],
    ]);
  });

  it('by hanging up tells the server and passes through Disconnecting', async () => {
    const call = await connected();
    const seen = record(call);
    await call.hangUp();
    expect(seen).toEqual(['state Disconnecting', 'state Disconnected']);
    expect(at.server.asked('leave')).toEqual([{ type: 'leave' }]);
    expect(call.callEndReason).toMatchObject({ code: 0, subCode: 0 });
    await expect(call.hangUp()).resolves.toBeUndefined();
  });

  it('by hanging up comes within three seconds, whether the server answers or not', async () => {
    vi.useFakeTimers();
    try {
      const call = await connected();
      at.server.answer = () => 'silence';
      const done = call.hangUp();
      await vi.advanceTimersByTimeAsync(2_999);
      expect(call.state).toBe('Disconnecting');
      await vi.advanceTimersByTimeAsync(1);
      await done;
      expect(call.callEndReason).toMatchObject({ code: 0, subCode: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('for everybody has the reason of an ended meeting', async () => {
    const call = await connected();
    at.server.answer = (request) => {
      queueMicrotask(() => at.server.event({ type: 'ended', end: { reason: { code: 0, subCode: 4097, name: 'endedForEveryone', message: 'Over.' } } }));
      return kind(request);
    };
    await call.hangUp({ forEveryone: true });
    expect(at.server.asked('endForEveryone')).toEqual([{ type: 'endForEveryone' }]);
    expect(call.callEndReason).toEqual({ code: 0, subCode: 4097, message: 'Over.' });
  });

  it('for everybody is refused to those who may not, and the call goes on', async () => {
    const call = await connected();
    at.server.answer = () => refused(403, 90403);
    await expect(call.hangUp({ forEveryone: true })).rejects.toMatchObject({ code: 403, subCode: 90403 });
    expect(call.state).toBe('Connected');
  });

  it('stops the camera, but not the one of a stream that the app wants to keep, and plays nothing more', async () => {
    const captured = installDevices();
    const device = { name: 'Front camera', id: 'camera:cam', deviceType: 'UsbCamera' as const };
    for (const [autoDisposeOnCallEnd, afterwards] of [[true, 'ended'], [false, 'live']] as const) {
      const call = await connected();
      await call.startVideo(new LocalVideoStream(device, { autoDisposeOnCallEnd }));
      expect(at.outputs.at(-1)?.playing).toBe(true);
      await call.hangUp();
      expect(captured.at(-1)?.getTracks()[0]?.readyState).toBe(afterwards);
      expect(at.connections.at(-1)?.state).toBe('closed');
      expect(at.outputs.at(-1)?.playing).toBe(false);
    }
  });

  it('is 496/7 when the connection to the server stays away for a minute; the agent comes back by itself all the same', async () => {
    vi.useFakeTimers();
    try {
      const call = await connected();
      const seen: unknown[] = [];
      agent.on('connectionStateChanged', (change) => seen.push(change));
      at.server.reachable = false;
      at.server.line.drop();
      expect(agent.connectionState).toBe('Disconnected');
      await vi.advanceTimersByTimeAsync(59_900);
      expect(call.state).toBe('Connected');
      await vi.advanceTimersByTimeAsync(200);
      expect(call.callEndReason).toMatchObject({ code: 496, subCode: 7 });
      at.server.reachable = true;
      await vi.advanceTimersByTimeAsync(20_000);
      expect(agent.connectionState).toBe('Connected');
      expect(seen).toEqual([
        { newValue: 'Disconnected', oldValue: 'Connected', reason: 'connectionIssue' },
        { newValue: 'Connected', oldValue: 'Disconnected' },
      ]);
      agent.join(LINK);
      await settle();
      expect(at.server.line.received.some((message) => message.type === 'request' && message.request.type === 'join')).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is 410/301004 when media never flows, and 410/301005 when it is lost for good', async () => {
    vi.useFakeTimers();
    try {
      const never = agent.join(LINK);
      await settle();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(never.callEndReason).toMatchObject({ code: 410, subCode: 301004 });
      const lost = await connected();
      at.connections[1]?.become('disconnected');
      await vi.advanceTimersByTimeAsync(30_000);
      expect(lost.callEndReason).toMatchObject({ code: 410, subCode: 301005 });
      expect(at.server.asked('leave')).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what is known of the call', () => {
  it('lists those who come, and takes away those who leave, with their reason', async () => {
    const call = await connected();
    const seen: string[] = [];
    call.on('remoteParticipantsUpdated', ({ added, removed }) => seen.push(`+${added.map((each) => each.displayName)} -${removed.map((each) => each.displayName)}`));
    at.server.event({ type: 'participantJoined', participant: participant(OLGA) });
    const olga = call.remoteParticipants[0];
    at.server.event({ type: 'participantLeft', user: OLGA, reason: { code: 0, subCode: 0, name: 'hungUp', message: 'Left.' } });
    expect(seen).toEqual(['+Olga -', '+ -Olga']);
    expect([olga?.state, olga?.callEndReason]).toEqual(['Disconnected', { code: 0, subCode: 0, message: 'Left.' }]);
    expect(call.remoteParticipants).toEqual([]);
  });

  it('lists the lobby, and admits and rejects by identifier', async () => {
    const waiter = { user: BEN, displayName: 'Ben', waitedMs: 0 };
    at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: view({ role: 'organizer', lobby: [waiter] }) } : kind(request));
    const call = await connected();
    const seen: string[] = [];
    call.lobby.on('lobbyParticipantsUpdated', ({ added, removed }) => seen.push(`+${added.map((each) => each.displayName)} -${removed.map((each) => each.displayName)}`));
    expect(call.lobby.participants.map((each) => [each.displayName, each.state])).toEqual([['Ben', 'InLobby']]);
    at.server.event({ type: 'knocked', waiter: { user: ANA, displayName: 'Ana', waitedMs: 0 } });
    const [ben, ana] = call.lobby.participants;
    await call.lobby.admit({ communicationUserId: ANA });
    if (ben) {
      await call.lobby.reject(ben.identifier);
    }
    await expect(call.lobby.admitAll()).resolves.toEqual({ successCount: 2, failureCount: 1 });
    const named = (name: string): unknown => (fixture('client', name) as { request: unknown }).request;
    expect(at.server.requests.slice(-3)).toEqual([named('admit'), named('reject'), named('admit-all')]);
    at.server.event({ type: 'lobbyLeft', user: ANA, outcome: 'admitted' });
    at.server.event({ type: 'lobbyLeft', user: BEN, outcome: 'rejected' });
    expect(seen).toEqual(['+Ana -', '+ -Ana', '+ -Ben']);
    expect([ana?.state, ben?.state]).toEqual(['Connected', 'Disconnected']);
    expect(call.remoteParticipants).toEqual([]);
  });

  it('says since when somebody waits', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    try {
      const call = await connected();
      at.server.event({ type: 'knocked', waiter: { user: BEN, displayName: 'Ben', waitedMs: 1_200 } });
      expect(call.lobby.participants[0]?.waitingSince).toEqual(new Date(1_800_000_000_000 - 1_200));
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps what those may not admit from touching the call: the error comes back', async () => {
    const call = await connected();
    at.server.answer = () => refused(403, 90403);
    await expect(call.lobby.admitAll()).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 403 });
    await expect(call.lobby.admit({} as never)).rejects.toMatchObject({ code: 400 });
    expect(call.state).toBe('Connected');
  });

  it('says who speaks', async () => {
    const call = await connected();
    at.server.event({ type: 'participantJoined', participant: participant(OLGA) });
    const olga = call.remoteParticipants[0];
    const seen: unknown[] = [];
    olga?.on('isSpeakingChanged', () => seen.push(olga.isSpeaking));
    at.server.event({ type: 'speakingChanged', users: [OLGA, ANA] });
    at.server.event({ type: 'speakingChanged', users: [ANA] });
    expect(seen).toEqual([true, false]);
  });
});
