import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import { asCallingError } from '../errors.js';
import { mostVideos, VideoCapacity } from '../media/video-capacity.js';
import type { EventSource } from '../util/emitter.js';
import { log } from '../util/logger.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';
import { environmentOf } from './debug-info.js';

export type OvcChangeReason = 'bandwidth' | 'performance' | 'externalLimit' | 'unknown';

export interface OptimalVideoCountEvents {
  optimalVideoCountChanged: PropertyChangedEvent;
}

export interface OptimalVideoCountCallFeature extends CallFeature, EventSource<OptimalVideoCountEvents> {
  readonly optimalVideoCount: number;
  readonly lastOvcChangeReason: OvcChangeReason;
}

/**
 * How many videos a page should show: what the device should manage (16 with four cores and more, 9 with fewer, 4 on a phone), fewer while packets are lost or
 * come late (`bandwidth`) or decoding takes too long (`performance`). Measured once a second from the first `feature()` on; it changes every 10 s at most.
 */
export class OptimalVideoCount extends FeatureBase<OptimalVideoCountEvents> implements OptimalVideoCountCallFeature {
  readonly name = 'OptimalVideoCount';
  private readonly capacity: VideoCapacity;

  constructor(private readonly context: CallFeatureContext) {
    super();
    const hasNavigator = typeof navigator !== 'undefined';
    const cores = (hasNavigator && navigator.hardwareConcurrency) || 4;
    const { platform } = environmentOf(hasNavigator ? navigator.userAgent : '', true).environment;
    this.capacity = new VideoCapacity(mostVideos(cores, platform === 'android' || platform === 'ios'), cores);
    coreOf(context).media.events.on('inbound', this.measure);
  }

  get optimalVideoCount(): number {
    return this.capacity.count;
  }

  /** What limits it, or last did; `unknown` while nothing ever has. */
  get lastOvcChangeReason(): OvcChangeReason {
    return this.capacity.reason;
  }

  override dispose(): void {
    coreOf(this.context).media.events.off('inbound', this.measure);
    super.dispose();
  }

  private readonly measure = (): void => {
    this.read().catch((error: unknown) => log.info(`Statistics could not be read: ${asCallingError(error).message}`));
  };

  private async read(): Promise<void> {
    const snapshot = await coreOf(this.context).media.snapshot();
    const isWatched = typeof document === 'undefined' || document.visibilityState !== 'hidden';
    if (snapshot && this.capacity.handleSnapshot(snapshot, isWatched)) {
      this.emitter.emit('optimalVideoCountChanged');
    }
  }
}
