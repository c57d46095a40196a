import type { RemoteAudioStream, Volume } from '../api/streams.js';
import { VolumeMeter } from '../media/volume.js';

/** The sound of everybody else, as the call plays it. */
export class MixedAudioStream implements RemoteAudioStream {
  private stream: MediaStream | undefined;
  private meter: VolumeMeter | undefined;

  constructor(private readonly tracks: () => MediaStreamTrack[]) {}

  getMediaStream(): Promise<MediaStream> {
    this.stream ??= new MediaStream(this.tracks());
    return Promise.resolve(this.stream);
  }

  async getVolume(): Promise<Volume> {
    this.meter ??= new VolumeMeter(await this.getMediaStream());
    return this.meter;
  }

  /** The call has other tracks now; the stream that was handed out gets them. */
  handleTracks(): void {
    const { stream } = this;
    if (stream) {
      for (const track of stream.getTracks()) {
        stream.removeTrack(track);
      }
      for (const track of this.tracks()) {
        stream.addTrack(track);
      }
      this.meter?.measure(stream);
    }
  }

  dispose(): void {
    this.meter?.dispose();
    this.meter = undefined;
  }
}
