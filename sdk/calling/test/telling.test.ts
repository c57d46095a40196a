import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../src/api/call.js';
import { Features } from '../src/features/index.js';
import type { DataChannelReceiver } from '../src/features/data-channel.js';
import type { DataChannel, Request } from '../src/signaling/protocol.gen.js';
import { ANA, BEN, credential, FakeStream, kind, OLGA, participant, refused, settle, TestClient, token, view, world, type World } from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let call: Call;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  at = world();
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: view({ participants: [participant(OLGA), participant(BEN, {}, 'Ben')] }) } : kind(request));
  const client = new TestClient(at);
  const agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
  call = agent.join(LINK);
  await settle();
  at.connections.at(-1)?.become('connected');
  await settle();
  at.server.requests.length = 0;
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  };
});

const ben = { rawId: BEN, microsoftTeamsUserId: '33333333-3333-4333-8333-333333333333', isAnonymous: true };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sent = (): Extract<Request, { type: 'sendData' }>[] => at.server.requests.flatMap((request) => (request.type === 'sendData' ? [request] : []));
const texts = (): string[] => sent().map(({ data }) => atob(data));

describe('DTMF tones', () => {
  it('go to the server by their names, and what is none is refused', async () => {
    for (const tone of ['Num0', 'Num9', 'D', 'Pound', 'Star'] as const) {
      await call.sendDtmf(tone);
    }
    expect(at.server.requests).toEqual(['zero', 'nine', 'd', 'pound', 'asterisk'].map((tone) => ({ type: 'sendTone', tone })));
    await expect(call.sendDtmf('Flash')).rejects.toMatchObject({ code: 501 });
    await expect(call.sendDtmf('toString' as 'A')).rejects.toMatchObject({ code: 400, message: 'toString is no DTMF tone. There are Num0 to Num9, A to D, Pound and Star.' });
  });

  it('are the caller\'s to send again when there are too many, and need a call', async () => {
    at.server.answer = () => refused(429, 90429);
    await expect(call.sendDtmf('Num1')).rejects.toMatchObject({ code: 429 });
    at.server.answer = kind;
    await call.hangUp();
    await expect(call.sendDtmf('Num1')).rejects.toMatchObject({ code: 412 });
  });
});

