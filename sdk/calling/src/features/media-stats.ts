import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { MediaStatsCollector, MediaStatsCollectorEvents, MediaStatsCollectorOptions } from '../api/media-stats.js';
import type { CallCore } from '../call/call-core.js';
import { failure } from '../errors.js';
import { StatsSampler } from '../media/stats-sample.js';
import { StatsSummary } from '../media/stats-summary.js';
import { Emitter } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export interface MediaStatsCallFeature extends CallFeature {
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}

/** A sample is taken once a second. */
const SAMPLE_MS = 1_000;
const INTERVAL_SECONDS = 10;
const POINTS = 6;
/** Samples that one summary may hold: ten hours. More would only fill the page's memory. */
const SAMPLES_MAX = 36_000;

/** Reads the browser's counters once a second, from its making until it is disposed of or the call ends. */
class Collector implements MediaStatsCollector {
  private readonly emitter = new Emitter<MediaStatsCollectorEvents>();
  private readonly sampler: StatsSampler;
  private readonly timer: ReturnType<typeof setInterval>;
  private disposed = false;
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);

  constructor(
    private readonly core: CallCore,
    private readonly summary: StatsSummary,
    private readonly handleDisposed: (collector: Collector) => void,
  ) {
    this.sampler = new StatsSampler((mid) => core.streamIdOf(mid));
    this.timer = setInterval(() => void this.read(), SAMPLE_MS);
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      clearInterval(this.timer);
      this.emitter.clear();
      this.handleDisposed(this);
    }
  }

  private async read(): Promise<void> {
    const snapshot = await this.core.media.snapshot();
    if (!snapshot || this.disposed) {
      return;
    }
    const sample = this.sampler.sample(snapshot);
    const summary = this.summary.add(sample, new Date());
    this.emitter.emit('sampleReported', sample);
    if (summary) {
      this.emitter.emit('summaryReported', summary);
    }
  }
}

/** What the browser counts of the call's media. */
export class MediaStats extends FeatureBase<Record<never, never>> implements MediaStatsCallFeature {
  readonly name = 'MediaStats';
  private readonly collectors = new Set<Collector>();

  constructor(private readonly context: CallFeatureContext) {
    super();
    coreOf(context).lifecycle.events.on('ended', () => this.endAll());
  }

  /**
   * Begins to collect.
   *
   * @throws CommunicationServicesError 400 for an interval or a number of points that is no whole number from 1 on, 412 if the call has ended
   */
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector {
    const core = coreOf(this.context);
    const { aggregationInterval: interval = INTERVAL_SECONDS, dataPointsPerAggregation: points = POINTS } = options ?? {};
    if (!(isWhole(interval) && isWhole(points) && interval * points <= SAMPLES_MAX)) {
      throw failure('invalidArgument', `aggregationInterval (seconds) and dataPointsPerAggregation are whole numbers from 1 on; together at most ${SAMPLES_MAX} seconds.`);
    }
    if (core.lifecycle.isEnded) {
      throw failure('callEnded', 'The call has ended: there is nothing to collect any more. Join again.');
    }
    const collector = new Collector(core, new StatsSummary(interval, points), (done) => this.collectors.delete(done));
    this.collectors.add(collector);
    return collector;
  }

  override dispose(): void {
    this.endAll();
    super.dispose();
  }

  private endAll(): void {
    for (const collector of [...this.collectors]) {
      collector.dispose();
    }
  }
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
