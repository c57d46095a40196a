import type { DtmfTone } from '../api/common.js';
import { failure, notSupported } from '../errors.js';
import type { Tone } from '../signaling/protocol.gen.js';

const TONES: Readonly<Record<Exclude<DtmfTone, 'Flash'>, Tone>> = {
  Num0: 'zero',
  Num1: 'one',
  Num2: 'two',
  Num3: 'three',
  Num4: 'four',
  Num5: 'five',
  Num6: 'six',
  Num7: 'seven',
  Num8: 'eight',
  Num9: 'nine',
  A: 'a',
  B: 'b',
  C: 'c',
  D: 'd',
  Pound: 'pound',
  Star: 'asterisk',
};

/** @throws CommunicationServicesError 400 for what is no tone, 501 for `Flash`, which is a telephone line's */
export function toneOf(dtmfTone: DtmfTone): Tone {
  if (dtmfTone === 'Flash') {
    throw notSupported('The DTMF tone Flash');
  }
  const tone = Object.hasOwn(TONES, dtmfTone) ? TONES[dtmfTone] : undefined;
  if (!tone) {
    throw failure('invalidArgument', `${String(dtmfTone)} is no DTMF tone. There are Num0 to Num9, A to D, Pound and Star.`);
  }
  return tone;
}
