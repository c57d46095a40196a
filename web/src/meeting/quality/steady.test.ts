import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Steady } from "./steady";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it gets worse at once, and better when it has stayed better for the whole time", () => {
  const changed = vi.fn();
  const steady = new Steady(0, (value) => value, 5_000, changed);
  steady.see(2);
  expect(steady.value).toBe(2);
  steady.see(0);
  vi.advanceTimersByTime(4_999);
  expect(steady.value).toBe(2);
  steady.see(1);
  vi.advanceTimersByTime(1);
  expect(steady.value).toBe(1);
  expect(changed).toHaveBeenCalledTimes(2);
});

test("one that is bad again in between stays bad, and the time begins anew", () => {
  const changed = vi.fn();
  const steady = new Steady<boolean>(false, Number, 5_000, changed);
  steady.see(true);
  steady.see(false);
  vi.advanceTimersByTime(4_000);
  steady.see(true);
  steady.see(false);
  vi.advanceTimersByTime(4_000);
  expect(steady.value).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(steady.value).toBe(false);
  expect(changed).toHaveBeenCalledTimes(2);
});

test("a reset shows the best at once, and nothing is left waiting", () => {
  const steady = new Steady(0, (value) => value, 5_000, () => undefined);
  steady.see(2);
  steady.see(1);
  steady.reset();
  expect(steady.value).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
