import type { RingingWords } from "../ringing";

export const ringing: RingingWords = {
  label: "Eingehende Anrufe",
  calls: (name) => `${name} ruft Sie an`,
  transferredBy: (name) => `Weitergeleitet von ${name}`,
  leaves: "Wenn Sie annehmen, verlassen Sie, woran Sie gerade teilnehmen.",
  withVideo: "Mit Video annehmen",
  withoutVideo: "Ohne Video annehmen",
  decline: "Ablehnen",
  sound: ["Klingelton ausschalten", "Klingelton einschalten"],
  over: (name) => `${name} ruft nicht mehr an.`,
  notDeclined: "Der Anruf konnte nicht abgelehnt werden",
  pageTitle: (name) => `☎ ${name} ruft an – Convene`,
  hold: ["Fortsetzen", "Halten"],
  held: "Sie halten diesen Anruf. Niemand hört oder sieht Sie, und Sie hören und sehen niemanden.",
  heldByOther: (name) => `${name} hält diesen Anruf.`,
  notHeld: "Der Anruf konnte nicht gehalten werden",
  notResumed: "Der Anruf konnte nicht fortgesetzt werden",
  left: "Sie haben den Anruf verlassen",
  callable: "Solange diese Seite geöffnet ist, können Sie angerufen werden.",
};
