// A value that gets worse at once, and better only when it has stayed better for a while: so nothing flickers.

/** The worst of late. */
export class Steady<Value> {
  private shown: Value;
  private latest: Value;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param badnessOf larger is worse
   * @param holdMs for how long it must be better
   */
  constructor(
    private readonly best: Value,
    private readonly badnessOf: (value: Value) => number,
    private readonly holdMs: number,
    private readonly changed: () => void,
  ) {
    this.shown = best;
    this.latest = best;
  }

  get value(): Value {
    return this.shown;
  }

  /** What is true now. */
  see(value: Value): void {
    this.latest = value;
    const worse = this.badnessOf(value) - this.badnessOf(this.shown);
    if (worse < 0) {
      this.timer ??= setTimeout(() => this.show(), this.holdMs);
    } else {
      this.show();
    }
  }

  /** The best at once: what it was told of is over. */
  reset(): void {
    this.latest = this.best;
    this.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private show(): void {
    this.dispose();
    if (this.latest === this.shown) return;
    this.shown = this.latest;
    this.changed();
  }
}
