import type { BaseFeature, FeatureFactory, MediaStreamType } from '../api/common.js';
import type { AudioDeviceInfo } from '../api/devices.js';
import type { LocalAudioStreamOptions, Volume } from '../api/streams.js';
import { failure, notSupported } from '../errors.js';
import { FeatureSet } from '../features/feature-set.js';
import { captureMicrophone, FULL_PROCESSING, stopTracks, type AudioProcessing } from '../media/capture.js';
import { VolumeMeter } from '../media/volume.js';
import { Emitter } from '../util/emitter.js';

export type AudioSourceChangedEvent = (args: { source: LocalAudioStream }) => void;

export interface AudioStreamFeature extends BaseFeature {}

export interface AudioStreamFeatureContext {
  streamInstance: LocalAudioStream;
}

export type AudioStreamFeatureCtor<TFeature extends AudioStreamFeature> = new (context: AudioStreamFeatureContext) => TFeature;

export interface AudioStreamFeatureFactory<TFeature extends AudioStreamFeature> extends FeatureFactory {
  audioStreamApiCtor: AudioStreamFeatureCtor<TFeature>;
}

interface Events {
  audioSourceChanged: AudioSourceChangedEvent;
}

const CUSTOM_SOURCE: AudioDeviceInfo = { name: 'Custom stream', id: '', isSystemDefault: false, deviceType: 'Virtual' };

/** Our own microphone or custom audio. It captures when first needed. */
export class LocalAudioStream {
  private readonly emitter = new Emitter<Events>();
  private readonly features = new FeatureSet();
  private device: AudioDeviceInfo;
  private stream: MediaStream | undefined;
  private capturing: Promise<MediaStream> | undefined;
  private custom = false;
  private meter: VolumeMeter | undefined;
  private processing = FULL_PROCESSING;
  /** Grows when a capture that is on its way is no longer wanted. */
  private disposals = 0;
  /** @internal */
  readonly autoDispose: boolean;

  constructor(source: AudioDeviceInfo | MediaStream, options?: LocalAudioStreamOptions) {
    if (isMediaStream(source)) {
      this.device = { ...CUSTOM_SOURCE };
      this.stream = source;
      this.custom = true;
    } else if (typeof source === 'object' && source !== null && typeof source.id === 'string') {
      this.device = { ...source };
    } else {
      throw failure('invalidArgument', 'A LocalAudioStream needs a microphone from getMicrophones(), or a MediaStream.');
    }
    this.autoDispose = options?.autoDisposeOnCallEnd ?? true;
  }

  get source(): AudioDeviceInfo {
    return { ...this.device };
  }

  get mediaStreamType(): MediaStreamType {
    return 'Audio';
  }

