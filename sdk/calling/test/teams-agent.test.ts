import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TeamsCallAgent, TeamsIncomingCall } from '../src/api/teams.js';
import { ANA, credential, FakeStream, installDevices, kind, OLGA, participant, settle, TestClient, token, view, world, type World } from './support/fakes.js';

const OTTO = '55555555-5555-4555-8555-555555555555';

let at: World;
let client: TestClient;
let agent: TeamsCallAgent;

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  installDevices();
  at = world();
  at.server.user = OLGA;
  client = new TestClient(at);
  agent = await client.createTeamsCallAgent(credential(token({ skypeid: OLGA.slice(2) })));
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

describe('an agent of a user of the organization', () => {
  it('has ACS\'s kinds, and takes nobody else', async () => {
    expect([agent.kind, agent.connectionState, agent.calls]).toEqual(['TeamsCallAgent', 'Connected', []]);
    await expect(client.createTeamsCallAgent(credential(token()))).rejects.toMatchObject({ code: 403, message: expect.stringContaining('8:orgid:') });
    await expect(client.createTeamsCallAgent({} as never)).rejects.toMatchObject({ code: 400, message: expect.stringContaining('createTeamsCallAgent needs') });
  });

  it('calls one user or several, of the organization and of apps', async () => {
    const updates: string[] = [];
    agent.on('callsUpdated', ({ added }) => updates.push(...added.map((call) => call.kind)));
    const call = agent.startCall({ microsoftTeamsUserId: OTTO });
    agent.startCall([{ microsoftTeamsUserId: OTTO }, { communicationUserId: ANA }], { audioOptions: { muted: true } });
    await settle();
    expect(at.server.asked('startCall')).toMatchObject([{ users: [`8:orgid:${OTTO}`] }, { users: [`8:orgid:${OTTO}`, ANA], muted: true }]);
    expect([call.kind, call.direction, call.callerInfo.identifier, updates]).toEqual([
      'TeamsCall', 'Outgoing', { kind: 'microsoftTeamsUser', microsoftTeamsUserId: OLGA.slice(8), isAnonymous: false, cloud: 'public', rawId: OLGA }, ['TeamsCall', 'TeamsCall'],
    ]);
    expect(agent.calls[0]).toBe(call);
  });

  it('is called, and answers', async () => {
    const heard: TeamsIncomingCall[] = [];
    const listener = ({ incomingCall }: { incomingCall: TeamsIncomingCall }): void => void heard.push(incomingCall);
    agent.on('incomingCall', listener);
    at.server.line.say({ type: 'rings', ring: { ring: 'the ring', callId: 'ca110000-0000-4000-8000-000000000001', caller: ANA, displayName: 'Ana', expiresInMs: 120_000 } });
    const [incoming] = heard;
    expect([incoming?.kind, incoming?.callerInfo]).toEqual([
      'TeamsIncomingCall', { identifier: { kind: 'communicationUser', communicationUserId: ANA, rawId: ANA }, displayName: 'Ana' },
    ]);
    at.server.answer = (request) => (request.type === 'accept' ? { type: 'joined', call: view({ participants: [participant(ANA)] }) } : kind(request));
    const call = await incoming!.accept();
    expect([call.kind, call.direction, agent.calls]).toEqual(['TeamsCall', 'Incoming', [call]]);
    agent.off('incomingCall', listener);
    at.server.line.say({ type: 'rings', ring: { ring: 'another', callId: 'c', caller: ANA, displayName: 'Ana', expiresInMs: 1 } });
    expect(heard.length).toBe(1);
  });

  it('joins meetings, and refuses what it cannot do', async () => {
    agent.join({ meetingId: '123456789', passcode: 'secret' });
    agent.join({ meetingLink: 'http://localhost:8080/meet/123456789?p=x' });
    await settle();
    expect(at.server.asked('join')).toMatchObject([{ target: { kind: 'meetingId' } }, { target: { kind: 'meetingLink' } }]);
    expect(() => agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' } as never)).toThrow(/joins meetings/);
    expect(() => agent.startCall({ phoneNumber: '+15551234' })).toThrow(/telephone numbers is not supported/);
    expect(() => agent.startCall({ microsoftTeamsUserId: OTTO }, { onBehalfOfOptions: { userId: { microsoftTeamsUserId: OTTO } } })).toThrow(/on behalf of/);
    expect(() => agent.startCall([{ microsoftTeamsUserId: OTTO }], { threadId: '19:x@thread.v2' })).toThrow(/chat thread of its own/);
    await agent.dispose();
    expect(() => agent.startCall({ microsoftTeamsUserId: OTTO })).toThrow(/disposed/);
  });
});
