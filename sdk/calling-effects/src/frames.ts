// From a track to frames and back. Where the browser gives frames of tracks (Chromium), they come and go also while the page is hidden; elsewhere by a
// video element and a canvas.

/** What is done with a frame. The next one comes when it is done. */
export type Handle = (frame: CanvasImageSource, width: number, height: number, timestamp: number) => Promise<void>;

interface ProcessorConstructor {
  new (options: { track: MediaStreamTrack; maxBufferSize: number }): { readonly readable: ReadableStream<VideoFrame> };
}
interface GeneratorConstructor {
  new (options: { kind: 'video' }): MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

const browser = globalThis as { MediaStreamTrackProcessor?: ProcessorConstructor; MediaStreamTrackGenerator?: GeneratorConstructor };

/** How long a hidden page waits for its next frame, where video elements do not tell of frames. */
const HIDDEN_MS = 100;

/** Reads the frames of a track; those that come while one is handled are left out. */
export class FrameReader {
  private stopped = false;
  private cancel: () => void = () => undefined;

  constructor(private readonly track: MediaStreamTrack) {}

  read(handle: Handle): void {
    const { MediaStreamTrackProcessor: Processor } = browser;
    // A clone: stopping to read must not end what the app gave.
    const track = this.track.clone();
    const reading = Processor ? this.readFrames(new Processor({ track, maxBufferSize: 1 }).readable.getReader(), handle) : this.readElement(track, handle);
    void reading.finally(() => track.stop());
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async readFrames(reader: ReadableStreamDefaultReader<VideoFrame>, handle: Handle): Promise<void> {
    this.cancel = () => void reader.cancel().catch(() => undefined);
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done || !frame) {
        return;
      }
      try {
        if (!this.stopped) {
          await handle(frame, frame.displayWidth, frame.displayHeight, frame.timestamp);
        }
      } finally {
        frame.close();
      }
    }
  }

  private async readElement(track: MediaStreamTrack, handle: Handle): Promise<void> {
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    await video.play();
    while (!this.stopped && track.readyState === 'live') {
      if (video.videoWidth > 0) {
        await handle(video, video.videoWidth, video.videoHeight, performance.now() * 1_000);
      }
      await nextFrame(video);
    }
    video.srcObject = null;
  }
}

/** The next frame of the element, or in a hidden page, whose elements show none, some time. */
function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, HIDDEN_MS);
    if ('requestVideoFrameCallback' in video) {
      video.requestVideoFrameCallback(() => {
        clearTimeout(timer);
        resolve();
      });
    }
  });
}

/** A track of frames. */
export class FrameWriter {
  readonly track: MediaStreamTrack;
  private readonly put: (picture: OffscreenCanvas, timestamp: number) => Promise<void>;

  constructor() {
    const { MediaStreamTrackGenerator: Generator } = browser;
    if (Generator) {
      const track = new Generator({ kind: 'video' });
      const writer = track.writable.getWriter();
      this.track = track;
      this.put = (picture, timestamp) => writer.write(new VideoFrame(picture, { timestamp }));
    } else {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      const [track] = canvas.captureStream().getVideoTracks();
      if (!context || !track) {
        throw new Error('The browser gives no video of a canvas.');
      }
      this.track = track;
      this.put = (picture) => {
        if (canvas.width !== picture.width || canvas.height !== picture.height) {
          canvas.width = picture.width;
          canvas.height = picture.height;
        }
        context.drawImage(picture, 0, 0);
        return Promise.resolve();
      };
    }
  }

  async write(picture: OffscreenCanvas, timestamp: number): Promise<void> {
    if (this.track.readyState === 'live') {
      await this.put(picture, timestamp);
    }
  }

  stop(): void {
    this.track.stop();
  }
}