  on<K extends keyof Events>(event: K, listener: Events[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof Events>(event: K, listener: Events[K]): void {
    this.emitter.off(event, listener);
  }

  feature<TFeature extends AudioStreamFeature>(factory: AudioStreamFeatureFactory<TFeature>): TFeature {
    return this.features.get(factory?.audioStreamApiCtor, { streamInstance: this });
  }

  /**
   * The captured stream; captures now if nothing is captured yet.
   *
   * @throws CommunicationServicesError 403/40613 if permission is denied
   */
  getMediaStream(): Promise<MediaStream> {
    if (this.stream && (this.custom || this.stream.getAudioTracks().some((track) => track.readyState === 'live'))) {
      return Promise.resolve(this.stream);
    }
    this.capturing ??= this.capture();
    return this.capturing;
  }

  /** Sends another microphone from now on. */
  async switchSource(source: AudioDeviceInfo): Promise<void> {
    const { disposals } = this;
    const next = this.stream ? await captureMicrophone(source.id, this.processing) : undefined;
    if (disposals !== this.disposals) {
      stopTracks(next);
      throw failure('streamDisposed', 'The stream was disposed of before its new microphone was ready.');
    }
    this.change(next, source, false);
  }

  /** Sends another custom stream from now on. */
  setMediaStream(source: MediaStream): Promise<void> {
    if (!isMediaStream(source)) {
      return Promise.reject(failure('invalidArgument', 'setMediaStream needs a MediaStream.'));
    }
    this.change(source, CUSTOM_SOURCE, true);
    return Promise.resolve();
  }

  /** How loud it is. Captures if nothing is captured yet. */
  async getVolume(): Promise<Volume> {
    const stream = await this.getMediaStream();
    this.meter ??= new VolumeMeter(stream);
    return this.meter;
  }

  /** Ends the capture. */
  dispose(): void {
    const old = this.custom ? undefined : this.stream;
    this.disposals += 1;
    this.capturing = undefined;
    this.stream = undefined;
    this.meter?.dispose();
    this.meter = undefined;
    stopTracks(old);
  }

  /** @internal What the browser does to the sound; of a stream of the app's, as far as the browser says. */
  get currentProcessing(): { readonly echoCancellation: boolean; readonly noiseSuppression: boolean } {
    const settings = this.stream?.getAudioTracks()[0]?.getSettings?.() ?? {};
    const wanted: Partial<AudioProcessing> = this.custom ? {} : this.processing;
    return {
      echoCancellation: Boolean(settings.echoCancellation ?? wanted.echoCancellation),
      noiseSuppression: Boolean(settings.noiseSuppression ?? wanted.noiseSuppression),
    };
  }

  /**
   * @internal Changes what the browser does to the sound, now and whenever it is captured anew. Browsers that cannot change a microphone that runs open it once more.
   *
   * @throws CommunicationServicesError 501 if the browser does not do it with this stream
   */
  async setProcessing(change: Partial<AudioProcessing>): Promise<void> {
    const wanted = { ...this.processing, ...change };
    const { stream, disposals } = this;
    const track = stream?.getAudioTracks()[0];
    if (!stream || !track) {
      this.processing = wanted;
      return;
    }
    // Refused, or passed over, by browsers that set it only at the beginning.
    await track.applyConstraints({ ...track.getConstraints(), ...change }).catch(() => undefined);
    if (holds(track, change)) {
      this.processing = wanted;
      return;
    }
    if (this.custom) {
      throw notSupported('Changing what the browser does to the sound of this stream', 'Capture it with the constraints that you want.');
    }
    // A microphone that is open keeps what is done to it, for all who open it beside.
    stopTracks(stream);
    const next = await captureMicrophone(this.device.id === '' ? undefined : this.device.id, wanted);
    if (disposals !== this.disposals || stream !== this.stream) {
      stopTracks(next);
      throw failure('streamDisposed', 'The stream was disposed of, or switched, before its sound could be changed.');
    }
    this.processing = wanted;
    this.change(next, this.device, false);
    const [changed] = next.getAudioTracks();
    if (!changed || !holds(changed, change)) {
      throw notSupported('Changing what is done to the sound of this microphone, in this browser,');
    }
  }

  private async capture(): Promise<MediaStream> {
    const { disposals } = this;
    try {
      const stream = await captureMicrophone(this.device.id === '' ? undefined : this.device.id, this.processing);
      if (disposals !== this.disposals) {
        stopTracks(stream);
        throw failure('streamDisposed', 'The stream was disposed of before its device was ready.');
      }
      this.stream = stream;
      return stream;
    } finally {
      if (disposals === this.disposals) {
        this.capturing = undefined;
      }
    }
  }

  private change(stream: MediaStream | undefined, device: AudioDeviceInfo, custom: boolean): void {
    const old = this.custom ? undefined : this.stream;
    this.device = { ...device };
    this.custom = custom;
    this.stream = stream;
    stopTracks(old);
    if (stream) {
      this.meter?.measure(stream);
    }
    this.emitter.emit('audioSourceChanged', { source: this });
  }
}

/** Whether the browser does with the track what is wanted. */
function holds(track: MediaStreamTrack, change: Partial<AudioProcessing>): boolean {
  const settings = track.getSettings();
  return (Object.keys(change) as (keyof AudioProcessing)[]).every((name) => Boolean(settings[name]) === change[name]);
}

function isMediaStream(value: unknown): value is MediaStream {
  return typeof value === 'object' && value !== null && typeof (value as Partial<MediaStream>).getAudioTracks === 'function';
}
