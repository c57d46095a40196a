// What went wrong, in the language of the page. The server and the SDK say it in English and by codes: other languages have words of their own for the
// codes, and show the English ones where there are none.

import { faultWords } from "./faults";
import { language } from "./speaking";

/** A sentence for people. */
export interface Told {
  readonly text: string;
  /** What was said in English, where the language of the page has no words for it. */
  readonly english?: string | undefined;
}

/** An error whose message is in the language of the page. */
export class SpokenError extends Error {
  override readonly name: string = "SpokenError";
}

interface Fault {
  readonly code?: unknown;
  readonly subCode?: unknown;
  /** Of an answer by HTTP. */
  readonly status?: unknown;
  readonly path?: unknown;
}

/** The words for codes, in the language of the page. */
export function reasonOf({ code, subCode, status, path }: Fault): string | undefined {
  const { reasons, answers } = faultWords();
  return reasons[`${String(code)}/${String(subCode)}`] ?? answers[`${String(status)} ${String(path)}`];
}

/** What an error says. */
export function toldOf(error: unknown): Told {
  const message = error instanceof Error ? error.message : String(error);
  if (language() === "en" || error instanceof SpokenError) return { text: message };
  const reason = reasonOf((error ?? {}) as Fault);
  return reason === undefined ? { text: faultWords().unknown, english: message } : { text: reason };
}

/** What did not work, and why: `what` without a full stop, then a colon; or a sentence of its own. */
export function failureOf(what: string, error: unknown): Told {
  const isSentence = what.endsWith(".");
  const { text, english } = toldOf(error);
  if (english !== undefined) return { text: isSentence ? what : `${what}.`, english };
  return { text: isSentence ? `${what} ${text}` : `${what}: ${text}` };
}
