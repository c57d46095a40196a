import type { ScalingMode, StreamSize } from '../api/common.js';
import type { CreateViewOptions, RemoteVideoStreamCommon, VideoStreamRendererView } from '../api/streams.js';
import { failure } from '../errors.js';
import type { LocalVideoStream } from './local-video-stream.js';
import { videoSourceOf, type VideoSource } from './video-source.js';
import { ViewSize } from './view-size.js';

const FIT: Record<ScalingMode, string> = { Stretch: 'fill', Crop: 'cover', Fit: 'contain' };

/** One element that shows a stream, and follows it when its track changes. */
class View implements VideoStreamRendererView {
  readonly target: HTMLElement;
  private readonly video: HTMLVideoElement;
  private scaling: ScalingMode;
  private readonly shown: ViewSize;
  private disposed = false;

  constructor(
    private readonly source: VideoSource,
    private readonly endUse: () => void,
    readonly isMirrored: boolean,
    scalingMode: ScalingMode,
  ) {
    this.scaling = scalingMode;
    this.video = document.createElement('video');
    this.video.autoplay = true;
    this.video.playsInline = true;
    this.video.muted = true;
    Object.assign(this.video.style, { width: '100%', height: '100%', display: 'block', objectFit: FIT[scalingMode] });
    if (isMirrored) {
      this.video.style.transform = 'scaleX(-1)';
    }
    this.target = document.createElement('div');
    Object.assign(this.target.style, { width: '100%', height: '100%', position: 'relative', overflow: 'hidden' });
    this.target.append(this.video);
    this.video.addEventListener('resize', this.handleFrame);
    this.video.addEventListener('playing', this.handleFrame);
    source.source.on('trackChanged', this.handleTrack);
    this.handleTrack(source.track);
    this.shown = new ViewSize(this.target, this.video, () => this.scaling, (size) => source.handleShown(this, size ?? 'unknown'));
  }

  get scalingMode(): ScalingMode {
    return this.scaling;
  }

  /** The size of what is shown. */
  get size(): StreamSize {
    return { width: this.video.videoWidth, height: this.video.videoHeight };
  }

  updateScalingMode(scalingMode: ScalingMode): Promise<void> {
    this.scaling = scalingMode;
    this.video.style.objectFit = FIT[scalingMode];
    this.shown.measure();
    return Promise.resolve();
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      this.shown.dispose();
      this.source.handleShown(this, 'gone');
      this.source.source.off('trackChanged', this.handleTrack);
      this.video.srcObject = null;
      this.target.remove();
      this.endUse();
    }
  }

  private readonly handleTrack = (track: MediaStreamTrack | undefined): void => {
    this.video.srcObject = track ? new MediaStream([track]) : null;
    if (track) {
      // Muted video may always play; a rejection only says that another track came before this one began.
      this.video.play().catch(() => undefined);
    }
  };

  private readonly handleFrame = (): void => {
    const { width, height } = this.size;
    if (width > 0 && this.video.srcObject) {
      this.source.handleFrame(width, height);
    }
  };
}

/** Shows a local or remote stream in elements of the page. */
export class VideoStreamRenderer {
  private readonly source: VideoSource;
  private readonly views = new Set<View>();
  private disposed = false;

  constructor(videoStream: LocalVideoStream | RemoteVideoStreamCommon) {
    const source = typeof videoStream === 'object' && videoStream !== null ? videoSourceOf(videoStream) : undefined;
    if (!source) {
      throw failure('invalidArgument', 'A VideoStreamRenderer needs a LocalVideoStream, or a stream of a remote participant.');
    }
    this.source = source;
  }

  /** The size of what is shown. */
  get size(): StreamSize {
    return [...this.views][0]?.size ?? { width: 0, height: 0 };
  }

  /**
   * Makes an element with the stream's picture, to be put into the page as `view.target`.
   *
   * @throws CommunicationServicesError 412 if the renderer is disposed, 403/40613 if our own camera may not be used
   */
  async createView(options?: CreateViewOptions): Promise<VideoStreamRendererView> {
    if (this.disposed) {
      throw failure('viewDisposed', 'The renderer is disposed. Make a new VideoStreamRenderer for the stream.');
    }
    const endUse = await this.source.use();
    if (this.disposed) {
      endUse();
      throw failure('viewDisposed', 'The renderer was disposed while its view was being made.');
    }
    const view: View = new View(
      this.source,
      () => {
        this.views.delete(view);
        endUse();
      },
      options?.isMirrored ?? false,
      options?.scalingMode ?? 'Crop',
    );
    this.views.add(view);
    return view;
  }

  /** Ends all its views. */
  dispose(): void {
    this.disposed = true;
    for (const view of [...this.views]) {
      view.dispose();
    }
  }
}
