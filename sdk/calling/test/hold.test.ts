import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { kind, OLGA, participant, refused, settle, view, type World } from './support/fakes.js';
import { stage } from './support/stage.js';

let at: World;
let agent: CallAgent;

beforeEach(async () => {
  const begun = await stage();
  ({ at, agent } = begun);
  return begun.end;
});

const GROUP = '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11';

/** A call of two that is connected. */
async function connected(): Promise<{ call: Call; states: string[] }> {
  const call = agent.startCall([{ communicationUserId: OLGA }]);
  await settle();
  at.server.event({ type: 'participantJoined', participant: participant(OLGA) });
  at.connections[0]?.become('connected');
  await settle();
  const states: string[] = [];
  call.on('stateChanged', () => states.push(call.state));
  return { call, states };
}

const sent = (): unknown => at.connections.at(-1)?.sent.get('microphone');
const told = (): unknown[] => at.server.asked('setHeld').map((request) => (request as { held: boolean }).held);

describe('holding a call', () => {
  it('sends nothing until it is taken up again', async () => {
    const { call, states } = await connected();
    const microphone = sent();
    expect(microphone).toBeTruthy();
    await call.hold();
    expect([sent(), told(), states]).toEqual([null, [true], ['LocalHold']]);
    await call.hold();
    expect(told()).toEqual([true]);
    await call.resume();
    expect([sent(), told(), states]).toEqual([microphone, [true, false], ['LocalHold', 'Connected']]);
    expect(call.remoteAudioStreams.length).toBe(1);
  });

  it('needs a call that is connected', async () => {
    const call = agent.join({ groupId: GROUP });
    await expect(call.hold()).rejects.toMatchObject({ code: 412, subCode: 90416 });
    await settle();
    await call.hangUp();
    await expect(call.hold()).rejects.toMatchObject({ code: 412, subCode: 90412 });
    await expect(call.resume()).rejects.toMatchObject({ code: 412, subCode: 90412 });
  });

  it('is not held if the server refuses, and goes on sending', async () => {
    const { call, states } = await connected();
    const microphone = sent();
    at.server.answer = (request) => (request.type === 'setHeld' ? refused(403, 90_403) : kind(request));
    await expect(call.hold()).rejects.toMatchObject({ code: 403 });
    expect([sent(), states, call.state]).toEqual([microphone, [], 'Connected']);
  });

  it('by the other one of two is RemoteHold; held by both it is LocalHold first', async () => {
    const { call, states } = await connected();
    const [olga] = call.remoteParticipants;
    at.server.event({ type: 'participantChanged', participant: participant(OLGA, { held: true }) });
    expect([call.state, olga?.state]).toEqual(['RemoteHold', 'Hold']);
    await call.hold();
    await call.resume();
    at.server.event({ type: 'participantChanged', participant: participant(OLGA) });
    expect([states, olga?.state]).toEqual([['RemoteHold', 'LocalHold', 'RemoteHold', 'Connected'], 'Connected']);
  });

  it('in a group changes the participant alone', async () => {
    const call = agent.join({ groupId: GROUP });
    await settle();
    at.connections[0]?.become('connected');
    at.server.event({ type: 'participantJoined', participant: participant(OLGA, { held: true }) });
    expect([call.state, call.remoteParticipants.map((each) => each.state)]).toEqual(['Connected', ['Hold']]);
  });

  it('ends in the lobby: who is let in again holds nothing', async () => {
    const { call } = await connected();
    await call.hold();
    at.server.event({ type: 'putBack', waiting: { participantId: 'leg of me', expiresInMs: 1000 } });
    expect(call.state).toBe('InLobby');
    at.server.event({ type: 'admitted', call: view({ participants: [participant(OLGA)] }) });
    await settle();
    at.connections.at(-1)?.become('connected');
    expect([call.state, told()]).toEqual(['Connected', [true]]);
    expect(sent()).toBeTruthy();
  });

  it('outlives a lost line: what the server does not know any more is told again', async () => {
    const { call } = await connected();
    await call.hold();
    at.server.answer = (request) => (request.type === 'resume' ? { type: 'joined', call: view({ participants: [participant(OLGA)] }) } : kind(request));
    at.server.line.drop();
    await vi.waitFor(() => expect(told()).toEqual([true, true]), { timeout: 5000 });
    expect([call.state, sent()]).toEqual(['LocalHold', null]);
  });
});
