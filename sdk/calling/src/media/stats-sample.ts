// From the browser's counters to a sample: two snapshots give rates. Pure: it asks nobody.

import type {
  IncomingAudioMediaStats, IncomingVideoMediaStats, MediaStatsReportSample, OutgoingAudioMediaStats, OutgoingVideoMediaStats, TransportMediaStats,
} from '../api/media-stats.js';
import type { StatsEntry, StatsSnapshot } from './connection.js';

/** Levels are told from 0 to this. */
const LEVEL_MAX = 65_536;

/** The sample's fields that are numbers or texts, each left out if the browser does not say it. */
type Values = Record<string, number | string | undefined>;

/** One entry now and before, to read numbers and rates of. */
class Reading {
  constructor(
    private readonly now: StatsEntry | undefined,
    private readonly before: StatsEntry | undefined,
    private readonly seconds: number,
  ) {}

  number(name: string, scale = 1): number | undefined {
    const value = this.now?.[name];
    return typeof value === 'number' && Number.isFinite(value) ? value * scale : undefined;
  }

  /** By how much it grew since the snapshot before; undefined at first, and when the counter began anew. */
  growth(name: string): number | undefined {
    const now = this.number(name);
    const before = this.before?.[name];
    return now !== undefined && typeof before === 'number' && now >= before ? now - before : undefined;
  }

  rate(name: string, scale = 1): number | undefined {
    const growth = this.growth(name);
    return growth === undefined || this.seconds <= 0 ? undefined : (growth * scale) / this.seconds;
  }

  /** The growth of one counter for each step of another. */
  each(name: string, per: string, scale = 1): number | undefined {
    const [growth, steps] = [this.growth(name), this.growth(per)];
    return growth === undefined || steps === undefined || steps === 0 ? undefined : (growth * scale) / steps;
  }
}

/** What is known about the freezes of each stream. Kept from sample to sample, by the stream's id. */
type Freezes = Map<string, number>;

/** Turns the snapshots of one connection into samples. */
export class StatsSampler {
  private before: StatsSnapshot | undefined;
  private readonly longestFreezes: Freezes = new Map();

  /** @param streamIdOf the `id` of the remote stream that the m-line carries now; none if it carries nothing */
  constructor(private readonly streamIdOf: (mid: string) => number | undefined) {}

  sample(now: StatsSnapshot): MediaStatsReportSample {
    const before = this.before?.connection === now.connection ? this.before : undefined;
    this.before = now;
    const look = new Look(now, before, this.longestFreezes);
    const video = now.entries.filter((entry) => entry.type === 'inbound-rtp' && this.carries(now, entry));
    const of = (use: string): StatsEntry[] => now.entries.filter((entry) => entry.type === 'outbound-rtp' && now.uses.get(String(entry['mid'])) === use);
    return {
      audio: {
        send: of('microphone').map((entry) => look.outgoingAudio(entry)),
        receive: now.entries
          .filter((entry) => entry.type === 'inbound-rtp' && now.uses.get(String(entry['mid'])) === 'audioSlot' && Number(entry['packetsReceived']) > 0)
          .map((entry) => look.incomingAudio(entry)),
      },
      video: { send: look.outgoingVideo(of('camera')), receive: this.incoming(look, now, video, 'videoSlot') },
      screenShare: { send: look.outgoingVideo(of('screen')), receive: this.incoming(look, now, video, 'screenSlot') },
      transports: now.entries.filter((entry) => entry.type === 'transport').map((entry) => look.transport(entry)),
    };
  }

  private carries(now: StatsSnapshot, entry: StatsEntry): boolean {
    const mid = String(entry['mid']);
    const use = now.uses.get(mid);
    return (use === 'videoSlot' || use === 'screenSlot') && this.streamIdOf(mid) !== undefined;
  }

  private incoming(look: Look, now: StatsSnapshot, entries: readonly StatsEntry[], use: string): IncomingVideoMediaStats<number, string>[] {
    return entries
      .filter((entry) => now.uses.get(String(entry['mid'])) === use)
      .map((entry) => look.incomingVideo(entry, this.streamIdOf(String(entry['mid']))));
  }
}

/** One look at two snapshots. */
class Look {
  private readonly seconds: number;

  constructor(
    private readonly now: StatsSnapshot,
    private readonly before: StatsSnapshot | undefined,
    private readonly longestFreezes: Freezes,
  ) {
    this.seconds = before ? (now.at - before.at) / 1_000 : 0;
  }

  outgoingAudio(entry: StatsEntry): OutgoingAudioMediaStats<number, string> {
    const source = this.read(this.linked(entry, 'mediaSourceId'));
    return whole({ ...this.outgoing(entry), audioInputLevel: source.number('audioLevel', LEVEL_MAX) }, entry);
  }

  incomingAudio(entry: StatsEntry): IncomingAudioMediaStats<number, string> {
    const own = this.read(entry);
    const healed = own.growth('concealedSamples');
    const samples = own.growth('totalSamplesReceived');
    return whole(
      {
        ...this.incoming(entry),
        audioOutputLevel: own.number('audioLevel', LEVEL_MAX),
        healedRatio: healed === undefined || !samples ? undefined : Math.max(0, healed - (own.growth('silentConcealedSamples') ?? 0)) / samples,
      },
      entry,
    );
  }

