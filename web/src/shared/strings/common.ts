import { speaking } from "./speaking";

const english = {
  meeting: "Meeting",
  close: "Close",
  cancel: "Cancel",
  tryAgain: "Try again",
  language: "Language",
  languageNotFetched: "This language could not be fetched. Look at your connection, and try again.",
  nameless: "Somebody without a name",
  /** One's own name. */
  you: (name: string) => `${name} (you)`,
};

export type CommonWords = typeof english;
export const commonWords = speaking("common", english);
