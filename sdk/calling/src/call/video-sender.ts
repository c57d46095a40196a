import { asCallingError, failure, isInterruption } from '../errors.js';
import type { CaptureNews } from '../media/capture.js';
import type { LocalVideoStream } from '../streams/local-video-stream.js';
import { videoSourceOf, type VideoSource } from '../streams/video-source.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';

/** What a sender needs of the rest of the call. */
export interface VideoSenderPorts {
  setTrack(track: MediaStreamTrack | null): Promise<void>;
  /** Tells everybody that it is sent. */
  publish(): Promise<void>;
  unpublish(): Promise<void>;
}

/** What a sender tells. */
export interface VideoSenderEvents {
  updated: (change: { added: LocalVideoStream[]; removed: LocalVideoStream[] }) => void;
  capture: (news: CaptureNews) => void;
}

interface Sending {
  readonly stream: LocalVideoStream;
  readonly source: VideoSource;
  readonly release: () => void;
}

/** Sends one local video: the camera, or the screen. The server is told when this client is in the call. */
export class VideoSender {
  readonly events = new Emitter<VideoSenderEvents>();
  private starting: LocalVideoStream | undefined;
  private sending: Sending | undefined;
  /** Ends listening to the track that is sent. */
  private leaveTrack: () => void = () => undefined;
  private isIn = false;
  private told = false;
  private closed = false;

  constructor(private readonly ports: VideoSenderPorts) {}

  /** What is sent now. */
  get stream(): LocalVideoStream | undefined {
    return this.sending?.stream;
  }

  get isBusy(): boolean {
    return this.sending !== undefined || this.starting !== undefined;
  }

  /** @throws CommunicationServicesError if it cannot be captured, is stopped meanwhile, or the server refuses it */
  async start(stream: LocalVideoStream): Promise<void> {
    const source = videoSourceOf(stream);
    if (!source) {
      throw failure('videoArgument', 'Only a LocalVideoStream can be sent.');
    }
    this.starting = stream;
    try {
      const endUse = await this.open(source);
      if (this.closed || this.starting !== stream) {
        endUse();
        throw failure('callEnded', 'The video was stopped before it began.');
      }
      await this.begin(stream, source, endUse);
    } finally {
      this.starting = undefined;
    }
  }

  async stop(): Promise<void> {
    this.starting = undefined;
    this.end();
    await this.ports.setTrack(null);
    await this.sync();
  }

  /** The client is in the call, or back in it: the others learn what is sent. The server may know already, which does no harm. */
  async handleEntered(): Promise<void> {
    this.isIn = true;
    this.told = this.told && this.sending === undefined;
    await this.sync();
  }

  /** The client is not in the call for a while; what changes is told later. */
  handleAway(): void {
    this.isIn = false;
  }

  /** The right to send it is gone. The server knows. */
  async handleForbidden(): Promise<void> {
    if (this.isBusy) {
      this.told = false;
      await this.stop();
    }
  }

  close(): void {
    this.closed = true;
    this.isIn = false;
    this.starting = undefined;
    this.end(true);
  }

  private async open(source: VideoSource): Promise<() => void> {
    try {
      return await source.use();
    } catch (error) {
      this.events.emit('capture', { kind: 'failed', error: asCallingError(error) });
      throw error;
    }
  }

  private async begin(stream: LocalVideoStream, source: VideoSource, endUse: () => void): Promise<void> {
    const follow = (track: MediaStreamTrack | undefined): void => void this.follow(track);
    source.source.on('trackChanged', follow);
    this.sending = {
      stream,
      source,
      release: () => {
        source.source.off('trackChanged', follow);
        endUse();
      },
    };
    await this.send(source.track);
    this.events.emit('updated', { added: [stream], removed: [] });
    try {
      await this.sync();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** The stream has another track, or none any more. */
  private async follow(track: MediaStreamTrack | undefined): Promise<void> {
    if (track) {
      await this.send(track);
    } else {
      await this.stopQuietly();
    }
  }

  private async send(track: MediaStreamTrack | undefined): Promise<void> {
    this.leaveTrack();
    const ended = (): void => {
      this.events.emit('capture', { kind: 'ended' });
      void this.stopQuietly();
    };
    track?.addEventListener('ended', ended);
    this.leaveTrack = () => track?.removeEventListener('ended', ended);
    this.events.emit('capture', { kind: 'started', track });
    await this.ports.setTrack(track ?? null);
  }

  private async stopQuietly(): Promise<void> {
    try {
      await this.stop();
    } catch (error) {
      log.info(`The server was not told that a video ended: ${String(error)}`);
    }
  }

  /** @param callEnded streams made with `autoDisposeOnCallEnd: false` go on capturing */
  private end(callEnded = false): void {
    const sending = this.sending;
    this.sending = undefined;
    this.leaveTrack();
    if (sending) {
      if (!callEnded || sending.stream.autoDispose) {
        sending.release();
      }
      this.events.emit('updated', { added: [], removed: [sending.stream] });
    }
  }

  private async sync(): Promise<void> {
    const wanted = this.sending !== undefined;
    if (this.isIn && this.told !== wanted) {
      this.told = wanted;
      try {
        await (wanted ? this.ports.publish() : this.ports.unpublish());
      } catch (error) {
        // After an interruption nobody knows what the server knows: it is told again.
        const interrupted = isInterruption(error) && !this.closed;
        this.told = interrupted || !wanted;
        if (!interrupted) {
          throw error;
        }
      }
    }
  }
}
