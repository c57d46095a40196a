import { beforeEach, describe, expect, it } from 'vitest';
import type { CallAgent, IncomingCall } from '../src/api/agent.js';
import type { Call, CallCommon } from '../src/api/call.js';
import { Features } from '../src/features/index.js';
import type { Transfer } from '../src/features/transfer.js';
import { kind, OLGA, participant, refused, settle, view, type World } from './support/fakes.js';
import { stage } from './support/stage.js';

const BEN = '8:acs:11111111-1111-4111-8111-111111111111_33333333-3333-4333-8333-333333333333';
const CLEO = '8:acs:11111111-1111-4111-8111-111111111111_44444444-4444-4444-8444-444444444444';
const TRANSFERRED = { code: 0, subCode: 7015, name: 'transferred', message: 'The call was transferred.' };

let at: World;
let agent: CallAgent;

beforeEach(async () => {
  const begun = await stage();
  ({ at, agent } = begun);
  return begun.end;
});

/** A call of two with Ben. */
async function inCall(): Promise<Call> {
  const call = agent.startCall([{ communicationUserId: BEN }]);
  await settle();
  at.server.event({ type: 'participantJoined', participant: participant(BEN) });
  at.connections[0]?.become('connected');
  return call;
}

function states(transfer: Transfer): string[] {
  const seen: string[] = [transfer.state];
  transfer.on('stateChanged', () => seen.push(transfer.state));
  return seen;
}

describe('handing the other one over', () => {
  it('to a participant is Transferring until the call ends with 0/7015', async () => {
    const call = await inCall();
    const transfer = call.feature(Features.Transfer).transfer({ targetParticipant: { communicationUserId: CLEO } });
    const seen = states(transfer);
    await settle();
    expect(at.server.asked('transfer')).toEqual([{ type: 'transfer', target: { kind: 'user', user: CLEO } }]);
    at.server.event({ type: 'ended', end: { reason: TRANSFERRED } });
    expect(seen).toEqual(['None', 'Transferring', 'Transferred']);
    expect([transfer.error, call.state, call.callEndReason]).toMatchObject([undefined, 'Disconnected', { code: 0, subCode: 7015 }]);
  });

  it('fails with the reason, and the call goes on, when nobody comes; with another end when the call ends otherwise', async () => {
    const call = await inCall();
    const feature = call.feature(Features.Transfer);
    const first = feature.transfer({ targetCallId: 'the other call' });
    const seen = states(first);
    await settle();
    expect(at.server.asked('transfer')).toEqual([{ type: 'transfer', target: { kind: 'call', callId: 'the other call' } }]);
    at.server.event({ type: 'transferFailed', reason: { code: 603, subCode: 0, name: 'ringDeclined', message: 'No.' } });
    expect([seen, first.error, call.state]).toEqual([['None', 'Transferring', 'Failed'], { code: 603, subCode: 0 }, 'Connected']);

    at.server.answer = (request) => (request.type === 'transfer' ? refused(403, 90403) : kind(request));
    const second = feature.transfer({ targetParticipant: { communicationUserId: CLEO } });
    await settle();
    expect([second.state, second.error]).toEqual(['Failed', { code: 403, subCode: 90403 }]);

    at.server.answer = kind;
    const third = feature.transfer({ targetParticipant: { communicationUserId: CLEO } });
    await settle();
    await call.hangUp();
    expect([third.state, third.error]).toEqual(['Failed', { code: 0, subCode: 0 }]);
    expect(first.error).toEqual({ code: 603, subCode: 0 });
  });

  it('refuses at once what it cannot hand over to', async () => {
    const call = await inCall();
    const { transfer } = { transfer: (target: object, options?: object) => call.feature(Features.Transfer).transfer(target as never, options as never) };
    expect(() => transfer({})).toThrow(/targetParticipant/);
    expect(() => transfer({ targetCallId: '' })).toThrow(/targetParticipant/);
    expect(() => transfer({ targetParticipant: { phoneNumber: '+15551234' } })).toThrow(/telephone numbers is not supported/);
    expect(() => transfer({ targetParticipant: { communicationUserId: CLEO } }, { customContext: {} })).toThrow(/customContext is not supported/);
    await call.hangUp();
    expect(() => transfer({ targetCallId: 'x' })).toThrow(/once it is Connected/);
  });
});

describe('being handed over', () => {
  it('begins the call to the target with the same mute state, and tells it', async () => {
    const call = await inCall();
    await call.mute();
    const targets: CallCommon[] = [];
    call.feature(Features.Transfer).on('transferAccepted', ({ targetCall }) => targets.push(targetCall));
    at.server.event({ type: 'transferRequested', transfer: 'the transfer', by: BEN, target: CLEO });
    await settle();
    expect(at.server.asked('follow')).toEqual([{ type: 'follow', transfer: 'the transfer', displayName: 'Ana', muted: true }]);
    expect(agent.calls).toEqual([call, targets[0]]);
    at.server.event({ type: 'ringingChanged', users: [CLEO] }, 2);
    expect([targets[0]?.state, targets[0]?.direction]).toEqual(['Ringing', 'Outgoing']);
    at.connections[1]?.become('connected');
    at.server.event({ type: 'participantJoined', participant: participant(CLEO) }, 2);
    at.server.event({ type: 'ended', end: { reason: TRANSFERRED } });
    expect([targets[0]?.state, call.callEndReason]).toMatchObject(['Connected', { code: 0, subCode: 7015 }]);
  });

  it('to a call that goes on is connected once media flows, also without the feature', async () => {
    await inCall();
    at.server.answer = (request) => (request.type === 'follow' ? { type: 'joined', call: view({ participants: [participant(CLEO)] }) } : kind(request));
    at.server.event({ type: 'transferRequested', transfer: 'the transfer', by: BEN });
    await settle();
    at.connections[1]?.become('connected');
    expect(agent.calls[1]?.state).toBe('Connected');
  });

  it('is seen by who is called: who calls, and who handed the caller over', async () => {
    const heard: IncomingCall[] = [];
    agent.on('incomingCall', ({ incomingCall }) => heard.push(incomingCall));
    at.server.line.say({ type: 'rings', ring: { ring: 'r', callId: 'c', caller: BEN, displayName: 'Ben', expiresInMs: 1_000, transferor: { user: OLGA, displayName: 'Olga' } } });
    const by = { identifier: { kind: 'microsoftTeamsUser', microsoftTeamsUserId: OLGA.slice(8), isAnonymous: false, cloud: 'public', rawId: OLGA }, displayName: 'Olga' };
    expect([heard[0]?.callerInfo.displayName, heard[0]?.transferorInfo]).toEqual(['Ben', by]);
    at.server.answer = (request) => (request.type === 'accept' ? { type: 'joined', call: view({ participants: [participant(BEN)] }) } : kind(request));
    const call = await heard[0]!.accept();
    expect(call.transferorInfo).toEqual(by);
  });
});
