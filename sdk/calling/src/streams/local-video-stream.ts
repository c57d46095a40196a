import type { BaseFeature, FeatureFactory, MediaStreamType, PropertyChangedEvent } from '../api/common.js';
import type { VideoDeviceInfo } from '../api/devices.js';
import type { LocalVideoStreamOptions } from '../api/streams.js';
import { FeatureSet } from '../features/feature-set.js';
import { failure } from '../errors.js';
import { captureCamera, captureScreen, hintScreen, isBusy, stopTracks } from '../media/capture.js';
import { Emitter } from '../util/emitter.js';
import { EffectSlot } from './effect-slot.js';
import { carry, type VideoSource, type VideoSourceEvents } from './video-source.js';

export type VideoSourceChangedEvent = (args: { source: LocalVideoStream }) => void;

export interface VideoStreamFeature extends BaseFeature {}

export interface VideoStreamFeatureContext {
  streamInstance: LocalVideoStream;
}

export type VideoStreamFeatureCtor<TFeature extends VideoStreamFeature> = new (context: VideoStreamFeatureContext) => TFeature;

export interface VideoStreamFeatureFactory<TFeature extends VideoStreamFeature> extends FeatureFactory {
  videoStreamApiCtor: VideoStreamFeatureCtor<TFeature>;
}

interface Events {
  videoSourceChanged: VideoSourceChangedEvent;
}

const CUSTOM_SOURCE: VideoDeviceInfo = { name: 'Custom stream', id: '', deviceType: 'Virtual' };
const SCREEN_SOURCE: VideoDeviceInfo = { name: 'Screen', id: '', deviceType: 'ScreenSharing' };

/** Our own camera, screen or custom video. It captures when first needed, by a call or by a view. */
export class LocalVideoStream {
  private readonly emitter = new Emitter<Events>();
  private readonly features = new FeatureSet();
  private readonly sourceEvents = new Emitter<VideoSourceEvents>();
  /** @internal */
  readonly effects = new EffectSlot();
  private device: VideoDeviceInfo;
  private type: MediaStreamType = 'Video';
  private stream: MediaStream | undefined;
  private capturing: Promise<MediaStream> | undefined;
  /** True for streams that the app gave us: we do not stop their tracks. */
  private custom = false;
  private uses = 0;
  /** Grows when a capture that is on its way is no longer wanted. */
  private disposals = 0;
  /** @internal */
  readonly autoDispose: boolean;

  constructor(source: VideoDeviceInfo | MediaStream, options?: LocalVideoStreamOptions) {
    if (isMediaStream(source)) {
      this.device = { ...CUSTOM_SOURCE };
      this.stream = source;
      this.custom = true;
    } else if (typeof source === 'object' && source !== null && typeof source.id === 'string') {
      this.device = { ...source };
    } else {
      throw failure('videoArgument', 'A LocalVideoStream needs a camera from getCameras(), or a MediaStream.');
    }
    this.autoDispose = options?.autoDisposeOnCallEnd ?? true;
    this.effects.events.on('changed', (track) => this.sourceEvents.emit('trackChanged', track));
    this.effects.setInput(this.stream?.getVideoTracks()[0]);
    carry(this, this.asSource());
  }

  /** @internal A stream that shares the screen; the browser asks which when it is first needed. */
  static screen(): LocalVideoStream {
    const stream = new LocalVideoStream(SCREEN_SOURCE);
    stream.type = 'ScreenSharing';
    return stream;
  }

  /** @internal From now on this custom stream counts as a shared screen. */
  handleShared(): void {
    this.type = 'ScreenSharing';
    if (this.stream) {
      hintScreen(this.stream);
    }
  }

  get source(): VideoDeviceInfo {
    return { ...this.device };
  }

  get mediaStreamType(): MediaStreamType {
    return this.type;
  }

