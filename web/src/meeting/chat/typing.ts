// Who writes now, as their clients say it. Nobody says that they stopped: their last word is forgotten after a while.

/** Clients of ACS say it every 8 s at most. Smaller: the line flickers while somebody writes. Larger: it stays after they stopped. */
const TYPING_MS = 10_000;

/** Who writes in one thread. */
export class Typing {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly changed: () => void) {}

  /** Raw ids of those who write, the first to begin first. */
  get all(): readonly string[] {
    return [...this.timers.keys()];
  }

  /** Somebody writes. */
  hear(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.set(id, setTimeout(() => this.stop(id), TYPING_MS));
    this.changed();
  }

  /** Somebody stopped: their message is there, or they are gone. */
  stop(id: string): void {
    clearTimeout(this.timers.get(id));
    if (this.timers.delete(id)) this.changed();
  }

  /** Forgets all. */
  clear(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
  }
}
