import type { ChatWords } from "../chat";

export const chat: ChatWords = {
  you: "Sie",
  joined: (names, more) => `${listOf(names, more)} ${names.length + more === 1 ? "ist" : "sind"} hereingekommen`,
  left: (names, more) => `${listOf(names, more)} ${names.length + more === 1 ? "ist" : "sind"} gegangen`,
  notSent: "Ihre Nachricht wurde nicht gesendet. Sie wartet im Chat: Senden Sie sie in ihrem Menü erneut, oder löschen Sie sie.",
  notSentOff: "Der Chat ist ausgeschaltet. Ihre Nachricht wurde nicht gesendet.",
  notChanged: "Ihre Nachricht wurde nicht geändert. Versuchen Sie es erneut.",
  notChangedOff: "Der Chat ist ausgeschaltet. Ihre Nachricht wurde nicht geändert.",
  notDeleted: "Ihre Nachricht wurde nicht gelöscht. Versuchen Sie es erneut.",
  notDeletedOff: "Der Chat ist ausgeschaltet. Ihre Nachricht wurde nicht gelöscht.",
};

function listOf(names: readonly string[], more: number): string {
  return more > 0 ? `${names.join(", ")} und ${more} weitere` : names.join(", ");
}
