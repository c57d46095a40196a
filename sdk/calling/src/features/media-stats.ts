import type { CallFeature } from '../api/call.js';
import { notSupported } from '../errors.js';
import { FeatureBase } from './base.js';

export type MediaStatsCollectorOptions = { aggregationInterval?: number; dataPointsPerAggregation?: number };

export interface MediaStatsCollector {
  dispose(): void;
}

export interface MediaStatsCallFeature extends CallFeature {
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}

/** Statistics are not collected by this version. */
export class MediaStats extends FeatureBase<Record<never, never>> implements MediaStatsCallFeature {
  readonly name = 'MediaStats';

  createCollector(): MediaStatsCollector {
    throw notSupported('Collecting media statistics');
  }
}
