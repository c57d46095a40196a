import { asCallingError, failure, notSupported } from '../errors.js';
import type { EffectSlot } from '../streams/effect-slot.js';
import type { VideoStreamFeature, VideoStreamFeatureContext } from '../streams/local-video-stream.js';
import { implementationOf, type EffectImplementation } from '../streams/video-effect.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type VideoEffectName = 'BackgroundBlur' | 'BackgroundReplacement';
export type VideoEffectError = 'FailedToProcess' | 'FailedToFetchImage';
export type VideoEffectErrorPayload = { code: number; message: string };

export interface VideoEffect {
  name: VideoEffectName;
  isSupported(): Promise<boolean>;
}
export interface VideoEffectConfig {
  effectInitTimeThresholdInMs?: number;
  fpsWarningThreshold?: number;
}
export type BackgroundBlurConfig = VideoEffectConfig;
export interface BackgroundBlurEffect extends VideoEffect {
  configure(config: BackgroundBlurConfig): Promise<void>;
}
export interface BackgroundReplacementConfig extends VideoEffectConfig {
  backgroundImageUrl: string;
}
export interface BackgroundReplacementEffect extends VideoEffect {
  configure(config: BackgroundReplacementConfig): Promise<void>;
}
export type VideoEffectProcessor = BackgroundBlurEffect | BackgroundReplacementEffect;
export type VideoEffectsFeatureListener = (effects: VideoEffectName[]) => void;
export type VideoEffectsFeatureErrorListener = (error: VideoEffectErrorPayload) => void;

export interface VideoEffectsEvents {
  effectsStarted: VideoEffectsFeatureListener;
  effectsStopped: VideoEffectsFeatureListener;
  effectsError: VideoEffectsFeatureErrorListener;
  fpsWarningThresholdReached: VideoEffectsFeatureListener;
  timeForEffectsWarningReached: VideoEffectsFeatureListener;
}
export type VideoEffectsFeatureEvent = keyof VideoEffectsEvents;

export interface VideoEffectsFeature extends VideoStreamFeature, EventSource<VideoEffectsEvents> {
  isSupported(effect: VideoEffectProcessor): Promise<boolean>;
  startEffects(effect: VideoEffectProcessor): Promise<void>;
  stopEffects(): Promise<void>;
  readonly activeEffects: VideoEffectName[];
}

/**
 * One effect at a time on a local video, of `@convene/calling-effects`: everybody sees the video with it, the own views too. `getMediaStream()` gives the
 * camera as it is.
 */
export class VideoEffects extends FeatureBase<VideoEffectsEvents> implements VideoEffectsFeature {
  readonly name = 'VideoEffects';
  private active: VideoEffectName[] = [];
  private readonly slot: EffectSlot;

  constructor({ streamInstance }: VideoStreamFeatureContext) {
    super();
    this.slot = streamInstance.effects;
    this.slot.events.on('slowStart', () => this.emitter.emit('timeForEffectsWarningReached', this.activeEffects));
    this.slot.events.on('fewFrames', () => this.emitter.emit('fpsWarningThresholdReached', this.activeEffects));
    this.slot.events.on('failed', (error) => {
      this.end();
      this.emitter.emit('effectsError', { code: error.code, message: error.message });
    });
  }

  get activeEffects(): VideoEffectName[] {
    return [...this.active];
  }

  async isSupported(effect: VideoEffectProcessor): Promise<boolean> {
    return (await implementationOf(effect)?.isSupported()) ?? false;
  }

  /**
   * Begins an effect in the place of the one before. Resolves when it is on; on a video that is not captured yet, when it is loaded.
   *
   * @throws CommunicationServicesError 400 for what is no effect of ours, 501 if the browser cannot do it, 500 if it fails: then the video stops, so that
   * nothing is seen that was to be hidden
   */
  async startEffects(effect: VideoEffectProcessor): Promise<void> {
    const implementation = implementationOf(effect);
    if (!implementation) {
      throw failure('invalidArgument', 'startEffects needs a BackgroundBlurEffect or BackgroundReplacementEffect of @convene/calling-effects.');
    }
    if (!(await implementation.isSupported())) {
      throw notSupported(`${effect.name} in this browser`, 'Ask isSupported() first.');
    }
    await this.load(implementation);
    this.end();
    await this.slot.setEffect(implementation);
    this.active = [effect.name];
    this.emitter.emit('effectsStarted', this.activeEffects);
  }

  /** The effect before goes on until the next one is loaded, and if it cannot be. */
  private async load(implementation: EffectImplementation): Promise<void> {
    try {
      await implementation.prepare();
    } catch (error) {
      const failed = failure('effectFailed', asCallingError(error).message, error);
      this.emitter.emit('effectsError', { code: failed.code, message: failed.message });
      throw failed;
    }
  }

  async stopEffects(): Promise<void> {
    if (this.active.length > 0) {
      await this.slot.setEffect(undefined);
      this.end();
    }
  }

  private end(): void {
    const ended = this.active;
    this.active = [];
    if (ended.length > 0) {
      this.emitter.emit('effectsStopped', ended);
    }
  }
}
