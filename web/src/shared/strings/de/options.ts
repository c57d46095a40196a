import type { OptionWords } from "../options";

export const options: OptionWords = {
  heading: "Besprechungsoptionen",
  legend: "Optionen",
  whoWaits: "Wer im Wartebereich wartet",
  whoPresents: "Wer präsentiert",
  lobby: {
    organization: "Gäste warten; meine Organisation nicht",
    organizationExcludingGuests: "Gäste warten, auch die meiner Organisation",
    organizationAndFederated: "Gäste warten; vertraute Apps nicht",
    invited: "Alle warten außer den Eingeladenen",
    organizer: "Alle warten, bis ich sie einlasse",
    everyone: "Niemand wartet",
  },
  presenters: {
    everyone: "Alle",
    organization: "Personen meiner Organisation",
    roleIsPresenter: "Von mir eingeladene Referenten",
    organizer: "Nur Organisatoren",
  },
  flags: {
    allowAttendeeToEnableMic: ["Teilnehmer dürfen sprechen", "Sonst schalten nur Referenten ihr Mikrofon ein."],
    allowAttendeeToEnableCamera: ["Teilnehmer dürfen ihre Kamera einschalten", "Sonst sind nur Referenten zu sehen."],
    isGuestsAllowed: ["Gäste dürfen kommen", "Benutzer von Apps und anonyme Gäste."],
    guestsMayStart: ["Gäste dürfen die Besprechung beginnen", "Sie müssen nicht warten, bis jemand aus der Organisation da ist."],
    isLocked: ["Gesperrt", "Niemand kommt mehr herein außer Organisatoren."],
  },
  reading: "Optionen werden gelesen…",
  saving: "Wird gespeichert…",
  saved: "Gespeichert. Es gilt ab jetzt.",
  notRead: "Die Optionen konnten nicht gelesen werden.",
  notSaved: "Das konnte nicht gespeichert werden.",
  invitation: "Einladung",
  invitationHint: "Was andere brauchen, um hereinzukommen.",
};
