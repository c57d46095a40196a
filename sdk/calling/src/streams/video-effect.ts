// What a local video asks of an effect, and where it finds it: effects are objects of a package of their own, `@convene/calling-effects`.

/** What an effect tells while it runs. */
export interface EffectReports {
  /** It took longer to begin than the app's threshold. */
  slowStart(): void;
  /** Fewer frames a second come out than the app's threshold. */
  fewFrames(): void;
  /** It broke. Its track has ended, or gives nothing any more. */
  failed(error: Error): void;
}

/** An effect at work on one track. */
export interface EffectPipeline {
  /** What comes out. It ends, and tells so, when the track that went in ends. */
  readonly track: MediaStreamTrack;
  /** Ends it; the track that went in goes on. */
  stop(): void;
}

/** What an effect can do. */
export interface EffectImplementation {
  isSupported(): Promise<boolean>;
  /** Loads what it needs. Called before the first `start`. */
  prepare(): Promise<void>;
  /** Resolves when its first frame is there: what comes before shows what the effect is to hide. */
  start(input: MediaStreamTrack, reports: EffectReports): Promise<EffectPipeline>;
}

/** The key under which an effect carries what it can do; no part of the public types. */
const EFFECT = Symbol.for('convene.videoEffect');

/** What the effect can do, or undefined for an object that is no effect of ours. */
export function implementationOf(effect: unknown): EffectImplementation | undefined {
  return typeof effect === 'object' && effect !== null ? (effect as { [EFFECT]?: EffectImplementation })[EFFECT] : undefined;
}
