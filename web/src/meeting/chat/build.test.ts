import { expect, test } from "vitest";
import { linesOf, reuse, type Said } from "./build";
import type { Message, Move } from "./wire";

const at = (ms: number): Date => new Date(ms);
const message = (id: number, sender: string, text = String(id)): Message => ({ id: String(id), sender, senderName: sender, text, isHtml: false, isEdited: false, at: at(id) });
const move = (ms: number, person: string, isIn: boolean): Move => ({ id: `${ms}-${person}`, person, name: person, isIn, at: at(ms) });
const said = (over: Partial<Said>): Said => ({ messages: [], moves: [], pending: [], ownId: "me", nameOf: (id) => id, readTo: [], ...over });
const texts = (over: Partial<Said>): string[] => linesOf(said(over)).map((line) => line.text);

test("comings and goings stand between the messages, those between two of them in one line; one's own and what changed nothing not at all", () => {
  const messages = [message(10, "ann"), message(20, "ben")];
  const moves = [move(1, "me", true), move(2, "ann", true), move(11, "ben", true), move(12, "cleo", true), move(13, "ann", false), move(14, "cleo", false), move(30, "ben", false)];
  expect(texts({ messages, moves })).toEqual(["ann joined", "10", "ben joined · ann left", "20", "ben left"]);
});

test("of many who come at once three are named", () => {
  const moves = ["a", "b", "c", "d", "e"].map((person, index) => move(index, person, true));
  expect(texts({ moves })).toEqual(["a, b, c and 2 more joined"]);
});

test("one's own messages are seen once somebody has read so far; what is on its way stands last", () => {
  const messages = [message(1, "me"), message(2, "ann"), message(3, "me")];
  const pending = [{ id: "pending-1", text: "four", at: at(1), hasFailed: false }, { id: "pending-2", text: "five", at: at(1), hasFailed: true }];
  const lines = linesOf(said({ messages, pending, readTo: ["1", "2"] }));
  expect(lines.map((line) => (line.kind === "message" ? line.delivery : line.kind))).toEqual(["seen", undefined, "delivered", "sending", "failed"]);
});

test("lines in which nothing changed stay the same objects, and so does a list of them", () => {
  const first = linesOf(said({ messages: [message(1, "ann"), message(2, "ann")] }));
  const again = linesOf(said({ messages: [message(1, "ann"), message(2, "ann")] }));
  expect(reuse(first, again)).toBe(first);
  const changed = reuse(first, linesOf(said({ messages: [message(1, "ann"), message(2, "ann", "new")] })));
  expect(changed).not.toBe(first);
  expect(changed[0]).toBe(first[0]);
  expect(changed[1]).not.toBe(first[1]);
  expect(reuse(first, again.slice(0, 1))).toEqual(first.slice(0, 1));
});
