import type { CommonWords } from "../common";

export const common: CommonWords = {
  meeting: "Besprechung",
  close: "Schließen",
  cancel: "Abbrechen",
  language: "Sprache",
  languageNotFetched: "Diese Sprache konnte nicht geladen werden. Prüfen Sie Ihre Verbindung, und versuchen Sie es erneut.",
  nameless: "Jemand ohne Namen",
  you: (name) => `${name} (Sie)`,
  lobby: {
    organization: "Gäste warten; meine Organisation nicht",
    organizationExcludingGuests: "Gäste warten, auch die meiner Organisation",
    organizationAndFederated: "Gäste warten; vertraute Apps nicht",
    invited: "Alle warten außer den Eingeladenen",
    organizer: "Alle warten, bis ich sie einlasse",
    everyone: "Niemand wartet",
  },
};
