// The sound by which a person tests the speaker: two notes, twice.

import { playNotes } from "./notes";

/** The notes, in hertz. */
export const TEST_NOTES: readonly number[] = [587, 880];

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
    await playNotes(context, output, { notes: [...TEST_NOTES, ...TEST_NOTES], noteSeconds: 0.45, volume: 0.35 });
  } finally {
    player.srcObject = null;
    await context.close();
  }
}