  on<K extends keyof Events>(event: K, listener: Events[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof Events>(event: K, listener: Events[K]): void {
    this.emitter.off(event, listener);
  }

  feature<TFeature extends VideoStreamFeature>(factory: VideoStreamFeatureFactory<TFeature>): TFeature {
    return this.features.get(factory?.videoStreamApiCtor, { streamInstance: this });
  }

  /**
   * The captured stream; captures now if nothing is captured yet.
   *
   * @throws CommunicationServicesError 403/40613 if permission is denied, 500/43000 if it cannot be started
   */
  getMediaStream(): Promise<MediaStream> {
    if (this.stream && (this.custom || this.stream.getVideoTracks().some((track) => track.readyState === 'live'))) {
      return Promise.resolve(this.stream);
    }
    this.capturing ??= this.capture();
    return this.capturing;
  }

  /**
   * Sends and shows another camera from now on.
   *
   * @throws CommunicationServicesError 403/40613 if permission is denied, 500/43000 if it cannot be started
   */
  async switchSource(source: VideoDeviceInfo): Promise<void> {
    if (this.type === 'ScreenSharing') {
      throw failure('videoArgument', 'A shared screen has no camera to switch.');
    }
    if (source.id === this.device.id && !this.custom) {
      return;
    }
    const { disposals } = this;
    const next = this.stream ? await this.captureNext(source.id) : undefined;
    if (disposals !== this.disposals) {
      stopTracks(next);
      throw failure('streamDisposed', 'The stream was disposed of before its new camera was ready.');
    }
    this.change(next, source, false);
  }

  /** Sends and shows another custom stream from now on. */
  setMediaStream(source: MediaStream): Promise<void> {
    if (!isMediaStream(source)) {
      return Promise.reject(failure('videoArgument', 'setMediaStream needs a MediaStream.'));
    }
    this.change(source, CUSTOM_SOURCE, true);
    return Promise.resolve();
  }

  /** Ends the capture. */
  dispose(): void {
    const old = this.custom ? undefined : this.stream;
    this.disposals += 1;
    this.capturing = undefined;
    this.replace(undefined);
    stopTracks(old);
  }

  private async capture(): Promise<MediaStream> {
    const { disposals } = this;
    try {
      const stream = this.type === 'ScreenSharing' ? await captureScreen() : await captureCamera(this.device.id);
      if (disposals !== this.disposals) {
        stopTracks(stream);
        throw failure('streamDisposed', 'The stream was disposed of before its device was ready.');
      }
      this.replace(stream);
      return stream;
    } finally {
      if (disposals === this.disposals) {
        this.capturing = undefined;
      }
    }
  }

  /** Some systems open one camera at a time: then the one before goes dark first. */
  private async captureNext(id: string): Promise<MediaStream> {
    try {
      return await captureCamera(id);
    } catch (error) {
      if (this.custom || !isBusy(error)) {
        throw error;
      }
      stopTracks(this.stream);
      try {
        return await captureCamera(id);
      } catch (failed) {
        this.replace(undefined);
        throw failed;
      }
    }
  }

  private change(stream: MediaStream | undefined, device: VideoDeviceInfo, custom: boolean): void {
    const old = this.custom ? undefined : this.stream;
    this.device = { ...device };
    this.custom = custom;
    this.replace(stream);
    stopTracks(old);
    this.emitter.emit('videoSourceChanged', { source: this });
  }

  private replace(stream: MediaStream | undefined): void {
    this.stream = stream;
    this.effects.setInput(stream?.getVideoTracks()[0]);
  }

  private asSource(): VideoSource {
    const current = (): MediaStreamTrack | undefined => this.effects.track;
    return {
      source: this.sourceEvents,
      get track() {
        return current();
      },
      use: async () => {
        this.uses += 1;
        try {
          await this.getMediaStream();
          await this.effects.renew(this.stream?.getVideoTracks()[0]);
        } catch (error) {
          this.uses -= 1;
          throw error;
        }
        return () => this.endUse();
      },
      handleFrame: () => undefined,
      handleShown: () => undefined,
    };
  }

  /** The camera's light goes out when neither a call nor a view uses it. */
  private endUse(): void {
    this.uses -= 1;
    if (this.uses === 0 && !this.custom) {
      this.dispose();
    }
  }
}

function isMediaStream(value: unknown): value is MediaStream {
  return typeof value === 'object' && value !== null && typeof (value as Partial<MediaStream>).getVideoTracks === 'function';
}
