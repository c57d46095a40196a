// Whether a link can be a meeting's, before anything is shown. Whether there is such a meeting says the server.

import { ELEMENT_WORDS, type ElementWords } from "./words";

/** What is wrong with a link, in a sentence without the link itself, which may have a passcode in it. */
export function problemOfLink(link: string, words: ElementWords = ELEMENT_WORDS.en): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (!url || !["https:", "http:"].includes(url.protocol)) return words.noAddress;
  if (/(^|\.)teams\.(microsoft|live)\.com$/.test(url.hostname)) return words.foreign;
  if (!/^\/(?:l\/meetup-join|meet)\/./.test(url.pathname)) return words.noMeeting;
  return undefined;
}
