import { asCallingError, type CallingError, failure } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import type { EffectImplementation, EffectPipeline } from './video-effect.js';

interface Events {
  /** What is to be shown and sent from now on. */
  changed: (track: MediaStreamTrack | undefined) => void;
  slowStart: () => void;
  fewFrames: () => void;
  /** The effect is gone, and with it the video: what it hid is not shown instead. */
  failed: (error: CallingError) => void;
}

/**
 * Between a local video's camera and whoever shows and sends it: the camera's track as it is, or what an effect makes of it. While an effect is to begin,
 * nothing is shown that it would have hidden.
 */
export class EffectSlot {
  readonly events = new Emitter<Events>();
  private effect: EffectImplementation | undefined;
  private input: MediaStreamTrack | undefined;
  private pipeline: EffectPipeline | undefined;
  /** Grows with each change, so that what was begun before is dropped. */
  private changes = 0;
  private starting: Promise<void> = Promise.resolve();

  /** What is shown and sent now. */
  get track(): MediaStreamTrack | undefined {
    return this.effect ? this.pipeline?.track : this.input;
  }

  /**
   * Somebody begins to use the video, with that track of the camera. Resolves when there is something to show. A video whose effect failed is shown again
   * as it is: whoever begins anew knows.
   *
   * @throws CommunicationServicesError 500 if the effect does not begin
   */
  async renew(input: MediaStreamTrack | undefined): Promise<void> {
    if (input !== this.input) {
      this.setInput(input);
    }
    await this.starting;
  }

  /** The camera has another track, or none. */
  setInput(input: MediaStreamTrack | undefined): void {
    this.input = input;
    this.starting = this.apply();
    this.starting.catch(() => undefined);
  }

  /** @throws CommunicationServicesError 500 if it does not begin; then there is no effect, and no video while the camera is on */
  async setEffect(effect: EffectImplementation | undefined): Promise<void> {
    this.effect = effect;
    this.starting = this.apply();
    this.starting.catch(() => undefined);
    await this.starting;
  }

  private async apply(): Promise<void> {
    this.changes += 1;
    const { changes, effect, input } = this;
    const before = this.pipeline;
    this.pipeline = undefined;
    if (!effect || !input) {
      before?.stop();
      this.events.emit('changed', input);
      return;
    }
    let pipeline: EffectPipeline;
    try {
      await effect.prepare();
      pipeline = await effect.start(input, {
        slowStart: () => this.events.emit('slowStart'),
        fewFrames: () => this.events.emit('fewFrames'),
        failed: (error) => this.handleFailed(changes, error),
      });
    } catch (error) {
      before?.stop();
      if (changes !== this.changes) {
        return;
      }
      throw this.handleFailed(changes, error);
    }
    before?.stop();
    if (changes !== this.changes) {
      pipeline.stop();
      return;
    }
    this.pipeline = pipeline;
    this.events.emit('changed', pipeline.track);
  }

  private handleFailed(changes: number, thrown: unknown): CallingError {
    const error = failure('effectFailed', `FailedToProcess: ${asCallingError(thrown).message}`, thrown);
    if (changes === this.changes) {
      this.changes += 1;
      this.pipeline?.stop();
      this.pipeline = undefined;
      this.effect = undefined;
      this.input = undefined;
      this.events.emit('changed', undefined);
      this.events.emit('failed', error);
    }
    return error;
  }
}
