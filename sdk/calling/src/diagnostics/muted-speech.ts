import { VolumeMeter } from '../media/volume.js';

/** How often the level is read. */
const READ_MS = 100;
/** From this level of 100 on somebody speaks into the microphone: about -35 dB. */
const SPEECH_LEVEL = 42;
/** Reads that are looked at together: two seconds. */
const READS = 20;
/** Of these, so many must be loud. Fewer: a cough counts as speaking. */
const LOUD_READS = 3;

/** Listens to a muted microphone: the muted track says nothing, a copy of it does. Nothing of it is sent or kept. */
export class MutedSpeech {
  private readonly track: MediaStreamTrack;
  private readonly meter: VolumeMeter;
  private readonly timer: ReturnType<typeof setInterval>;
  private loud: boolean[] = [];
  private speaking = false;

  /** @param handle told when somebody begins to speak, and when they stopped for two seconds */
  constructor(microphone: MediaStreamTrack, private readonly handle: (speaking: boolean) => void) {
    this.track = microphone.clone();
    this.track.enabled = true;
    this.meter = new VolumeMeter(new MediaStream([this.track]));
    this.timer = setInterval(() => this.read(), READ_MS);
  }

  close(): void {
    clearInterval(this.timer);
    this.meter.dispose();
    this.track.stop();
  }

  private read(): void {
    this.loud = [...this.loud, this.meter.level >= SPEECH_LEVEL].slice(-READS);
    const count = this.loud.filter(Boolean).length;
    const speaking = this.speaking ? count > 0 : count >= LOUD_READS;
    if (speaking !== this.speaking) {
      this.speaking = speaking;
      this.handle(speaking);
    }
  }
}
