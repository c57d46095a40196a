import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent, IncomingCall } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import type { RingView } from '../src/signaling/protocol.gen.js';
import { ANA, kind, OLGA, participant, refused, settle, TestClient, view, type World } from './support/fakes.js';
import { stage } from './support/stage.js';

const CALLED = '8:acs:11111111-1111-4111-8111-111111111111_33333333-3333-4333-8333-333333333333';
const RING: RingView = { ring: 'the ring', callId: 'ca110000-0000-4000-8000-000000000001', caller: CALLED, displayName: 'Ben', expiresInMs: 120_000 };

let at: World;
let client: TestClient;
let agent: CallAgent;

beforeEach(async () => {
  const begun = await stage();
  ({ at, client, agent } = begun);
  return begun.end;
});

function states(call: Call): string[] {
  const seen: string[] = [];
  call.on('stateChanged', () => seen.push(call.state));
  return seen;
}

const rings = (): void => at.server.event({ type: 'ringingChanged', users: [CALLED] });
const answered = (): void => {
  at.server.event({ type: 'participantJoined', participant: participant(CALLED, {}, 'Ben') });
  at.server.event({ type: 'ringingChanged', users: [] });
};

describe('calling somebody', () => {
  it('rings until somebody is there, also when media flows before, and shows who is called', async () => {
    const call = agent.startCall([{ communicationUserId: CALLED }], { audioOptions: { muted: true } });
    const seen = states(call);
    await settle();
    expect(at.server.asked('startCall')).toEqual([{ type: 'startCall', users: [CALLED], displayName: 'Ana', muted: true }]);
    rings();
    at.connections[0]?.become('connected');
    const [ben] = call.remoteParticipants;
    const bens: string[] = [];
    ben?.on('stateChanged', () => bens.push(ben.state));
    expect([ben?.state, ben?.identifier]).toEqual(['Ringing', { kind: 'communicationUser', communicationUserId: CALLED, rawId: CALLED }]);
    expect(seen).toEqual(['Connecting', 'Ringing']);
    answered();
    expect([seen, bens, ben?.displayName]).toEqual([['Connecting', 'Ringing', 'Connected'], ['Connected'], 'Ben']);
    expect(call.remoteParticipants).toEqual([ben]);
    expect([call.direction, call.callerInfo]).toEqual(['Outgoing', { identifier: { kind: 'communicationUser', communicationUserId: ANA, rawId: ANA }, displayName: 'Ana' }]);
  });

  it.each([{ id: '8:echo123' }, { rawId: '8:echo123' } as unknown as { id: string }])('calls the test call by %j, and is connected at once', async (identifier) => {
    const call = agent.startCall([identifier]);
    const seen = states(call);
    await settle();
    expect(at.server.asked('startCall')).toMatchObject([{ users: ['8:echo123'] }]);
    at.server.event({ type: 'participantJoined', participant: participant('8:echo123', {}, 'Echo test') });
    at.connections[0]?.become('connected');
    expect(seen.at(-1)).toBe('Connected');
    const [echo] = call.remoteParticipants;
    expect([echo?.identifier, echo?.displayName, echo?.state]).toEqual([{ kind: 'unknown', id: '8:echo123', rawId: '8:echo123' }, 'Echo test', 'Connected']);
  });

  it('is connected only once media flows, however early somebody answers', async () => {
    const call = agent.startCall([{ communicationUserId: CALLED }]);
    const seen = states(call);
    await settle();
    rings();
    answered();
    expect(seen).toEqual(['Connecting', 'Ringing']);
    at.connections[0]?.become('connected');
    expect(seen).toEqual(['Connecting', 'Ringing', 'Connected']);
  });

  it('tells the caller and who is called why nobody comes', async () => {
    const call = agent.startCall([{ communicationUserId: CALLED }, { communicationUserId: OLGA }]);
    await settle();
    at.server.event({ type: 'ringingChanged', users: [CALLED, OLGA] });
    const [ben] = call.remoteParticipants;
    at.server.event({ type: 'ringEnded', user: CALLED, reason: { code: 603, subCode: 0, name: 'ringDeclined', message: 'No.' } });
    expect([ben?.state, ben?.callEndReason]).toEqual(['Disconnected', { code: 603, subCode: 0, message: 'No.' }]);
    expect(call.remoteParticipants.length).toBe(1);
    at.server.event({ type: 'ended', end: { reason: { code: 487, subCode: 10004, name: 'notAnswered', message: 'Late.' } } });
    expect([call.state, call.callEndReason]).toEqual(['Disconnected', { code: 487, subCode: 10004, message: 'Late.' }]);
    expect(call.remoteParticipants).toEqual([]);
  });

  it('ends with 487/0 when the caller hangs up before, and with 0/0 after somebody answered', async () => {
    const cancelled = agent.startCall([{ communicationUserId: CALLED }]);
    await settle();
    rings();
    await cancelled.hangUp();
    expect(cancelled.callEndReason).toMatchObject({ code: 487, subCode: 0 });
    const call = agent.startCall([{ communicationUserId: CALLED }]);
    await settle();
    at.server.event({ type: 'participantJoined', participant: participant(CALLED) }, 2);
    await call.hangUp();
    expect(call.callEndReason).toMatchObject({ code: 0, subCode: 0 });
  });

  it('asks for a lobby only where the app wants one', async () => {
    agent.startCall([{ communicationUserId: CALLED }], { convene: { lobby: true } });
    agent.startCall([{ communicationUserId: CALLED }], { convene: { lobby: false } });
    await settle();
    expect(at.server.asked('startCall').map((request) => 'lobby' in request && request.lobby)).toEqual([true, false]);
  });

  it('is in the lobby once somebody has answered who is to let the caller in, and connected after that', async () => {
    const call = agent.startCall([{ communicationUserId: CALLED }]);
    const seen = states(call);
    await settle();
    rings();
    at.connections[0]?.become('connected');
    at.server.event({ type: 'putBack', waiting: { participantId: 'leg of me', expiresInMs: 1_000 } });
    expect([seen, call.remoteParticipants]).toEqual([['Connecting', 'Ringing', 'InLobby'], []]);
    at.server.event({ type: 'admitted', call: view({ participants: [participant(CALLED, {}, 'Ben')] }) });
    await settle();
    at.connections[1]?.become('connected');
    expect([seen.slice(3), call.remoteParticipants.map((each) => each.displayName)]).toEqual([['Connecting', 'Connected'], ['Ben']]);
  });

  it('ends with the place in the lobby that a lost connection takes, and calls nobody anew', async () => {
    const call = agent.startCall([{ communicationUserId: CALLED }]);
    await settle();
    rings();
    at.server.event({ type: 'putBack', waiting: { participantId: 'leg of me', expiresInMs: 1_000 } });
    at.server.line.drop();
    expect(call.state).toBe('InLobby');
    await vi.waitFor(() => expect(agent.connectionState).toBe('Connected'));
    expect([call.state, call.callEndReason?.message]).toEqual(['Disconnected', 'The connection was lost while this call waited to be let in, and with it the place. Call again.']);
    expect(at.server.asked('startCall').length).toBe(1);
  });

  it('says 0/0 and not 487 when a caller hangs up in the lobby: somebody had answered', async () => {
    const call = agent.startCall([{ communicationUserId: CALLED }]);
    await settle();
    rings();
    at.server.event({ type: 'putBack', waiting: { participantId: 'leg of me', expiresInMs: 1_000 } });
    await call.hangUp();
    expect(call.callEndReason).toMatchObject({ code: 0, subCode: 0 });
  });

  it('refuses at once what it cannot call, with a sentence', () => {
    expect(() => agent.startCall([])).toThrow(/list of whom to call/);
    expect(() => agent.startCall([{} as never])).toThrow();
    expect(() => agent.startCall([{ phoneNumber: '+15551234' }])).toThrow(/telephone numbers is not supported/);
    expect(() => agent.startCall([{ communicationUserId: CALLED }], { customContext: { userToUser: 'x' } })).toThrow(/customContext is not supported/);
    expect(at.server.requests).toEqual([]);
  });
});

