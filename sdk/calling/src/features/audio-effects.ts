import { asCallingError, failure, notSupported, type CommunicationServicesError } from '../errors.js';
import type { AudioProcessing } from '../media/capture.js';
import type { AudioStreamFeature, AudioStreamFeatureContext, LocalAudioStream } from '../streams/local-audio-stream.js';
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

/** What can be asked for by name: what browsers do themselves. */
const BROWSERS_OWN = { BrowserEchoCancellation: 'echoCancellation', BrowserNoiseSuppression: 'noiseSuppression' } as const;

/**
 * The browser's own echo cancellation and noise suppression, which are on for every captured microphone until they are stopped. Convene has no others: what
 * needs an effect of a package is not supported.
 */
export class AudioEffects extends FeatureBase<AudioEffectsEvents> implements AudioEffectsFeature {
  readonly name = 'AudioEffects';
  private readonly stream: LocalAudioStream;

  constructor({ streamInstance }: AudioStreamFeatureContext) {
    super();
    this.stream = streamInstance;
  }

  get activeEffects(): ActiveAudioEffects {
    const { echoCancellation, noiseSuppression } = this.stream.currentProcessing;
    return {
      echoCancellation: echoCancellation ? ['BrowserEchoCancellation'] : [],
      noiseSuppression: noiseSuppression ? ['BrowserNoiseSuppression'] : [],
    };
  }

  isSupported(
    effect: EchoCancellationEffect | DeepNoiseSuppressionEffect | 'BrowserEchoCancellation' | 'BrowserNoiseSuppression',
  ): Promise<boolean> {
    const media = typeof navigator === 'undefined' ? undefined : navigator.mediaDevices;
    const name = typeof effect === 'string' && Object.hasOwn(BROWSERS_OWN, effect) ? BROWSERS_OWN[effect] : undefined;
    return Promise.resolve(name !== undefined && media?.getSupportedConstraints()[name] === true);
  }

  /** @throws CommunicationServicesError 400 without an effect, 501 for one that the browser does not have */
  async startEffects({ echoCancellation, noiseSuppression }: AudioEffectsStartConfig): Promise<void> {
    const asked = [echoCancellation, noiseSuppression].filter((effect) => effect !== undefined);
    if (asked.length === 0) {
      throw failure('invalidArgument', 'startEffects needs { echoCancellation } or { noiseSuppression }.');
    }
    for (const effect of asked) {
      if (!(await this.isSupported(effect))) {
        throw notSupported(`The audio effect ${typeof effect === 'string' ? effect : effect.name}`, 'Use BrowserEchoCancellation and BrowserNoiseSuppression.');
      }
    }
    await this.set({ ...(echoCancellation && { echoCancellation: true }), ...(noiseSuppression && { noiseSuppression: true }) });
    this.emitter.emit('effectsStarted', this.activeEffects);
  }

  /** @throws CommunicationServicesError 501 if the browser cannot switch it off */
  async stopEffects({ noiseSuppression }: AudioEffectsStopConfig): Promise<void> {
    if (noiseSuppression && this.stream.currentProcessing.noiseSuppression) {
      const stopped: ActiveAudioEffects = { echoCancellation: [], noiseSuppression: ['BrowserNoiseSuppression'] };
      await this.set({ noiseSuppression: false });
      this.emitter.emit('effectsStopped', stopped);
    }
  }

  private async set(change: Partial<AudioProcessing>): Promise<void> {
    try {
      await this.stream.setProcessing(change);
    } catch (error) {
      const failed = asCallingError(error);
      this.emitter.emit('effectsError', failed);
      throw failed;
    }
  }
}
