// How people are shown: initials, a colour of their own, and what kind of identity they have.

import type { CommunicationIdentifierKind } from "@azure/communication-common";
import { peopleWords } from "./strings/people";

/** What kind of identity somebody has, in words. Names can be imitated, the kind cannot. */
export function identityKind(identifier: CommunicationIdentifierKind): string {
  const { kinds } = peopleWords();
  switch (identifier.kind) {
    case "microsoftTeamsUser":
      return identifier.isAnonymous === true ? kinds.guest : kinds.organization;
    case "communicationUser":
      return kinds.app;
    default:
      return kinds.unknown;
  }
}

/** True for those whom nobody vouches for: neither the organization nor an app knows them. */
export function isAnonymous(identifier: CommunicationIdentifierKind): boolean {
  return identifier.kind === "microsoftTeamsUser" && identifier.isAnonymous === true;
}

/** The first letters of the first and the last word, at most two. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = [words.at(0), words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toUpperCase() || "?";
}

/** How many avatar colours the style sheet has. */
const HUES = 6;

/** A number below {@link HUES} that stays the same for the same id. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % HUES;
}
