// The choices that a meeting has, in words and in order.

import type { AllowedPresenters, LobbyScope } from "./server";
import { commonWords } from "./strings/common";
import { optionWords } from "./strings/options";

/** Who waits in the lobby. */
export function lobbyWords(): readonly (readonly [LobbyScope, string])[] {
  return Object.entries(commonWords().lobby) as [LobbyScope, string][];
}

/** Who shares a screen and has more rights than an attendee. */
export function presenterWords(): readonly (readonly [AllowedPresenters, string])[] {
  return Object.entries(optionWords().presenters) as [AllowedPresenters, string][];
}
