// The sound by which a person tests the speaker: two notes, twice.

/** The notes, in hertz. */
export const TEST_NOTES: readonly number[] = [587, 880];

const NOTE_SECONDS = 0.45;

/**
 * Plays the sound, and resolves when it is over.
 *
 * @param speakerId an id of a speaker of the device manager; the system's default one if there is none
 * @throws if the speaker is gone, or the browser does not play
 */
export async function playTestSound(speakerId: string | undefined): Promise<void> {
  const context = new AudioContext();
  const player = new Audio();
  try {
    const output = context.createMediaStreamDestination();
    player.srcObject = output.stream;
    // The device manager's ids have the kind of device before the browser's id.
    if (speakerId !== undefined && "setSinkId" in player) await player.setSinkId(speakerId.replace(/^speaker:/, ""));
    await Promise.all([context.resume(), player.play()]);
    await playNotes(context, output);
  } finally {
    player.srcObject = null;
    await context.close();
  }
}

function playNotes(context: AudioContext, output: AudioNode): Promise<void> {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.connect(gain).connect(output);
  const start = context.currentTime + 0.05;
  const notes = [...TEST_NOTES, ...TEST_NOTES];
  notes.forEach((frequency, index) => {
    const at = start + index * NOTE_SECONDS;
    oscillator.frequency.setValueAtTime(frequency, at);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.35, at + 0.03);
    gain.gain.linearRampToValueAtTime(0, at + NOTE_SECONDS - 0.02);
  });
  oscillator.start(start);
  oscillator.stop(start + notes.length * NOTE_SECONDS);
  return new Promise((resolve) => {
    oscillator.onended = () => resolve();
  });
}
