import { speaking } from "./speaking";

const english = {
  meeting: "Meeting",
  close: "Close",
  cancel: "Cancel",
  language: "Language",
  languageNotFetched: "This language could not be fetched. Look at your connection, and try again.",
  nameless: "Somebody without a name",
  /** One's own name. */
  you: (name: string) => `${name} (you)`,
  /** Who waits in the lobby, in the order in which it can be chosen. */
  lobby: {
    organization: "Guests wait; my organization comes in",
    organizationExcludingGuests: "Guests wait, my organization’s guests too",
    organizationAndFederated: "Guests wait; trusted apps come in too",
    invited: "All wait but those who were invited",
    organizer: "Everybody waits until I let them in",
    everyone: "Nobody waits",
  },
};

export type CommonWords = typeof english;
export const commonWords = speaking("common", english);
