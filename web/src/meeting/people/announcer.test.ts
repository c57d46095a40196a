import { describe, expect, it } from "vitest";
import type { PersonActionsViewModel, PersonViewModel } from "../view-model";
import { newsOf } from "./announcer";

const person = (id: string, more: Partial<PersonViewModel> = {}): PersonViewModel => ({
  id,
  name: `Person ${id}`,
  kind: "app user",
  isAnonymous: false,
  role: "attendee",
  isMuted: false,
  isMicrophoneForbidden: false,
  isCameraForbidden: false,
  isLocal: false,
  hand: undefined,
  actions: {} as PersonActionsViewModel,
  ...more,
});
const me = person("local", { isLocal: true });

describe("what is told of the people", () => {
  it("is who came, with the kind of identity, and who left", () => {
    expect(newsOf([me, person("a")], [me, person("b")])).toEqual(["Person b (app user) came in.", "Person a left."]);
  });

  it("is a hand that went up, and not one that stays up or is one's own", () => {
    const raised = person("a", { hand: 1 });
    expect(newsOf([me, person("a")], [{ ...me, hand: 2 }, raised])).toEqual(["Person a raised a hand."]);
    expect(newsOf([me, raised], [me, { ...raised, isMuted: true }])).toEqual([]);
  });
});
