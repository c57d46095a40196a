// The choices that a meeting has, in words.

import type { AllowedPresenters, LobbyScope } from "./server";

/** Who waits in the lobby. */
export const LOBBY_WORDS: readonly (readonly [LobbyScope, string])[] = [
  ["organization", "Guests wait; my organization comes in"],
  ["organizationExcludingGuests", "Guests wait, my organization’s guests too"],
  ["organizationAndFederated", "Guests wait; trusted apps come in too"],
  ["invited", "All wait but those who were invited"],
  ["organizer", "Everybody waits until I let them in"],
  ["everyone", "Nobody waits"],
];

/** Who shares a screen and has more rights than an attendee. */
export const PRESENTER_WORDS: readonly (readonly [AllowedPresenters, string])[] = [
  ["everyone", "Everybody"],
  ["organization", "People of my organization"],
  ["roleIsPresenter", "Those I invited as presenters"],
  ["organizer", "Only organizers"],
];
