import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import type { MediaStatsReportSample, MediaStatsReportSummary } from '../src/api/media-stats.js';
import { Features } from '../src/features/index.js';
import type { StatsEntry } from '../src/media/connection.js';
import { StatsSummary } from '../src/media/stats-summary.js';
import { credential, FakeStream, OLGA, participant, settle, TestClient, token, kind, view, world, type FakeMediaConnection, type World } from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let client: TestClient;
let agent: CallAgent;
let call: Call;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()));
  const joined = view({ participants: [participant(OLGA, { videos: ['camera'] })] });
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: joined } : kind(request));
  call = agent.join(LINK);
  await settle();
  return async () => {
    await client.dispose();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

const connection = (): FakeMediaConnection => at.connections.at(-1) as FakeMediaConnection;

/** What a browser counted after so many seconds: everything grows evenly. */
function counted(seconds: number): StatsEntry[] {
  return [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    { id: 'P', type: 'candidate-pair', currentRoundTripTime: 0.025, availableOutgoingBitrate: 2_500_000 },
    { id: 'C1', type: 'codec', mimeType: 'audio/opus' },
    { id: 'C2', type: 'codec', mimeType: 'video/VP8' },
    { id: 'M1', type: 'media-source', audioLevel: 0.5 },
    { id: 'M2', type: 'media-source', width: 640, height: 360, framesPerSecond: 30 },
    { id: 'R1', type: 'remote-inbound-rtp', jitter: 0.002, packetsLost: seconds, roundTripTime: 0.03 },
    { id: 'O1', type: 'outbound-rtp', kind: 'audio', mid: '0', codecId: 'C1', transportId: 'T', mediaSourceId: 'M1', remoteId: 'R1', packetsSent: 50 * seconds, bytesSent: 4_000 * seconds },
    { id: 'O2', type: 'outbound-rtp', kind: 'video', mid: '1', codecId: 'C2', transportId: 'T', mediaSourceId: 'M2', packetsSent: 100 * seconds, bytesSent: 100_000 * seconds, framesEncoded: 30 * seconds, framesSent: 30 * seconds, frameWidth: 640, frameHeight: 360, keyFramesEncoded: 1 },
    { id: 'O3', type: 'outbound-rtp', kind: 'video', mid: '2', packetsSent: 0, bytesSent: 0 },
    { id: 'I1', type: 'inbound-rtp', kind: 'audio', mid: '3', codecId: 'C1', packetsReceived: 50 * seconds, bytesReceived: 2_000 * seconds, packetsLost: 0, jitter: 0.001, jitterBufferDelay: 1_440 * seconds, jitterBufferEmittedCount: 48_000 * seconds, audioLevel: 0.25, concealedSamples: 960 * seconds, silentConcealedSamples: 480 * seconds, totalSamplesReceived: 48_000 * seconds },
    { id: 'I2', type: 'inbound-rtp', kind: 'audio', mid: '4', packetsReceived: 0 },
    { id: 'I3', type: 'inbound-rtp', kind: 'video', mid: '6', codecId: 'C2', packetsReceived: 90 * seconds, bytesReceived: 50_000 * seconds, framesReceived: 25 * seconds, framesDecoded: 24 * seconds, framesDropped: 1, frameWidth: 320, frameHeight: 180, keyFramesDecoded: 2, freezeCount: seconds < 2 ? 0 : 1, totalFreezesDuration: seconds < 2 ? 0 : 0.4 },
    { id: 'I4', type: 'inbound-rtp', kind: 'video', mid: '7', packetsReceived: 40, framesReceived: 9 },
  ];
}

async function connected(): Promise<void> {
  connection().uses = new Map([['0', 'microphone'], ['1', 'camera'], ['2', 'screen'], ['3', 'audioSlot'], ['4', 'audioSlot'], ['6', 'videoSlot'], ['7', 'videoSlot']]);
  connection().become('connected');
  await call.remoteParticipants[0]?.videoStreams[0]?.getMediaStream();
  at.server.event({ type: 'slotsChanged', slots: [{ mid: '6', participantId: `leg of ${OLGA}`, source: 'camera' }] });
  await settle();
}

async function seconds(from: number, to: number): Promise<void> {
  for (let second = from; second <= to; second += 1) {
    connection().entries = counted(second);
    await vi.advanceTimersByTimeAsync(1_000);
  }
}

describe('a collector of media statistics', () => {
  it('reports nothing before media flows, then a sample each second, with rates from the second one on', async () => {
    const samples: MediaStatsReportSample[] = [];
    call.feature(Features.MediaStats).createCollector().on('sampleReported', (sample) => samples.push(sample));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(samples).toEqual([]);
    await connected();
    await seconds(1, 2);
    const streamId = call.remoteParticipants[0]?.videoStreams[0]?.id;
    expect(samples).toHaveLength(2);
    expect(samples[0]?.audio.send).toEqual([
      { id: 'O1', codecName: 'opus', transportId: 'T', packets: 50, jitterInMs: 2, packetsLost: 1, rttInMs: 30, audioInputLevel: 32_768 },
    ]);
    expect(samples[1]).toEqual({
      audio: {
        send: [{ id: 'O1', codecName: 'opus', transportId: 'T', bitrate: 32_000, packets: 100, packetsPerSecond: 50, jitterInMs: 2, packetsLost: 2, packetsLostPerSecond: 1, rttInMs: 30, audioInputLevel: 32_768 }],
        receive: [{ id: 'I1', codecName: 'opus', bitrate: 16_000, packets: 100, packetsPerSecond: 50, jitterInMs: 1, packetsLost: 0, packetsLostPerSecond: 0, jitterBufferDelayInMs: 30, audioOutputLevel: 16_384, healedRatio: 0.01 }],
      },
      video: {
        send: [{
          id: 'O2', codecName: 'VP8', transportId: 'T', bitrate: 800_000, packets: 200, packetsPerSecond: 100, frameRateInput: 30, frameWidthInput: 640, frameHeightInput: 360,
          framesEncoded: 60, frameRateEncoded: 30, framesSent: 60, frameRateSent: 30, frameWidthSent: 640, frameHeightSent: 360, keyFramesEncoded: 1,
        }],
        receive: [{
          id: 'I3', codecName: 'VP8', streamId, bitrate: 400_000, packets: 180, packetsPerSecond: 90, frameRateReceived: 25, frameRateDecoded: 24, frameWidthReceived: 320,
          frameHeightReceived: 180, framesReceived: 50, framesDecoded: 48, framesDropped: 1, keyFramesDecoded: 2, longestFreezeDurationInMs: 400, totalFreezeDurationInMs: 400,
        }],
      },
      screenShare: { send: [], receive: [] },
      transports: [{ id: 'T', rttInMs: 25, availableOutgoingBitrate: 2_500_000 }],
    });
  });

  it('begins its rates anew on a new connection, whose counters begin at zero', async () => {
    const samples: MediaStatsReportSample[] = [];
    call.feature(Features.MediaStats).createCollector().on('sampleReported', (sample) => samples.push(sample));
    await connected();
    await seconds(1, 2);
    at.server.event({ type: 'putBack', waiting: { participantId: 'leg of me', expiresInMs: 1_000 } });
    at.server.event({ type: 'admitted', call: view() });
    await settle();
    await connected();
    await seconds(1, 2);
    expect(samples.map((each) => each.audio.send[0]?.packetsPerSecond)).toEqual([undefined, 50, undefined, 50]);
  });

  it('sums up so many intervals of so many seconds', async () => {
    const summaries: MediaStatsReportSummary[] = [];
    const collector = call.feature(Features.MediaStats).createCollector({ aggregationInterval: 2, dataPointsPerAggregation: 2 });
    collector.on('summaryReported', (summary) => summaries.push(summary));
    await connected();
    await seconds(1, 8);
    expect(summaries).toHaveLength(2);
    expect(summaries[0]?.audio.send[0]?.packets).toEqual({
      aggregation: { count: [2, 2], sum: [150, 350], min: [50, 150], max: [100, 200] },
      raw: [50, 100, 150, 200],
      timestamp: expect.any(Date),
    });
    expect(summaries[0]?.audio.send[0]?.codecName).toEqual({ raw: ['opus'], timestamp: expect.any(Date) });
    expect(summaries[1]?.audio.send[0]?.packetsPerSecond?.aggregation).toEqual({ count: [2, 2], sum: [100, 100], min: [50, 50], max: [50, 50] });
    expect(summaries[1]?.transports[0]?.rttInMs?.raw).toEqual([25, 25, 25, 25]);
  });

  it('counts what was not there for some of the time as not there', () => {
    const summary = new StatsSummary(1, 2);
    const sample = (layers: number[]): MediaStatsReportSample => ({
      audio: { send: [], receive: [] },
      video: { send: layers.map((layer) => ({ id: `L${layer}`, packets: layer, altLayouts: [{ id: 'small', packets: 1 }] })), receive: [] },
      screenShare: { send: [], receive: [] },
      transports: [],
    });
    const timestamp = new Date(0);
    expect(summary.add(sample([]), timestamp)).toBeUndefined();
    expect(summary.add(sample([7]), timestamp)?.video.send).toEqual([
      {
        id: 'L7',
        packets: { aggregation: { count: [0, 1], sum: [0, 7], min: [0, 7], max: [0, 7] }, raw: [7], timestamp },
        altLayouts: [{ id: 'small', packets: { aggregation: { count: [0, 1], sum: [0, 1], min: [0, 1], max: [0, 1] }, raw: [1], timestamp } }],
      },
    ]);
  });

  it('ends with dispose, and with the call, and leaves no timer', async () => {
    await connected();
    const feature = call.feature(Features.MediaStats);
    const before = vi.getTimerCount();
    const one = feature.createCollector();
    feature.createCollector();
    expect(vi.getTimerCount()).toBe(before + 2);
    one.dispose();
    one.dispose();
    expect(vi.getTimerCount()).toBe(before + 1);
    let samples = 0;
    one.on('sampleReported', () => (samples += 1));
    await seconds(1, 2);
    await call.hangUp();
    await agent.dispose();
    expect([samples, vi.getTimerCount()]).toEqual([0, 0]);
    expect(() => feature.createCollector()).toThrow(/call has ended/);
  });

  it('refuses intervals that are none', () => {
    const feature = call.feature(Features.MediaStats);
    for (const options of [{ aggregationInterval: 0 }, { dataPointsPerAggregation: 1.5 }, { aggregationInterval: 100_000 }]) {
      expect(() => feature.createCollector(options)).toThrow(/whole numbers/);
    }
  });
});
