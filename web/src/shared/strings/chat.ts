import { speaking } from "./speaking";

const english = {
  panel: "Chat",
  close: "Close chat",
  opening: "Opening the chat…",
  off: "The chat is off in this meeting.",
  failed: "The chat could not be opened.",
  empty: "Nobody has written anything yet.",
  tryAgain: "Try again",
  messages: "Messages",
  field: "Write to everybody",
  /** The field's name for screen readers. */
  fieldName: "Message",
  /** The sender of one's own messages. */
  you: "You",
  /** The library puts the names in. */
  typing: { singleUser: "{user} is typing…", multipleUsers: "{users} are typing…" },
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
