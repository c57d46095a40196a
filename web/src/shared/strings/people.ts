import { speaking } from "./speaking";

const english = {
  /** What kind of identity somebody has. */
  kinds: { guest: "anonymous guest", organization: "organization user", app: "app user", unknown: "unknown identity" },
  roles: { organizer: "organizer", coOrganizer: "co-organizer", presenter: "presenter", attendee: "attendee", consumer: "consumer", collaborator: "collaborator" },
};

export type PeopleWords = typeof english;
export const peopleWords = speaking("people", english);