describe('calling a third into a call', () => {
  const THIRD = '8:acs:11111111-1111-4111-8111-111111111111_44444444-4444-4444-8444-444444444444';

  async function inCall(): Promise<Call> {
    const call = agent.startCall([{ communicationUserId: CALLED }]);
    await settle();
    answered();
    at.connections[0]?.become('connected');
    return call;
  }

  it('gives the participant at once, and tells how it goes on until this one is in', async () => {
    const call = await inCall();
    const updates: string[] = [];
    call.on('remoteParticipantsUpdated', ({ added, removed }) => updates.push(`+${added.length} -${removed.length}`));
    const third = call.addParticipant({ communicationUserId: THIRD });
    expect([third.state, third.identifier, call.remoteParticipants.at(-1)]).toEqual(['Connecting', { kind: 'communicationUser', communicationUserId: THIRD, rawId: THIRD }, third]);
    expect(call.addParticipant({ communicationUserId: THIRD })).toBe(third);
    await settle();
    expect(at.server.asked('addParticipant')).toEqual([{ type: 'addParticipant', user: THIRD }]);
    const seen: string[] = [];
    third.on('stateChanged', () => seen.push(third.state));
    at.server.event({ type: 'ringingChanged', users: [THIRD] });
    at.server.event({ type: 'participantJoined', participant: participant(THIRD, {}, 'Cleo') });
    at.server.event({ type: 'ringingChanged', users: [] });
    expect([seen, third.displayName, updates, call.state]).toEqual([['Ringing', 'Connected'], 'Cleo', ['+1 -0'], 'Connected']);
  });

  it('tells why the third does not come, also when the server refuses', async () => {
    const call = await inCall();
    const declines = call.addParticipant({ communicationUserId: THIRD });
    at.server.event({ type: 'ringingChanged', users: [THIRD] });
    at.server.event({ type: 'ringEnded', user: THIRD, reason: { code: 603, subCode: 0, name: 'ringDeclined', message: 'No.' } });
    at.server.event({ type: 'ringingChanged', users: [] });
    expect([declines.state, declines.callEndReason, call.remoteParticipants.length]).toEqual(['Disconnected', { code: 603, subCode: 0, message: 'No.' }, 1]);

    at.server.answer = (request) => (request.type === 'addParticipant' ? refused(403, 10009) : kind(request));
    const forbidden = call.addParticipant({ communicationUserId: THIRD });
    expect(forbidden).not.toBe(declines);
    await settle();
    expect([forbidden.state, forbidden.callEndReason]).toMatchObject(['Disconnected', { code: 403, subCode: 10009 }]);
    expect([call.remoteParticipants.length, call.state]).toEqual([1, 'Connected']);
  });

  it('shows everybody else who is called, and takes it back by removing', async () => {
    const call = await inCall();
    at.server.event({ type: 'ringingChanged', users: [THIRD] });
    const third = call.remoteParticipants.at(-1)!;
    expect(third.state).toBe('Ringing');
    await call.removeParticipant(third.identifier);
    expect(at.server.asked('remove')).toEqual([{ type: 'remove', user: THIRD }]);
  });

  it('refuses what it cannot call, and before this client is in the call', async () => {
    const call = await inCall();
    expect(() => call.addParticipant({} as never)).toThrow(/needs whom to call/);
    expect(() => call.addParticipant({ phoneNumber: '+15551234' })).toThrow(/telephone numbers is not supported/);
    await call.hangUp();
    expect(() => call.addParticipant({ communicationUserId: THIRD })).toThrow(/once this client is in the call/);
    expect(() => agent.startCall([{ communicationUserId: CALLED }]).addParticipant({ communicationUserId: THIRD })).toThrow(/once this client is in the call/);
    await settle();
  });
});

