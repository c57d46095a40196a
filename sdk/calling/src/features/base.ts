import type { BaseFeature } from '../api/common.js';
import { Emitter, type EventSource, type ListenerMap } from '../util/emitter.js';

/** A feature's name and its events. */
export abstract class FeatureBase<E extends ListenerMap<E>> implements BaseFeature, EventSource<E> {
  abstract readonly name: string;
  protected readonly emitter = new Emitter<E>();

  on<K extends keyof E>(event: K, listener: E[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof E>(event: K, listener: E[K]): void {
    this.emitter.off(event, listener);
  }

  dispose(): void {
    this.emitter.clear();
  }
}
