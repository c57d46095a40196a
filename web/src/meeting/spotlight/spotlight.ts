// Whom everybody's page shows first, as the call tells it.

import { getIdentifierRawId } from "@azure/communication-common";
import { Features } from "@convene/calling";
import type { Call } from "@convene/calling";

/** Who is in the spotlight, in order. */
export interface Spotlit {
  /** True while this client is in it. */
  readonly isSelf: boolean;
  /** The place, from 1; `undefined` for who is not in it. */
  placeOf(id: string): number | undefined;
  readonly ownPlace: number | undefined;
  /** True while nobody else fits. */
  readonly isFull: boolean;
}

/** Reads the spotlight. */
export function spotlit(call: Call): Spotlit {
  const feature = call.feature(Features.Spotlight);
  const all = feature.getSpotlightedParticipants();
  const places = new Map(all.map(({ identifier }, index) => [getIdentifierRawId(identifier), index + 1]));
  const { identifier } = call.callerInfo;
  const ownPlace = identifier && places.get(getIdentifierRawId(identifier));
  return {
    isSelf: ownPlace !== undefined,
    ownPlace,
    placeOf: (id) => places.get(id),
    isFull: all.length >= feature.maxParticipantsToSpotlight,
  };
}
