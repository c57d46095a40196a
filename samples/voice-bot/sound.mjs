// What is said and what is answered. Sound is 16 bit PCM, 16 000 samples a second, one channel.

export const RATE = 16_000;

/** Silence of this long ends a phrase, in milliseconds. Longer: the answer is late. Shorter: pauses between words cut it. */
const PAUSE_MS = 250;
/** The longest phrase, in milliseconds. Longer ones are answered in parts. */
const PHRASE_MS = 3_000;

/** Gathers what each person says into phrases. `answer(who, phrase)` gets each one when it is over. */
export class Phrases {
  #said = new Map();

  constructor(answer) {
    this.answer = answer;
  }

  /** A piece of sound of one person; `silent`: there is nothing in it. */
  take(who, pcm, silent) {
    const said = this.#said.get(who) ?? { parts: [], samples: 0, pause: 0 };
    if (silent && said.samples === 0) return;
    said.parts.push(pcm);
    said.samples += pcm.length;
    said.pause = silent ? said.pause + pcm.length : 0;
    this.#said.set(who, said);
    if (said.pause >= (RATE * PAUSE_MS) / 1000 || said.samples >= (RATE * PHRASE_MS) / 1000) this.end(who);
  }

  /** Nothing more of this person is to be waited for. */
  end(who) {
    const said = this.#said.get(who);
    if (!said) return;
    this.#said.delete(who);
    const phrase = new Int16Array(said.samples);
    let at = 0;
    for (const part of said.parts) {
      phrase.set(part, at);
      at += part.length;
    }
    this.answer(who, phrase);
  }
}

/** The same an octave higher, and twice as fast. */
export function octaveUp(pcm) {
  // The mean of two neighbours, so that what is too high to be kept does not come back as something lower.
  return Int16Array.from({ length: pcm.length >> 1 }, (_, index) => (pcm[2 * index] + pcm[2 * index + 1]) / 2);
}

/** Samples of base64, and back. */
export function decode(base64) {
  const bytes = Buffer.from(base64, "base64");
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

export function encode(pcm) {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("base64");
}