describe('a sender of a data channel', () => {
  it('sends to all or to those who are set, counts from 1, and tells its end', async () => {
    const feature = call.feature(Features.DataChannel);
    const sender = feature.createDataChannelSender({ channelId: 1000 });
    expect([sender.channelId, sender.maxMessageSize]).toEqual([1000, 32_768]);
    await sender.sendMessage(bytes('all'));
    sender.setParticipants([ben]);
    await sender.sendMessage(bytes('Ben'));
    sender.close();
    await settle();
    const channel = sent()[0]?.channel as DataChannel;
    expect(channel.id).toBe(1000);
    expect(at.server.requests).toEqual([
      { type: 'sendData', channel, sequence: 1, mayBeLost: true, to: null, data: btoa('all') },
      { type: 'sendData', channel, sequence: 2, mayBeLost: true, to: [BEN], data: btoa('Ben') },
      { type: 'closeData', channel, to: [BEN] },
    ]);
    await expect(sender.sendMessage(bytes('late'))).rejects.toMatchObject({ code: 412 });
    expect(() => sender.setParticipants([])).toThrow('closed');
  });

  it('takes the place of one with the same id, as a session of its own, and ids that nobody asked for are free ones', async () => {
    const feature = call.feature(Features.DataChannel);
    const first = feature.createDataChannelSender({ channelId: 1 });
    const second = feature.createDataChannelSender({ channelId: 1 });
    await second.sendMessage(bytes('second'));
    await expect(first.sendMessage(bytes('first'))).rejects.toMatchObject({ code: 412 });
    const closed = at.server.requests.flatMap((request) => (request.type === 'closeData' ? [request.channel] : []));
    expect(closed).toHaveLength(1);
    expect(closed[0]?.session).not.toBe(sent()[0]?.channel.session);
    expect(feature.createDataChannelSender({ channelId: 0 }).channelId).toBe(2);
    expect(feature.createDataChannelSender({}).channelId).toBe(3);
  });

  it('refuses options and messages that there are not', async () => {
    const feature = call.feature(Features.DataChannel);
    for (const wrong of [{ channelId: 65_536 }, { channelId: 1.5 }, { bitrateInKbps: 0 }, { priority: 'Low' }, { reliability: 'Sometimes' }, { participants: [{}] }]) {
      expect(() => feature.createDataChannelSender(wrong as never), JSON.stringify(wrong)).toThrow(expect.objectContaining({ code: 400 }));
    }
    const many = Array.from({ length: 65 }, (_, number) => ({ communicationUserId: `8:acs:r_${number}` }));
    expect(() => feature.createDataChannelSender({ participants: many })).toThrow('at most 64');
    const sender = feature.createDataChannelSender({});
    await expect(sender.sendMessage(new Uint8Array(32_769))).rejects.toMatchObject({ code: 400 });
    await expect(sender.sendMessage('text' as never)).rejects.toMatchObject({ code: 400 });
    expect(sent()).toEqual([]);
    at.server.answer = () => refused(404, 90_404);
    await expect(sender.sendMessage(bytes('to nobody'))).rejects.toMatchObject({ code: 404 });
  });

  it('of a durable channel loses nothing and keeps its order, over refusals for the rate and a lost connection', async () => {
    const sender = call.feature(Features.DataChannel).createDataChannelSender({ reliability: 'Durable' });
    let refusals = 2;
    at.server.answer = (request) => {
      refusals -= 1;
      return request.type === 'sendData' && refusals >= 0 ? refused(429, 90_429) : kind(request);
    };
    const all = ['1', '2', '3'].map((text) => sender.sendMessage(bytes(text)));
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all(all);
    expect(texts()).toEqual(['1', '1', '1', '2', '3']);
    expect(sent().map(({ mayBeLost }) => mayBeLost)).toEqual([false, false, false, false, false]);

    at.server.answer = () => 'silence';
    const over = sender.sendMessage(bytes('4'));
    await settle();
    at.server.answer = kind;
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(3_000);
    await over;
    expect(texts().slice(5)).toEqual(['4', '4']);
  });

  it('of a lossy channel drops what the server refuses for the rate, and what is old when too much waits', async () => {
    const sender = call.feature(Features.DataChannel).createDataChannelSender({ bitrateInKbps: 8 });
    at.server.answer = () => refused(429, 90_429);
    await sender.sendMessage(bytes('dropped'));
    at.server.answer = kind;
    await vi.advanceTimersByTimeAsync(1_000);
    const large = Array.from({ length: 6 }, (_, number) => sender.sendMessage(new Uint8Array(32_768).fill(number)));
    await vi.advanceTimersByTimeAsync(0);
    await large[1];
    await vi.advanceTimersByTimeAsync(200_000);
    await Promise.all(large);
    expect(texts().slice(1).map((text) => text.charCodeAt(0))).toEqual([0, 2, 3, 4, 5]);
  });

  it('keeps to its bitrate, and high goes before normal when the line is full', async () => {
    const feature = call.feature(Features.DataChannel);
    const slow = feature.createDataChannelSender({ bitrateInKbps: 8, reliability: 'Durable' });
    const twice = [slow.sendMessage(new Uint8Array(1_000)), slow.sendMessage(new Uint8Array(1_000))];
    await vi.advanceTimersByTimeAsync(900);
    expect(sent()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all(twice);
    expect(sent()).toHaveLength(2);

    at.server.requests.length = 0;
    const [normal, high] = [feature.createDataChannelSender({}), feature.createDataChannelSender({ priority: 'High' })];
    const filling = Array.from({ length: 4 }, () => normal.sendMessage(new Uint8Array(32_768).fill(65)));
    filling.push(normal.sendMessage(bytes('normal')), high.sendMessage(bytes('high')));
    await vi.advanceTimersByTimeAsync(3_000);
    await Promise.all(filling);
    expect(texts().filter((text) => text.length < 10)).toEqual(['high', 'normal']);
  });
});

describe('a receiver of a data channel', () => {
  const channel = { id: 7, session: 1 };
  const arrive = (text: string, sequence: number, of: DataChannel = channel): void =>
    at.server.event({ type: 'dataReceived', user: BEN, from: `leg of ${BEN}`, channel: of, sequence, mayBeLost: false, data: btoa(text) });
  let receivers: DataChannelReceiver[];
  let events: string[];
  const read = (receiver: DataChannelReceiver | undefined): unknown => {
    const message = receiver?.readMessage();
    return message && [message.sequenceNumber, new TextDecoder().decode(message.data)];
  };

  beforeEach(() => {
    [receivers, events] = [[], []];
    call.feature(Features.DataChannel).on('dataChannelReceiverCreated', (receiver) => {
      receivers.push(receiver);
      receiver.on('messageReady', () => events.push(`ready ${receivers.indexOf(receiver)}`));
      receiver.on('close', () => events.push(`close ${receivers.indexOf(receiver)}`));
    });
  });

  it('is made for each session of each sender, and reads each message once', () => {
    arrive('one', 1);
    arrive('two', 2);
    arrive('two', 2);
    arrive('other', 1, { id: 7, session: 2 });
    expect(receivers.map(({ channelId, senderParticipantIdentifier }) => [channelId, senderParticipantIdentifier])).toEqual([
      [7, expect.objectContaining({ kind: 'microsoftTeamsUser', rawId: BEN })],
      [7, expect.objectContaining({ rawId: BEN })],
    ]);
    expect(events).toEqual(['ready 0', 'ready 0', 'ready 1']);
    expect([read(receivers[0]), read(receivers[0]), read(receivers[0]), read(receivers[1])]).toEqual([[1, 'one'], [2, 'two'], undefined, [1, 'other']]);
  });

  it('closes by its sender, when the sender leaves, after two quiet minutes, and with the call', async () => {
    arrive('one', 1);
    at.server.event({ type: 'dataClosed', from: `leg of ${BEN}`, channel });
    arrive('two', 2);
    await vi.advanceTimersByTimeAsync(120_000);
    arrive('three', 3);
    at.server.event({ type: 'participantLeft', user: BEN, reason: { code: 0, subCode: 0, name: 'hungUp', message: '' } });
    arrive('four', 4);
    await call.hangUp();
    expect(events.filter((event) => event.startsWith('close'))).toEqual(['close 0', 'close 1', 'close 2', 'close 3']);
  });
});

describe('real-time text', () => {
  it('of everybody is told with one number until it is final, our own among them', () => {
    const seen: unknown[] = [];
    call.feature(Features.RealTimeText).on('realTimeTextReceived', (info) => seen.push(info));
    vi.setSystemTime(1_000);
    at.server.event({ type: 'textReceived', user: BEN, sequence: 4, text: 'He', done: false });
    vi.setSystemTime(3_000);
    at.server.event({ type: 'textReceived', user: BEN, sequence: 4, text: 'Hello', done: true });
    at.server.event({ type: 'textReceived', user: ANA, sequence: 5, text: 'Hi', done: false });
    const sender = { identifier: expect.objectContaining({ rawId: BEN }), displayName: 'Ben', endpointDetails: [{ participantId: `leg of ${BEN}` }] };
    const own = { identifier: expect.objectContaining({ rawId: ANA }), displayName: 'Ana', endpointDetails: [{ participantId: 'leg of me' }] };
    const [first, later] = [new Date(1_000), new Date(3_000)];
    expect(seen).toEqual([
      { sequenceId: 4, sender, text: 'He', resultType: 'Partial', receivedTimestamp: first, updatedTimestamp: first, isLocal: false },
      { sequenceId: 4, sender, text: 'Hello', resultType: 'Final', receivedTimestamp: first, updatedTimestamp: later, isLocal: false },
      { sequenceId: 5, sender: own, text: 'Hi', resultType: 'Partial', receivedTimestamp: later, updatedTimestamp: later, isLocal: true },
    ]);
  });

  it('is sent as fast as the line takes it: of states that wait only the newest, and every final one', async () => {
    const feature = call.feature(Features.RealTimeText);
    const all = ['H', 'He', 'Hel'].map((text) => feature.sendRealTimeText(text));
    all.push(feature.sendRealTimeText('Hello', true), feature.sendRealTimeText('W'), feature.sendRealTimeText('We'));
    await Promise.all(all);
    expect(at.server.requests).toEqual([
      { type: 'sendText', text: 'H', done: false },
      { type: 'sendText', text: 'Hello', done: true },
      { type: 'sendText', text: 'We', done: false },
    ]);
  });

  it('that is too long is refused, one that the rate forbids waits, and a role that may not type is told', async () => {
    const feature = call.feature(Features.RealTimeText);
    await expect(feature.sendRealTimeText('ü'.repeat(1_001))).rejects.toMatchObject({ code: 400 });
    let refusals = 1;
    at.server.answer = (request) => (refusals-- > 0 ? refused(429, 90_429) : kind(request));
    const waits = feature.sendRealTimeText('a', true);
    await vi.advanceTimersByTimeAsync(600);
    await waits;
    expect(at.server.asked('sendText')).toHaveLength(2);
    at.server.answer = () => refused(403, 90_403);
    await expect(feature.sendRealTimeText('a')).rejects.toMatchObject({ code: 403 });
  });
});

describe('a survey', () => {
  it('is submitted also after the call, as the server has it, and comes back with its ids', async () => {
    await call.hangUp();
    at.server.requests.length = 0;
    const survey = { overallRating: { score: 5 }, videoRating: { score: 0, issues: ['Freezes' as const], scale: { lowerBound: 0, upperBound: 1, lowScoreThreshold: 0 } } };
    const answer = await call.feature(Features.CallSurvey).submitSurvey(survey, { comment: 'It froze.' });
    expect(at.server.requests).toEqual([
      {
        type: 'submitSurvey',
        participantId: 'leg of me',
        survey: { overall: { score: 5 }, video: survey.videoRating, comment: 'It froze.' },
      },
    ]);
    expect(answer).toEqual({ ...survey, id: 'the survey', callId: call.id, localParticipantId: 'leg of me' });
  });

  it('of another kind is refused before it is sent, and the server\'s refusal is told', async () => {
    const feature = call.feature(Features.CallSurvey);
    for (const wrong of [undefined, { overallRating: { score: 4.5 } }, { audioRating: { score: -1 } }, { videoRating: {} }, { overallRating: { score: 1, issues: 'OtherIssues' } }]) {
      await expect(feature.submitSurvey(wrong as never), JSON.stringify(wrong)).rejects.toMatchObject({ code: 400 });
    }
    expect(at.server.asked('submitSurvey')).toEqual([]);
    at.server.answer = () => refused(400, 90_400);
    await expect(feature.submitSurvey({ overallRating: { score: 9 } })).rejects.toMatchObject({ code: 400 });
  });
});

describe('diagnostics of others', () => {
  it('are told and kept by name until they leave', () => {
    const { remote } = call.feature(Features.UserFacingDiagnostics);
    const seen: unknown[] = [];
    remote.on('diagnosticChanged', ({ diagnostics }) => seen.push(diagnostics));
    const tell = (level: number): void =>
      at.server.event({
        type: 'diagnosticsTold', user: BEN, from: 'bens leg',
        diagnostics: [{ name: 'networkSendQuality', value: { kind: 'quality', level } }, { name: 'constructor', value: { kind: 'flag', raised: true } }],
      });
    tell(3);
    tell(7);
    const told = { participantId: 'bens leg', rawId: BEN, remoteParticipant: call.remoteParticipants[1], diagnostic: 'networkSendQuality', value: 3, valueType: 'DiagnosticQuality' };
    expect(seen).toEqual([[told]]);
    expect(remote.getLatest()).toEqual({ diagnostics: [told] });
    at.server.event({ type: 'participantLeft', user: BEN, reason: { code: 0, subCode: 0, name: 'hungUp', message: '' } });
    expect(remote.getLatest()).toEqual({ diagnostics: [] });
  });

  it('learn of ours only while the app wants it, those who come later too', async () => {
    const { remote } = call.feature(Features.UserFacingDiagnostics);
    const told = (): unknown[] => at.server.asked('tellDiagnostics');
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([remote.isSendingDiagnosticsEnabled, told()]).toEqual([false, []]);
    remote.startSendingDiagnostics();
    await settle();
    const reconnect = (level: number): unknown => ({ type: 'tellDiagnostics', diagnostics: [{ name: 'networkReconnect', value: { kind: 'quality', level } }] });
    expect([remote.isSendingDiagnosticsEnabled, told()]).toEqual([true, [reconnect(1)]]);
    at.server.event({ type: 'participantJoined', participant: participant('8:acs:r_cora', {}, 'Cora') });
    await settle();
    expect(told()).toEqual([reconnect(1), reconnect(1)]);
    remote.stopSendingDiagnostics();
    at.server.event({ type: 'participantJoined', participant: participant('8:acs:r_dan', {}, 'Dan') });
    await settle();
    expect([remote.isSendingDiagnosticsEnabled, told().length]).toEqual([false, 2]);
  });
});
