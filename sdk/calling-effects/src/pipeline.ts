import { FrameReader, FrameWriter } from './frames.js';
import { contextOf, smooth, type Painter } from './painter.js';
import type { Mask, Segmenter } from './segmenter.js';

/** What `@convene/calling` wants to know while an effect runs. */
export interface Reports {
  slowStart(): void;
  fewFrames(): void;
  failed(error: Error): void;
}

/** Over how long frames are counted. */
const COUNT_MS = 2_000;

/** One effect on one video: frame by frame, and no frame while the one before is not done. */
export class Pipeline {
  readonly track: MediaStreamTrack;
  /** Resolves with the first frame that came out. */
  readonly begun: Promise<void>;
  private readonly reader: FrameReader;
  private readonly writer: FrameWriter;
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = contextOf(this.canvas);
  private readonly mask: Mask;
  private frames = 0;
  private countedFrom = 0;
  private warned = false;
  private stopped = false;

  constructor(
    private readonly input: MediaStreamTrack,
    private readonly segmenter: Segmenter,
    private readonly painter: () => Painter,
    private readonly reports: Reports,
    private readonly fewFrames: number | undefined,
  ) {
    this.mask = segmenter.createMask();
    this.reader = new FrameReader(input);
    this.writer = new FrameWriter();
    this.track = this.writer.track;
    input.addEventListener('ended', this.handleEnded);
    this.begun = new Promise<void>((resolve, reject) => {
      this.reader.read(async (frame, width, height, timestamp) => {
        try {
          this.paint(frame, width, height);
          await this.writer.write(this.canvas, timestamp);
          this.count();
          resolve();
        } catch (error) {
          const broken = error instanceof Error ? error : new Error(String(error));
          reject(broken);
          if (!this.stopped) {
            this.stop();
            this.reports.failed(broken);
          }
        }
      });
      // A track that ends before its first frame gives none.
      input.addEventListener('ended', () => reject(new Error('The video ended before the effect began.')), { once: true });
    });
    this.begun.catch(() => undefined);
  }

  stop(): void {
    this.stopped = true;
    this.input.removeEventListener('ended', this.handleEnded);
    this.reader.stop();
    this.writer.stop();
  }

  private readonly handleEnded = (): void => {
    this.stop();
    // Stopping one's own track tells nobody.
    this.track.dispatchEvent(new Event('ended'));
  };

  /** The person, and behind it the background. */
  private paint(frame: CanvasImageSource, width: number, height: number): void {
    const { canvas, context, mask } = this;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      smooth(context);
    }
    this.segmenter.segment(frame, mask);
    context.globalCompositeOperation = 'copy';
    context.drawImage(mask.canvas, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in';
    context.drawImage(frame, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    this.painter().paint(context, frame, width, height);
  }

  private count(): void {
    const now = performance.now();
    this.frames += 1;
    if (this.countedFrom === 0) {
      this.countedFrom = now;
      this.frames = 0;
    } else if (now - this.countedFrom >= COUNT_MS) {
      const perSecond = (this.frames * 1_000) / (now - this.countedFrom);
      this.countedFrom = now;
      this.frames = 0;
      if (this.fewFrames !== undefined && perSecond < this.fewFrames && !this.warned) {
        this.warned = true;
        this.reports.fewFrames();
      }
    }
  }
}
