// Notes that the page itself plays.

/** A short melody. */
export interface Melody {
  /** Its notes, in hertz. */
  readonly notes: readonly number[];
  /** How long each sounds. */
  readonly noteSeconds: number;
  /** From 0 to 1. */
  readonly volume: number;
}

/** Plays a melody into an output, and resolves when it is over. */
export function playNotes(context: AudioContext, output: AudioNode, { notes, noteSeconds, volume }: Melody): Promise<void> {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.connect(gain).connect(output);
  const start = context.currentTime + 0.05;
  notes.forEach((frequency, index) => {
    const at = start + index * noteSeconds;
    oscillator.frequency.setValueAtTime(frequency, at);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(volume, at + 0.03);
    gain.gain.linearRampToValueAtTime(0, at + noteSeconds - 0.02);
  });
  oscillator.start(start);
  oscillator.stop(start + notes.length * noteSeconds);
  return new Promise((resolve) => {
    oscillator.onended = () => resolve();
  });
}
