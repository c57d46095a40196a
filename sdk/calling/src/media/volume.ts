import type { PropertyChangedEvent } from '../api/common.js';
import type { Volume } from '../api/streams.js';
import { Emitter } from '../util/emitter.js';

/** How often the level is read. Shorter costs battery; longer looks sluggish. */
const READ_MS = 100;
/** Samples that one level is made of: 43 ms at 48 kHz. Fewer miss short words between two reads. */
const SAMPLES = 2_048;

/** Measures how loud a stream is, for level bars. It plays nothing. */
export class VolumeMeter implements Volume {
  private readonly emitter = new Emitter<{ levelChanged: PropertyChangedEvent }>();
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Float32Array(SAMPLES);
  private readonly timer: ReturnType<typeof setInterval>;
  private nodes: MediaStreamAudioSourceNode[] = [];
  private current = 0;
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);

  constructor(stream: MediaStream) {
    this.analyser.fftSize = this.samples.length;
    this.measure(stream);
    this.timer = setInterval(() => this.read(), READ_MS);
  }

  get level(): number {
    return this.current;
  }

  /** Measures that stream from now on: all of its tracks together. (A source node of the browser hears one track only.) */
  measure(stream: MediaStream): void {
    this.nodes.forEach((node) => node.disconnect());
    this.nodes = stream.getAudioTracks().map((track) => {
      const node = this.context.createMediaStreamSource(new MediaStream([track]));
      node.connect(this.analyser);
      return node;
    });
  }

  dispose(): void {
    clearInterval(this.timer);
    this.emitter.clear();
    void this.context.close();
  }

  private read(): void {
    if (this.context.state === 'suspended') {
      // Before the person's first press or key a browser may not let it run.
      void this.context.resume();
    }
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    const decibels = power > 0 ? 10 * Math.log10(power) : -100;
    const level = Math.round(Math.min(100, Math.max(0, (decibels + 60) * (100 / 60))));
    if (level !== this.current) {
      this.current = level;
      this.emitter.emit('levelChanged');
    }
  }
}
