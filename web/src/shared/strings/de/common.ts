import type { CommonWords } from "../common";

export const common: CommonWords = {
  meeting: "Besprechung",
  close: "Schließen",
  cancel: "Abbrechen",
  tryAgain: "Erneut versuchen",
  language: "Sprache",
  languageNotFetched: "Diese Sprache konnte nicht geladen werden. Prüfen Sie Ihre Verbindung, und versuchen Sie es erneut.",
  nameless: "Jemand ohne Namen",
  you: (name) => `${name} (Sie)`,
};
