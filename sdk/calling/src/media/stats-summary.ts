// Many samples as one summary.

import type { MediaStatsReportSample, MediaStatsReportSummary, MediaStatValue } from '../api/media-stats.js';

/** A stream's values, in any direction. */
interface Stream {
  readonly id: string;
  readonly altLayouts?: readonly Stream[];
}

/** Gathers samples until a summary is full. */
export class StatsSummary {
  private samples: MediaStatsReportSample[] = [];

  /**
   * @param samplesPerPoint samples that one aggregated value stands for
   * @param points aggregated values in a summary
   */
  constructor(
    private readonly samplesPerPoint: number,
    private readonly points: number,
  ) {}

  /** The summary, if the sample was its last. */
  add(sample: MediaStatsReportSample, at: Date): MediaStatsReportSummary | undefined {
    this.samples.push(sample);
    if (this.samples.length < this.samplesPerPoint * this.points) {
      return undefined;
    }
    const { samples } = this;
    this.samples = [];
    const merge = <T>(pick: (each: MediaStatsReportSample) => readonly Stream[]): T[] => this.merge(samples.map(pick), at) as T[];
    return {
      audio: { send: merge((each) => each.audio.send), receive: merge((each) => each.audio.receive) },
      video: { send: merge((each) => each.video.send), receive: merge((each) => each.video.receive) },
      screenShare: { send: merge((each) => each.screenShare.send), receive: merge((each) => each.screenShare.receive) },
      transports: merge((each) => each.transports),
    };
  }

  /** @param rounds the streams of each sample */
  private merge(rounds: readonly (readonly Stream[])[], at: Date): object[] {
    const ids = [...new Set(rounds.flatMap((streams) => streams.map((stream) => stream.id)))];
    return ids.map((id) => {
      const one = rounds.map((streams) => streams.find((stream) => stream.id === id));
      const names = [...new Set(one.flatMap((stream) => Object.keys(stream ?? {})))].filter((name) => name !== 'id' && name !== 'altLayouts');
      const values = names.map((name) => [name, this.value(one.map((stream) => fieldOf(stream, name)), at)] as const);
      const layers = this.merge(one.map((stream) => stream?.altLayouts ?? []), at);
      return { id, ...Object.fromEntries(values), ...(layers.length > 0 ? { altLayouts: layers } : {}) };
    });
  }

  /** @param values of each sample; undefined where the stream, or the browser's word on it, was not there */
  private value(values: readonly (number | string | undefined)[], at: Date): MediaStatValue<number> | MediaStatValue<string> {
    const texts = values.filter((value) => typeof value === 'string');
    if (texts.length > 0) {
      return { raw: texts.filter((text, index) => text !== texts[index - 1]), timestamp: at };
    }
    const numbers = (list: typeof values): number[] => list.filter((value) => typeof value === 'number');
    const points = Array.from({ length: this.points }, (_, point) => numbers(values.slice(point * this.samplesPerPoint, (point + 1) * this.samplesPerPoint)));
    return {
      aggregation: {
        count: points.map((point) => point.length),
        sum: points.map((point) => point.reduce((sum, value) => sum + value, 0)),
        min: points.map((point) => (point.length > 0 ? Math.min(...point) : 0)),
        max: points.map((point) => (point.length > 0 ? Math.max(...point) : 0)),
      },
      raw: numbers(values),
      timestamp: at,
    };
  }
}

function fieldOf(stream: Stream | undefined, name: string): number | string | undefined {
  const value: unknown = stream && Reflect.get(stream, name);
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}
