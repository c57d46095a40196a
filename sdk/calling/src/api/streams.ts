// Media streams as others see them. Names as in ACS. (`LocalVideoStream` and `LocalAudioStream` are classes: see ../streams.)

import type { EventSource } from '../util/emitter.js';
import type { Disposable, MediaStreamType, PropertyChangedEvent, ScalingMode, StreamSize } from './common.js';

export interface LocalVideoStreamOptions {
  autoDisposeOnCallEnd?: boolean;
}

export interface LocalAudioStreamOptions {
  autoDisposeOnCallEnd?: boolean;
}

export interface RemoteVideoStreamEvents {
  isAvailableChanged: PropertyChangedEvent;
  isReceivingChanged: PropertyChangedEvent;
  sizeChanged: PropertyChangedEvent;
}

export interface RemoteVideoStreamCommon extends EventSource<RemoteVideoStreamEvents> {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  /** Whether frames arrive now. */
  readonly isReceiving: boolean;
  readonly size: StreamSize;
}

export interface RemoteVideoStream extends RemoteVideoStreamCommon {
  /** Whether the participant sends it. */
  readonly isAvailable: boolean;
  getMediaStream(): Promise<MediaStream>;
}

export interface Volume extends EventSource<{ levelChanged: PropertyChangedEvent }> {
  /** 0 (silence) to 100. */
  readonly level: number;
}

export interface RemoteAudioStream {
  getMediaStream(): Promise<MediaStream>;
  getVolume(): Promise<Volume>;
}

export interface CreateViewOptions {
  isMirrored?: boolean;
  scalingMode?: ScalingMode;
}

export interface VideoStreamRendererView extends Disposable {
  readonly scalingMode: ScalingMode;
  readonly isMirrored: boolean;
  readonly target: HTMLElement;
  updateScalingMode(scalingMode: ScalingMode): Promise<void>;
}
