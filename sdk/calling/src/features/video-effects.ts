import { notSupported } from '../errors.js';
import type { VideoStreamFeature } from '../streams/local-video-stream.js';
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

/** No effect is supported, so none is ever active. */
export class VideoEffects extends FeatureBase<VideoEffectsEvents> implements VideoEffectsFeature {
  readonly name = 'VideoEffects';

  get activeEffects(): VideoEffectName[] {
    return [];
  }

  isSupported(): Promise<boolean> {
    return Promise.resolve(false);
  }

  startEffects(): Promise<void> {
    return Promise.reject(notSupported('Starting a video effect'));
  }

  /** Nothing runs, so there is nothing to stop. */
  stopEffects(): Promise<void> {
    return Promise.resolve();
  }
}
