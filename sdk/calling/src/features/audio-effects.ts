import { notSupported, type CommunicationServicesError } from '../errors.js';
import type { AudioStreamFeature } from '../streams/local-audio-stream.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type EchoCancellationEffectName = 'BrowserEchoCancellation' | 'EchoCancellation';
export type NoiseSuppressionEffectName = 'BrowserNoiseSuppression' | 'DeepNoiseSuppression';

export interface AudioEffect {
  isSupported(): Promise<boolean>;
}
export interface EchoCancellationEffect extends AudioEffect {
  name: EchoCancellationEffectName;
}
export interface DeepNoiseSuppressionEffect extends AudioEffect {
  name: NoiseSuppressionEffectName;
}
export interface ActiveAudioEffects {
  echoCancellation: EchoCancellationEffectName[];
  noiseSuppression: NoiseSuppressionEffectName[];
}
export interface AudioEffectsStartConfig {
  echoCancellation?: 'BrowserEchoCancellation' | EchoCancellationEffect;
  noiseSuppression?: 'BrowserNoiseSuppression' | DeepNoiseSuppressionEffect;
}
export interface AudioEffectsStopConfig {
  noiseSuppression?: boolean;
}
export type AudioEffectsFeatureListener = (audioEffects: ActiveAudioEffects) => void;
export type AudioEffectsFeatureErrorListener = (error: CommunicationServicesError) => void;

export interface AudioEffectsEvents {
  effectsStarted: AudioEffectsFeatureListener;
  effectsStopped: AudioEffectsFeatureListener;
  effectsError: AudioEffectsFeatureErrorListener;
}
export type AudioEffectsFeatureEvent = keyof AudioEffectsEvents;

export interface AudioEffectsFeature extends AudioStreamFeature, EventSource<AudioEffectsEvents> {
  isSupported(
    effect: EchoCancellationEffect | DeepNoiseSuppressionEffect | 'BrowserEchoCancellation' | 'BrowserNoiseSuppression',
  ): Promise<boolean>;
  startEffects(audioEffects: AudioEffectsStartConfig): Promise<void>;
  stopEffects(audioEffects: AudioEffectsStopConfig): Promise<void>;
  readonly activeEffects: ActiveAudioEffects;
}

/** No effect can be switched. (The browser's own echo and noise handling is on for every captured microphone.) */
export class AudioEffects extends FeatureBase<AudioEffectsEvents> implements AudioEffectsFeature {
  readonly name = 'AudioEffects';

  get activeEffects(): ActiveAudioEffects {
    return { echoCancellation: [], noiseSuppression: [] };
  }

  isSupported(): Promise<boolean> {
    return Promise.resolve(false);
  }

  startEffects(): Promise<void> {
    return Promise.reject(notSupported('Starting an audio effect'));
  }

  /** Nothing runs, so there is nothing to stop. */
  stopEffects(): Promise<void> {
    return Promise.resolve();
  }
}
