// What the page around an embedded meeting is told of its steps.

import { textOf } from "../ended/screen";
import type { JourneyStep } from "../journey";
import type { ToElement } from "./messages";

const STATES = { preJoin: "preJoin", connecting: "joining", inLobby: "lobby", putBack: "lobby", inMeeting: "connected" } as const;

/** The message of a step. */
export function stateOf(step: JourneyStep): ToElement {
  if (step.kind !== "ended") return { convene: "state", state: STATES[step.kind] };
  const { code, subCode } = step.end;
  return { convene: "state", state: "ended", code, subCode, reason: textOf(step.end) };
}
