import { speaking } from "./speaking";

const english = {
  /** The sender of one's own messages. */
  you: "You",
  joined: (names: readonly string[], more: number) => `${listOf(names, more)} joined`,
  left: (names: readonly string[], more: number) => `${listOf(names, more)} left`,
  notSent: "Your message was not sent. It waits in the chat: send it again from its menu, or delete it.",
  notSentOff: "The chat is off. Your message was not sent.",
  notChanged: "Your message was not changed. Try again.",
  notChangedOff: "The chat is off. Your message was not changed.",
  notDeleted: "Your message was not deleted. Try again.",
  notDeletedOff: "The chat is off. Your message was not deleted.",
};

function listOf(names: readonly string[], more: number): string {
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}

export type ChatWords = typeof english;
export const chatWords = speaking("chat", english);