describe('being called', () => {
  async function ring(): Promise<IncomingCall> {
    const heard = new Promise<IncomingCall>((resolve) => agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall)));
    at.server.line.say({ type: 'rings', ring: RING });
    return heard;
  }

  it('tells who calls, once, and comes in with the caller as the one who called', async () => {
    const seen: IncomingCall[] = [];
    agent.on('incomingCall', ({ incomingCall }) => seen.push(incomingCall));
    const incoming = await ring();
    at.server.line.say({ type: 'rings', ring: RING });
    expect(seen).toEqual([incoming]);
    const by = { identifier: { kind: 'communicationUser', communicationUserId: CALLED, rawId: CALLED }, displayName: 'Ben' };
    expect([incoming.kind, incoming.id, incoming.callerInfo, incoming.callEndReason]).toEqual(['IncomingCall', RING.callId, by, undefined]);
    await expect(incoming.info.getServerCallId()).resolves.toBe(RING.callId);

    at.server.answer = (request) => (request.type === 'accept' ? { type: 'joined', call: view({ participants: [participant(CALLED)] }) } : kind(request));
    const added: string[] = [];
    agent.on('callsUpdated', (change) => added.push(...change.added.map((each) => each.id)));
    const call = await incoming.accept({ audioOptions: { muted: true } });
    expect(added).toEqual([incoming.id]);
    expect(at.server.asked('accept')).toEqual([{ type: 'accept', ring: 'the ring', displayName: 'Ana', muted: true }]);
    expect([call.id, call.direction, call.callerInfo, call.state]).toEqual([incoming.id, 'Incoming', by, 'Connecting']);
    at.connections[0]?.become('connected');
    expect(call.state).toBe('Connected');
    await expect(incoming.accept()).rejects.toMatchObject({ code: 412, message: expect.stringContaining('accepted already') });
  });

  it('is accepted into the lobby where the caller is to let this client in', async () => {
    const incoming = await ring();
    at.server.answer = (request) => (request.type === 'accept' ? { type: 'waiting', waiting: { participantId: 'leg of me', expiresInMs: 1_000 } } : kind(request));
    const call = await incoming.accept();
    expect([call.state, call.id, call.remoteParticipants]).toEqual(['InLobby', RING.callId, []]);
    at.server.event({ type: 'admitted', call: view({ participants: [participant(CALLED)] }) });
    await settle();
    at.connections[0]?.become('connected');
    expect([call.state, call.remoteParticipants.length]).toEqual(['Connected', 1]);
  });

  it('is over with the server\'s reason, which stands before the event, and then takes no answer', async () => {
    const incoming = await ring();
    const ends: unknown[] = [];
    incoming.on('callEnded', ({ callEndReason }) => ends.push(callEndReason, incoming.callEndReason));
    at.server.line.say({ type: 'ringOver', ring: 'the ring', reason: { code: 487, subCode: 10003, name: 'answeredElsewhere', message: 'Elsewhere.' } });
    const reason = { code: 487, subCode: 10003, message: 'Elsewhere.' };
    expect(ends).toEqual([reason, reason]);
    await expect(incoming.accept()).rejects.toMatchObject({ code: 412 });
    await expect(incoming.reject()).rejects.toMatchObject({ code: 412 });
    expect(at.server.requests).toEqual([]);
  });

  it('is declined, and an answer that comes too late is told why', async () => {
    const incoming = await ring();
    await incoming.reject();
    expect(at.server.asked('decline')).toEqual([{ type: 'decline', ring: 'the ring' }]);
    at.server.line.say({ type: 'ringOver', ring: 'the ring', reason: { code: 603, subCode: 0, name: 'ringDeclined', message: 'No.' } });
    expect(incoming.callEndReason).toMatchObject({ code: 603, subCode: 0 });

    const late = new Promise<IncomingCall>((resolve) => agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall)));
    at.server.line.say({ type: 'rings', ring: { ...RING, ring: 'another' } });
    at.server.answer = () => refused(404, 90404);
    await expect((await late).accept()).rejects.toMatchObject({ code: 404, subCode: 90404 });
    expect(agent.calls).toEqual([]);
  });

  it('stops when the line is lost, and rings anew if it still rings once the line is back', async () => {
    const incoming = await ring();
    at.server.line.drop();
    expect(incoming.callEndReason).toMatchObject({ code: 496, subCode: 7 });
    const again: IncomingCall[] = [];
    agent.on('incomingCall', ({ incomingCall }) => again.push(incomingCall));
    await vi.waitFor(() => expect(agent.connectionState).toBe('Connected'));
    at.server.line.say({ type: 'rings', ring: RING });
    expect(again.map((call) => call.id)).toEqual([RING.callId]);
  });
});
