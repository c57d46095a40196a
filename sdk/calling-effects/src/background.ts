import { BlurPainter, ImagePainter, loadImage, type Painter } from './painter.js';
import { Pipeline, type Reports } from './pipeline.js';
import { isSegmentationSupported, loadSegmenter } from './segmenter.js';

export type VideoEffectName = 'BackgroundBlur' | 'BackgroundReplacement';

export interface VideoEffectConfig {
  /** How long it may take to begin, until the feature's `timeForEffectsWarningReached` says so. */
  effectInitTimeThresholdInMs?: number;
  /** Under how many frames a second the feature's `fpsWarningThresholdReached` says so. */
  fpsWarningThreshold?: number;
}

export type BackgroundBlurConfig = VideoEffectConfig;

export interface BackgroundReplacementConfig extends VideoEffectConfig {
  /** An image that the page may load: of its own origin, a `data:` or `blob:` URL, or one that its server lets others read (CORS). */
  backgroundImageUrl: string;
}

/** The key under which `@convene/calling` finds what an effect can do. */
const EFFECT = Symbol.for('convene.videoEffect');

/** What both effects are: a person in front of something that is painted instead of the background. */
abstract class BackgroundEffect<Config extends VideoEffectConfig> {
  abstract readonly name: VideoEffectName;
  private config: Config;

  protected constructor(config: Config) {
    this.config = { ...config };
    // Not enumerable, so that state libraries that copy or freeze the effect leave it alone.
    Object.defineProperty(this, EFFECT, {
      value: {
        isSupported: () => this.isSupported(),
        prepare: async () => {
          await Promise.all([loadSegmenter(), this.load(this.config)]);
        },
        start: (input: MediaStreamTrack, reports: Reports) => this.start(input, reports),
      },
    });
  }

  isSupported(): Promise<boolean> {
    return Promise.resolve(isSegmentationSupported());
  }

  /** Holds from the next start on, and for a video that has the effect at once. */
  async configure(config: Config): Promise<void> {
    await this.load(config);
    this.config = { ...config };
  }

  /** Loads what painting needs. */
  protected abstract load(config: Config): Promise<void>;

  /** Paints with what was loaded last. */
  protected abstract painter(): Painter;

  private async start(input: MediaStreamTrack, reports: Reports): Promise<Pipeline> {
    const { effectInitTimeThresholdInMs, fpsWarningThreshold } = this.config;
    const begun = performance.now();
    const segmenter = await loadSegmenter();
    const pipeline = new Pipeline(input, segmenter, () => this.painter(), reports, fpsWarningThreshold);
    await pipeline.begun;
    if (effectInitTimeThresholdInMs !== undefined && performance.now() - begun > effectInitTimeThresholdInMs) {
      reports.slowStart();
    }
    return pipeline;
  }
}

/** Blurs what is behind the person. */
export class BackgroundBlurEffect extends BackgroundEffect<BackgroundBlurConfig> {
  readonly name = 'BackgroundBlur';
  private readonly blur = new BlurPainter();

  constructor(config: BackgroundBlurConfig = {}) {
    super(config);
  }

  protected load(): Promise<void> {
    return Promise.resolve();
  }

  protected painter(): Painter {
    return this.blur;
  }
}

/** Shows an image behind the person. */
export class BackgroundReplacementEffect extends BackgroundEffect<BackgroundReplacementConfig> {
  readonly name = 'BackgroundReplacement';
  private loaded: { readonly url: string; readonly painter: ImagePainter } | undefined;

  /** @throws TypeError without `backgroundImageUrl` */
  constructor(config: BackgroundReplacementConfig) {
    super(config);
    mustName(config);
  }

  protected async load(config: BackgroundReplacementConfig): Promise<void> {
    const url = mustName(config);
    if (this.loaded?.url !== url) {
      this.loaded = { url, painter: new ImagePainter(await loadImage(url)) };
    }
  }

  protected painter(): Painter {
    if (!this.loaded) {
      throw new Error('FailedToFetchImage: the background was not loaded.');
    }
    return this.loaded.painter;
  }
}

function mustName(config: BackgroundReplacementConfig | undefined): string {
  const url: unknown = config?.backgroundImageUrl;
  if (typeof url !== 'string' || url === '') {
    throw new TypeError('A BackgroundReplacementEffect needs { backgroundImageUrl }.');
  }
  return url;
}
