import type { PropertyChangedEvent } from '../api/common.js';
import type { VideoDeviceInfo } from '../api/devices.js';
import { failure } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import { LocalVideoStream } from './local-video-stream.js';

/** A local video as a bare track, for pages that draw it themselves. */
export class WbLocalVideoStream {
  private readonly emitter = new Emitter<{ sourceChanged: PropertyChangedEvent }>();
  private readonly inner: LocalVideoStream;

  constructor(source: VideoDeviceInfo | MediaStream) {
    this.inner = new LocalVideoStream(source);
    this.inner.on('videoSourceChanged', () => this.emitter.emit('sourceChanged'));
  }

  on(event: 'sourceChanged', listener: PropertyChangedEvent): void {
    this.emitter.on(event, listener);
  }

  off(event: 'sourceChanged', listener: PropertyChangedEvent): void {
    this.emitter.off(event, listener);
  }

  /** @throws CommunicationServicesError 403/40613 if permission is denied, 500/43000 if there is no video */
  async getVideoTrack(): Promise<MediaStreamTrack> {
    const track = (await this.inner.getMediaStream()).getVideoTracks()[0];
    if (!track) {
      throw failure('cameraFailed', 'The stream has no video track.');
    }
    return track;
  }

  async switchSource(source: VideoDeviceInfo | MediaStream): Promise<void> {
    await ('deviceType' in source ? this.inner.switchSource(source) : this.inner.setMediaStream(source));
  }

  dispose(): void {
    this.inner.dispose();
    this.emitter.clear();
  }
}
