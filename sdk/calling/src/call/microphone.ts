import type { AudioDeviceInfo } from '../api/devices.js';
import { asCallingError, codes, failure, isInterruption } from '../errors.js';
import { browserDeviceId, type CaptureNews } from '../media/capture.js';
import type { LocalAudioStream } from '../streams/local-audio-stream.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';

/** What a microphone needs of the rest of the call. */
export interface MicrophonePorts {
  /** The stream of the selected microphone. */
  createStream(): LocalAudioStream;
  setTrack(track: MediaStreamTrack | null): Promise<void>;
  tellMuted(muted: boolean): Promise<void>;
}

/** What a microphone tells. */
export interface MicrophoneEvents {
  mutedChanged: () => void;
  /** Somebody else did it. */
  mutedByOther: () => void;
  streamsUpdated: (change: { added: LocalAudioStream[]; removed: LocalAudioStream[] }) => void;
  capture: (news: CaptureNews) => void;
}

const SYSTEM_DEFAULT: AudioDeviceInfo = { name: 'Default', id: '', isSystemDefault: true, deviceType: 'Microphone' };

/** The call's own sound: captured, sent, muted. Muting holds here at once; the server is told when this client is in the call. */
export class Microphone {
  readonly events = new Emitter<MicrophoneEvents>();
  private stream: LocalAudioStream | undefined;
  private track: MediaStreamTrack | undefined;
  private endUse: (() => void) | undefined;
  /** Ends listening to the track that is sent. */
  private leaveTrack: () => void = () => undefined;
  private isIn = false;
  private closed = false;

  constructor(
    private readonly ports: MicrophonePorts,
    private muted: boolean,
    /** What the server knows: at first what `join` said. */
    private told = muted,
  ) {}

  get isMuted(): boolean {
    return this.muted;
  }

  /** What is sent, or would be sent if it were not muted. */
  get liveTrack(): MediaStreamTrack | undefined {
    return this.track;
  }

  get streams(): LocalAudioStream[] {
    return this.stream ? [this.stream] : [];
  }

  /** Captures for the first time, unless muted. Without a microphone the call goes on, muted. */
  async start(stream: LocalAudioStream | undefined): Promise<void> {
    if (this.muted && !stream) {
      return;
    }
    try {
      await this.capture(stream ?? this.ports.createStream());
    } catch (error) {
      log.info(`The call goes on without a microphone: ${String(error)}`);
      this.setMuted(true);
      await this.sync();
    }
  }

  /**
   * The client is in the call, or back in it: the server learns what changed here meanwhile, unless somebody muted this client.
   *
   * @param known whether the server has this client as muted
   */
  async handleEntered(known: boolean): Promise<void> {
    this.isIn = true;
    if (known && !this.told && !this.muted) {
      this.handleMuted();
    } else {
      this.told = known;
      await this.sync();
    }
  }

  /** The client is not in the call for a while; what changes is told later. */
  handleAway(): void {
    this.isIn = false;
  }

  /** Somebody else muted this client. The server knows. */
  handleMuted(): void {
    this.told = true;
    if (!this.muted) {
      this.setMuted(true);
      this.events.emit('mutedByOther');
    }
  }

  /** The right to speak is gone. The server knows. */
  handleForbidden(): void {
    this.told = true;
    this.setMuted(true);
  }

  async mute(): Promise<void> {
    this.setMuted(true);
    await this.sync();
  }

  /** @throws CommunicationServicesError 403/40613 without a microphone, or the server's refusal */
  async unmute(): Promise<void> {
    if (!this.track) {
      await this.capture(this.stream ?? this.ports.createStream());
    }
    this.setMuted(false);
    try {
      await this.sync();
    } catch (error) {
      this.setMuted(true);
      throw error;
    }
  }

  /** Sends that stream from now on. */
  async replace(stream: LocalAudioStream): Promise<void> {
    await this.capture(stream);
  }

  /** Sends nothing from now on. */
  async stop(): Promise<void> {
    this.release();
    await this.ports.setTrack(null);
  }

  /** The app selected another microphone, or the default one became known by name. Custom streams stay as they are. */
  async handleDevice(device: AudioDeviceInfo): Promise<void> {
    const source = this.stream?.source;
    const isDefault = source !== undefined && browserDeviceId(source.id) === '';
    const sameDevice = source?.id === device.id || (isDefault && device.isSystemDefault);
    if (this.stream && this.track && source?.deviceType === 'Microphone' && !sameDevice) {
      await this.stream.switchSource(device);
    }
  }

