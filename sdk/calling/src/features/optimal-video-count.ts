import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type OvcChangeReason = 'bandwidth' | 'performance' | 'externalLimit' | 'unknown';

export interface OptimalVideoCountEvents {
  optimalVideoCountChanged: PropertyChangedEvent;
}

export interface OptimalVideoCountCallFeature extends CallFeature, EventSource<OptimalVideoCountEvents> {
  readonly optimalVideoCount: number;
  readonly lastOvcChangeReason: OvcChangeReason;
}

/** How many videos a page should show: as many as arrive without a renegotiation. It is not adapted to the network yet. */
export class OptimalVideoCount extends FeatureBase<OptimalVideoCountEvents> implements OptimalVideoCountCallFeature {
  readonly name = 'OptimalVideoCount';
  readonly optimalVideoCount = 9;
  readonly lastOvcChangeReason = 'unknown';

  constructor(_context: CallFeatureContext) {
    super();
  }
}
