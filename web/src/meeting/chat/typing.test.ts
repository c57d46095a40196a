import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Typing } from "./typing";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("somebody writes until 10 s after they last said so", () => {
  const changed = vi.fn();
  const typing = new Typing(changed);
  typing.hear("ann");
  vi.advanceTimersByTime(8_000);
  typing.hear("ann");
  vi.advanceTimersByTime(9_999);
  expect(typing.all).toEqual(["ann"]);
  vi.advanceTimersByTime(1);
  expect(typing.all).toEqual([]);
  expect(changed).toHaveBeenCalledTimes(3);
});

test("whose message came stopped, and the others go on", () => {
  const typing = new Typing(() => undefined);
  typing.hear("ann");
  typing.hear("ben");
  typing.stop("ann");
  expect(typing.all).toEqual(["ben"]);
  typing.clear();
  expect(vi.getTimerCount()).toBe(0);
});
