import type { OptionWords } from "../options";

export const options: OptionWords = {
  heading: "Besprechungsoptionen",
  legend: "Optionen",
  whoWaits: "Wer im Wartebereich wartet",
  whoPresents: "Wer präsentiert",
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
  invitation: "Einladung",
  invitationHint: "Was andere brauchen, um hereinzukommen.",
};
