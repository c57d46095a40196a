import type { CallFeature } from '../api/call.js';
import type { CollectionUpdatedEvent, StreamSize } from '../api/common.js';
import type { RemoteVideoStreamCommon } from '../api/streams.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export interface TogetherModeSeatingPosition {
  top: number;
  left: number;
  width: number;
  height: number;
}
export type TogetherModeSeatingMap = Map<string, TogetherModeSeatingPosition>;
export interface TogetherModeSceneSize extends StreamSize {}
export type TogetherModeSceneUpdatedListener = (data: TogetherModeSeatingMap) => void;
export type TogetherModeSeatingUpdatedListener = (data: TogetherModeSeatingMap) => void;

export interface TogetherModeVideoStream extends RemoteVideoStreamCommon {
  readonly isAvailable: boolean;
}

export interface TogetherModeEvents {
  togetherModeStreamsUpdated: CollectionUpdatedEvent<TogetherModeVideoStream>;
  togetherModeSceneUpdated: TogetherModeSceneUpdatedListener;
  togetherModeSeatingUpdated: TogetherModeSeatingUpdatedListener;
}

export interface TogetherModeCallFeature extends CallFeature, EventSource<TogetherModeEvents> {
  readonly togetherModeStream: ReadonlyArray<TogetherModeVideoStream>;
  get togetherModeSeatingMap(): TogetherModeSeatingMap;
  get sceneSize(): TogetherModeSceneSize;
  set sceneSize(size: TogetherModeSceneSize);
  start(): Promise<void>;
}

/** There is no scene in which all sit together. */
export class TogetherMode extends FeatureBase<TogetherModeEvents> implements TogetherModeCallFeature {
  readonly name = 'TogetherMode';
  private scene: TogetherModeSceneSize = { width: 0, height: 0 };

  get togetherModeStream(): ReadonlyArray<TogetherModeVideoStream> {
    return [];
  }

  get togetherModeSeatingMap(): TogetherModeSeatingMap {
    return new Map();
  }

  get sceneSize(): TogetherModeSceneSize {
    return { ...this.scene };
  }

  set sceneSize(size: TogetherModeSceneSize) {
    this.scene = { width: size.width, height: size.height };
  }

  start(): Promise<void> {
    return Promise.reject(notSupported('Starting together mode'));
  }
}