  /** The largest layer, with the smaller ones in it. Nothing while nothing is sent. */
  outgoingVideo(layers: readonly StatsEntry[]): OutgoingVideoMediaStats<number, string>[] {
    const sent = layers.filter((entry) => entry['active'] !== false && this.linked(entry, 'mediaSourceId') !== undefined);
    const size = (entry: StatsEntry): number => Number(entry['frameWidth'] ?? 0);
    const [first, ...smaller] = [...sent].sort((one, other) => size(other) - size(one)).map((entry) => this.outgoingLayer(entry));
    return first ? [smaller.length > 0 ? { ...first, altLayouts: smaller } : first] : [];
  }

  incomingVideo(entry: StatsEntry, streamId: number | undefined): IncomingVideoMediaStats<number, string> {
    const own = this.read(entry);
    return whole(
      {
        ...this.incoming(entry),
        streamId,
        frameRateDecoded: own.rate('framesDecoded'),
        frameRateReceived: own.rate('framesReceived'),
        frameWidthReceived: own.number('frameWidth'),
        frameHeightReceived: own.number('frameHeight'),
        longestFreezeDurationInMs: this.longestFreeze(entry),
        totalFreezeDurationInMs: own.number('totalFreezesDuration', 1_000),
        framesReceived: own.number('framesReceived'),
        framesDropped: own.number('framesDropped'),
        framesDecoded: own.number('framesDecoded'),
        keyFramesDecoded: own.number('keyFramesDecoded'),
      },
      entry,
    );
  }

  transport(entry: StatsEntry): TransportMediaStats<number> {
    const pair = this.read(this.linked(entry, 'selectedCandidatePairId'));
    return whole(
      {
        rttInMs: pair.number('currentRoundTripTime', 1_000),
        availableIncomingBitrate: pair.number('availableIncomingBitrate'),
        availableOutgoingBitrate: pair.number('availableOutgoingBitrate'),
      },
      entry,
    );
  }

  private outgoingLayer(entry: StatsEntry): OutgoingVideoMediaStats<number, string> {
    const own = this.read(entry);
    const source = this.read(this.linked(entry, 'mediaSourceId'));
    return whole(
      {
        ...this.outgoing(entry),
        frameRateInput: source.number('framesPerSecond'),
        frameWidthInput: source.number('width'),
        frameHeightInput: source.number('height'),
        framesEncoded: own.number('framesEncoded'),
        frameRateEncoded: own.rate('framesEncoded'),
        framesSent: own.number('framesSent'),
        frameRateSent: own.rate('framesSent'),
        frameWidthSent: own.number('frameWidth'),
        frameHeightSent: own.number('frameHeight'),
        keyFramesEncoded: own.number('keyFramesEncoded'),
      },
      entry,
    );
  }

  /** What the other side reports of this stream (RTCP) stands in an entry of its own. */
  private outgoing(entry: StatsEntry): Values {
    const own = this.read(entry);
    const remote = this.read(this.linked(entry, 'remoteId'));
    return {
      ...this.common(entry),
      bitrate: own.rate('bytesSent', 8),
      packets: own.number('packetsSent'),
      packetsPerSecond: own.rate('packetsSent'),
      jitterInMs: remote.number('jitter', 1_000),
      packetsLost: remote.number('packetsLost'),
      packetsLostPerSecond: remote.rate('packetsLost'),
      rttInMs: remote.number('roundTripTime', 1_000),
    };
  }

  private incoming(entry: StatsEntry): Values {
    const own = this.read(entry);
    return {
      ...this.common(entry),
      bitrate: own.rate('bytesReceived', 8),
      packets: own.number('packetsReceived'),
      packetsPerSecond: own.rate('packetsReceived'),
      jitterInMs: own.number('jitter', 1_000),
      packetsLost: own.number('packetsLost'),
      packetsLostPerSecond: own.rate('packetsLost'),
      rttInMs: this.read(this.linked(entry, 'remoteId')).number('roundTripTime', 1_000),
      jitterBufferDelayInMs: own.each('jitterBufferDelay', 'jitterBufferEmittedCount', 1_000),
    };
  }

  private common(entry: StatsEntry): Values {
    const mimeType = this.linked(entry, 'codecId')?.['mimeType'];
    const transportId = entry['transportId'];
    return {
      codecName: typeof mimeType === 'string' ? mimeType.replace(/^.*\//, '') : undefined,
      transportId: typeof transportId === 'string' ? transportId : undefined,
    };
  }

  /** Browsers count freezes and add their durations up: several within one second, or before the first sample, count as equally long. */
  private longestFreeze(entry: StatsEntry): number | undefined {
    const own = this.read(entry);
    const [total, count] = [own.number('totalFreezesDuration', 1_000), own.number('freezeCount')];
    const sofar = total !== undefined && count ? total / count : undefined;
    const mean = this.longestFreezes.has(entry.id) ? own.each('totalFreezesDuration', 'freezeCount', 1_000) : sofar;
    const known = this.longestFreezes.get(entry.id);
    if (mean !== undefined && mean > (known ?? 0)) {
      this.longestFreezes.set(entry.id, mean);
    }
    return this.longestFreezes.get(entry.id) ?? (entry['freezeCount'] === undefined ? undefined : 0);
  }

  private read(entry: StatsEntry | undefined): Reading {
    const before = entry && this.before?.entries.find((each) => each.id === entry.id);
    return new Reading(entry, before, this.seconds);
  }

  private linked(entry: StatsEntry, field: string): StatsEntry | undefined {
    const id = entry[field];
    return id === undefined ? undefined : this.now.entries.find((each) => each.id === id);
  }
}

/** With the entry's id, and without what is undefined. */
function whole<T extends { id: string }>(values: Values, entry: StatsEntry): T {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return { id: entry.id, ...Object.fromEntries(known) } as unknown as T;
}
