import { expect, test } from "vitest";
import { Moves } from "./moves";
import { Readers } from "./readers";

test("a late receipt does not take back what somebody has read", () => {
  const readers = new Readers();
  readers.hear("ann", "20");
  readers.hear("ann", "9");
  readers.hear("ben", "9");
  expect(readers.all).toEqual([["ann", "20"], ["ben", "9"]]);
});

test("a coming that is told and listed is one, and they stand in their order", () => {
  const moves = new Moves();
  const move = (ms: number) => ({ id: `ann-in-${ms}`, person: "ann", name: "Ann", isIn: true, at: new Date(ms) });
  moves.put(move(2));
  moves.replace([move(1), move(2)]);
  moves.put(move(2));
  expect(moves.all.map(({ at }) => at.getTime())).toEqual([1, 2]);
});