  close(): void {
    this.closed = true;
    this.isIn = false;
    this.release();
  }

  private async capture(stream: LocalAudioStream): Promise<void> {
    const media = await this.open(stream);
    if (this.closed) {
      if (stream.autoDispose) {
        stream.dispose();
      }
      throw failure('callEnded', 'The call ended before the microphone was ready.');
    }
    if (stream !== this.stream) {
      this.release();
      this.stream = stream;
      const follow = (): void => void this.follow(stream).catch((error: unknown) => log.warning(`The microphone could not be switched: ${String(error)}`));
      stream.on('audioSourceChanged', follow);
      this.endUse = () => stream.off('audioSourceChanged', follow);
      this.events.emit('streamsUpdated', { added: [stream], removed: [] });
    }
    await this.send(media.getAudioTracks()[0]);
  }

  /** A microphone that was there before and is gone gives way to the system's default one. */
  private async open(stream: LocalAudioStream): Promise<MediaStream> {
    try {
      try {
        return mustLive(await stream.getMediaStream());
      } catch (error) {
        const isDevice = stream.source.deviceType === 'Microphone' && browserDeviceId(stream.source.id) !== '';
        const gone = asCallingError(error).subCode === codes.microphoneFailed[1] && stream === this.stream && isDevice;
        if (!gone) {
          throw error;
        }
        await stream.switchSource(SYSTEM_DEFAULT);
        return await stream.getMediaStream();
      }
    } catch (error) {
      this.events.emit('capture', { kind: 'failed', error: asCallingError(error) });
      throw error;
    }
  }

  /** The microphone was unplugged, or taken away. The call goes on with another one, or muted. */
  private async handleTrackEnded(): Promise<void> {
    const { stream } = this;
    this.leaveTrack();
    this.track = undefined;
    this.events.emit('capture', { kind: 'ended' });
    try {
      await this.ports.setTrack(null);
      if (!this.muted && stream?.source.deviceType === 'Microphone') {
        await this.capture(stream);
        return;
      }
    } catch (error) {
      log.info(`The call goes on without a microphone: ${String(error)}`);
    }
    if (!this.closed) {
      this.setMuted(true);
      await this.sync();
    }
  }

  private async follow(stream: LocalAudioStream): Promise<void> {
    const media = await stream.getMediaStream();
    if (stream === this.stream) {
      await this.send(media.getAudioTracks()[0]);
    }
  }

  private async send(track: MediaStreamTrack | undefined): Promise<void> {
    this.leaveTrack();
    const ended = (): void => void this.handleTrackEnded().catch((error: unknown) => log.warning(`The others were not told of the mute: ${String(error)}`));
    track?.addEventListener('ended', ended);
    this.leaveTrack = () => track?.removeEventListener('ended', ended);
    this.track = track;
    this.applyMuted();
    this.events.emit('capture', { kind: 'started', track });
    await this.ports.setTrack(track ?? null);
  }

  private release(): void {
    const stream = this.stream;
    this.endUse?.();
    this.endUse = undefined;
    this.leaveTrack();
    this.stream = undefined;
    this.track = undefined;
    if (stream) {
      if (stream.autoDispose) {
        stream.dispose();
      }
      this.events.emit('streamsUpdated', { added: [], removed: [stream] });
    }
  }

  private setMuted(muted: boolean): void {
    if (muted !== this.muted) {
      this.muted = muted;
      this.applyMuted();
      this.events.emit('mutedChanged');
    }
  }

  private applyMuted(): void {
    if (this.track) {
      this.track.enabled = !this.muted;
    }
  }

  private async sync(): Promise<void> {
    if (this.isIn && this.told !== this.muted) {
      const muted = this.muted;
      this.told = muted;
      try {
        await this.ports.tellMuted(muted);
      } catch (error) {
        // After an interruption the server says what it knows, and is told then.
        if (isInterruption(error) && !this.closed) {
          return;
        }
        this.told = !muted;
        throw error;
      }
      await this.sync();
    }
  }
}

/** @throws CommunicationServicesError 500/90415 if all that was in the stream has ended */
function mustLive(media: MediaStream): MediaStream {
  const tracks = media.getAudioTracks();
  if (tracks.length > 0 && tracks.every((track) => track.readyState === 'ended')) {
    throw failure('microphoneFailed', 'The stream has ended. Pass another one to call.startAudio.');
  }
  return media;
}
