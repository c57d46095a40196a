// The tone that is heard while somebody calls.

import { playNotes, type Melody } from "../shared/notes";
import { rememberRingTone, rememberedRingTone } from "../shared/remembered";

/** Two pairs of notes, so that it is not taken for the sound of the lobby. */
export const RING: Melody = { notes: [659, 880, 659, 880], noteSeconds: 0.22, volume: 0.14 };

/** From one tone to the next. */
const EVERY_MS = 3000;

/** Plays it again and again, and remembers whether it is wanted. */
export class RingTone {
  private timer: ReturnType<typeof setInterval> | undefined;
  private rings = false;
  private isWanted = rememberedRingTone();

  constructor(
    private readonly changed: () => void,
    private readonly play: () => void = playRing,
  ) {}

  get isOn(): boolean {
    return this.isWanted;
  }

  /** @param rings whether somebody calls now */
  handleRings(rings: boolean): void {
    this.rings = rings;
    this.look();
  }

  toggle(): void {
    this.isWanted = !this.isWanted;
    rememberRingTone(this.isWanted);
    this.look();
    this.changed();
  }

  private look(): void {
    const isHeard = this.rings && this.isWanted;
    if (isHeard === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = isHeard ? setInterval(this.play, EVERY_MS) : undefined;
    if (isHeard) this.play();
  }
}

function playRing(): void {
  const context = new AudioContext();
  // A browser that plays nothing here leaves the card and the page's title.
  void playNotes(context, context.destination, RING).finally(() => context.close());
}
