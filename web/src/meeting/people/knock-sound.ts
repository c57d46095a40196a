// The sound that is heard when somebody comes into the lobby, by those who can let them in.

import { playNotes, type Melody } from "../../shared/notes";
import { rememberKnockSound, rememberedKnockSound } from "../../shared/remembered";

/** Two soft notes, so that it is not taken for somebody speaking. */
export const KNOCK: Melody = { notes: [784, 1047], noteSeconds: 0.2, volume: 0.12 };

/** After a sound the next one is heard this much later at the earliest. Shorter: many who come at once are a noise. */
const PAUSE_MS = 3000;

/** Plays it, and remembers whether it is wanted. */
export class KnockSound {
  private known: ReadonlySet<string> = new Set();
  private next = -Infinity;
  private isWanted = rememberedKnockSound();

  constructor(
    private readonly changed: () => void,
    private readonly play: () => void = playKnock,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get isOn(): boolean {
    return this.isWanted;
  }

  /** @param waiting ids of who waits now */
  hear(waiting: readonly string[]): void {
    const isNew = waiting.some((id) => !this.known.has(id));
    this.known = new Set(waiting);
    if (!isNew || !this.isWanted || this.now() < this.next) return;
    this.next = this.now() + PAUSE_MS;
    this.play();
  }

  toggle(): void {
    this.isWanted = !this.isWanted;
    rememberKnockSound(this.isWanted);
    this.changed();
  }
}

function playKnock(): void {
  const context = new AudioContext();
  // A browser that plays nothing here leaves the badge, and the card over the stage.
  void playNotes(context, context.destination, KNOCK).finally(() => context.close());
}
