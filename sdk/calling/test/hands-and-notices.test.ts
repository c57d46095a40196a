import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { RecordingState } from '../src/api/enums.js';
import { Features } from '../src/features/index.js';
import type { CallView, Notice } from '../src/signaling/protocol.gen.js';
import { ANA, BEN, credential, FakeStream, kind, OLGA, refused, settle, TestClient, token, view, world, type World } from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let client: TestClient;
let agent: CallAgent;

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

/** Joins a call in which these are raised and announced; the server tells that right after it let somebody in. */
async function joined({ hands = [], notices = [], ...change }: Partial<CallView> & { hands?: string[]; notices?: Notice[] } = {}): Promise<Call> {
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: view(change) } : kind(request));
  const call = agent.join(LINK);
  await settle();
  at.connections.at(-1)?.become('connected');
  await settle();
  if (hands.length > 0) {
    at.server.event({ type: 'handsChanged', hands });
  }
  if (notices.length > 0) {
    at.server.event({ type: 'noticesChanged', notices });
  }
  at.server.requests.length = 0;
  return call;
}

describe('raised hands', () => {
  it('are listed first raised first, and told one by one, one\'s own among them', async () => {
    const call = await joined({ hands: [OLGA] });
    const feature = call.feature(Features.RaiseHand);
    const seen: unknown[] = [];
    feature.on('raisedHandEvent', ({ identifier }) => seen.push(['raised', identifier]));
    feature.on('loweredHandEvent', ({ identifier }) => seen.push(['lowered', identifier]));
    expect(feature.getRaisedHands()).toMatchObject([{ identifier: { kind: 'microsoftTeamsUser', rawId: OLGA }, order: 1 }]);
    at.server.event({ type: 'handsChanged', hands: [OLGA, ANA] });
    at.server.event({ type: 'handsChanged', hands: [OLGA, ANA] });
    at.server.event({ type: 'handsChanged', hands: [ANA] });
    expect(feature.getRaisedHands()).toMatchObject([{ identifier: { kind: 'communicationUser', communicationUserId: ANA }, order: 1 }]);
    expect(seen).toEqual([
      ['raised', expect.objectContaining({ communicationUserId: ANA })],
      ['lowered', expect.objectContaining({ rawId: OLGA })],
    ]);
  });

  it('are raised and lowered by requests: one\'s own, those of others, everybody\'s', async () => {
    const call = await joined();
    const feature = call.feature(Features.RaiseHand);
    await feature.raiseHand();
    await feature.lowerHand();
    await feature.lowerHands([{ communicationUserId: ANA }, { microsoftTeamsUserId: BEN.slice(15), isAnonymous: true }]);
    await feature.lowerAllHands();
    expect(at.server.requests).toEqual([
      { type: 'raiseHand' },
      { type: 'lowerHands', users: [ANA] },
      { type: 'lowerHands', users: [ANA, BEN] },
      { type: 'lowerHands', users: null },
    ]);
    at.server.answer = () => refused(403, 90403);
    await expect(feature.lowerAllHands()).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 403, subCode: 90403 });
    await expect(feature.lowerHands(['Ana' as never])).rejects.toMatchObject({ code: 400 });
  });

  it('are nobody\'s for those who left or were put back, and a capability of their own', async () => {
    const call = await joined({ hands: [OLGA, ANA], capabilities: ['raiseHand'] });
    const feature = call.feature(Features.RaiseHand);
    expect(call.feature(Features.Capabilities).capabilities.raiseHand).toEqual({ isPresent: true, reason: 'Capable' });
    at.server.event({ type: 'putBack', waiting: { participantId: 'leg of me', expiresInMs: 1_000 } });
    expect(feature.getRaisedHands()).toEqual([]);
    at.server.event({ type: 'admitted', call: view() });
    expect(feature.getRaisedHands()).toEqual([]);
    at.server.event({ type: 'handsChanged', hands: [OLGA] });
    expect(feature.getRaisedHands()).toHaveLength(1);
    await call.hangUp();
    expect(feature.getRaisedHands()).toEqual([]);
  });
});

describe('an announced recording', () => {
  const recorded = (state: Notice['state'], by = OLGA): Notice => ({ kind: 'recording', state, by });

  it('is there from the first word of the server, also for who asks for the feature later', async () => {
    const call = await joined({ notices: [recorded('started')] });
    const feature = call.feature(Features.Recording);
    expect([feature.isRecordingActive, feature.recordings.map((each) => each.state), feature.isTeamsConsentRequired]).toEqual([true, [RecordingState.Started], false]);
    await expect(feature.grantTeamsConsent()).resolves.toBeUndefined();
  });

  it('begins, pauses, goes on and ends, each told once', async () => {
    const call = await joined();
    const feature = call.feature(Features.Recording);
    const seen: unknown[] = [];
    feature.on('isRecordingActiveChanged', () => seen.push(`active ${feature.isRecordingActive}`));
    feature.on('recordingsUpdated', ({ added, removed }) => {
      seen.push(`+${added.length} -${removed.length}`);
      added.forEach((recording) => recording.on('recordingStateChanged', () => seen.push(RecordingState[recording.state])));
    });
    for (const notices of [[recorded('started')], [recorded('started')], [recorded('paused')], [recorded('started')], []]) {
      at.server.event({ type: 'noticesChanged', notices });
    }
    expect(seen).toEqual(['+1 -0', 'active true', 'Paused', 'active false', 'Started', 'active true', 'Ended', '+0 -1', 'active false']);
    expect(feature.recordings).toEqual([]);
  });

  it('stays active while one of several goes on, and has nothing to do with transcription', async () => {
    const call = await joined({ notices: [recorded('started'), recorded('started', BEN), { kind: 'transcription', state: 'started', by: OLGA }] });
    const recording = call.feature(Features.Recording);
    const transcription = call.feature(Features.Transcription);
    const seen: string[] = [];
    recording.on('isRecordingActiveChanged', () => seen.push('recording'));
    transcription.on('isTranscriptionActiveChanged', () => seen.push(`transcription ${transcription.isTranscriptionActive}`));
    at.server.event({ type: 'noticesChanged', notices: [recorded('started', BEN)] });
    expect([recording.isRecordingActive, recording.recordings.length, transcription.isTranscriptionActive, seen]).toEqual([true, 1, false, ['transcription false']]);
  });

  it('is announced by call.convene, and ends for who leaves', async () => {
    const call = await joined();
    await call.convene.announceRecording('Started');
    await call.convene.announceRecording('Paused');
    await call.convene.announceRecording('Ended');
    await call.convene.announceTranscription(true);
    await call.convene.announceTranscription(false);
    expect(at.server.requests).toEqual([
      { type: 'announce', kind: 'recording', state: 'started' },
      { type: 'announce', kind: 'recording', state: 'paused' },
      { type: 'announce', kind: 'recording', state: 'ended' },
      { type: 'announce', kind: 'transcription', state: 'started' },
      { type: 'announce', kind: 'transcription', state: 'ended' },
    ]);
    await expect(call.convene.announceRecording('on' as never)).rejects.toMatchObject({ code: 400, message: expect.stringContaining('Started, Paused, Ended') });
    at.server.event({ type: 'noticesChanged', notices: [recorded('started', ANA)] });
    const feature = call.feature(Features.Recording);
    expect(feature.isRecordingActive).toBe(true);
    await call.hangUp();
    expect(feature.isRecordingActive).toBe(false);
  });
});
