// Raised hands, as the call tells them.

import { Features } from "@convene/calling";
import type { Call } from "@convene/calling";
import { getIdentifierRawId } from "@azure/communication-common";

/** Whose hand is up, and in which order. */
export interface RaisedHands {
  /** The place of this client's own hand, from 1; `undefined` while it is down. */
  readonly ownPlace: number | undefined;
  readonly count: number;
  placeOf(id: string): number | undefined;
}

/** Reads the raised hands. */
export function raisedHands(call: Call): RaisedHands {
  const places = new Map(call.feature(Features.RaiseHand).getRaisedHands().map(({ identifier, order }) => [getIdentifierRawId(identifier), order]));
  const { identifier } = call.callerInfo;
  return {
    ownPlace: identifier && places.get(getIdentifierRawId(identifier)),
    count: places.size,
    placeOf: (id) => places.get(id),
  };
}
