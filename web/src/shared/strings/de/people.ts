import type { PeopleWords } from "../people";

export const people: PeopleWords = {
  kinds: { guest: "anonymer Gast", organization: "Benutzer der Organisation", app: "App-Benutzer", unknown: "unbekannte Identität" },
  roles: { organizer: "Organisator", coOrganizer: "Mitorganisator", presenter: "Referent", attendee: "Teilnehmer", consumer: "Zuschauer", collaborator: "Mitwirkender" },
};
