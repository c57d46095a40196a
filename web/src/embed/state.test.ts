import { expect, test } from "vitest";
import { stateOf } from "./state";

test("each step is told in the words of the element, without anything else of the meeting", () => {
  const told = (["preJoin", "connecting", "inLobby", "putBack", "inMeeting"] as const).map((kind) => stateOf({ kind, microphoneOn: true }));
  expect(told).toEqual(["preJoin", "joining", "lobby", "lobby", "connected"].map((state) => ({ convene: "state", state })));
});

test("an end is told with its codes and the words that the person reads", () => {
  const end = { code: 0, subCode: 5854, message: "You were not let in. Ask the organizer.", wasIn: false };
  expect(stateOf({ kind: "ended", end })).toEqual({ convene: "state", state: "ended", code: 0, subCode: 5854, reason: "You were not let in. Ask the organizer." });
  const silent = stateOf({ kind: "ended", end: { ...end, subCode: 0, message: undefined } });
  expect(silent).toMatchObject({ reason: "You can join again." });
});
