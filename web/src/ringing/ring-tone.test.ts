import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rememberInPageOnly } from "../shared/remembered";
import { RingTone } from "./ring-tone";

beforeEach(() => {
  vi.useFakeTimers();
  rememberInPageOnly();
});
afterEach(() => void vi.useRealTimers());

test("it sounds at once and every three seconds until nobody calls any more", () => {
  const play = vi.fn();
  const tone = new RingTone(() => undefined, play);
  tone.handleRings(false);
  expect(play).toHaveBeenCalledTimes(0);
  tone.handleRings(true);
  tone.handleRings(true);
  expect(play).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(6000);
  expect(play).toHaveBeenCalledTimes(3);
  tone.handleRings(false);
  vi.advanceTimersByTime(60_000);
  expect(play).toHaveBeenCalledTimes(3);
});

test("it can be turned off while it sounds, and stays off", () => {
  const play = vi.fn();
  const changed = vi.fn();
  const tone = new RingTone(changed, play);
  tone.handleRings(true);
  tone.toggle();
  vi.advanceTimersByTime(60_000);
  expect([play.mock.calls.length, changed.mock.calls.length, tone.isOn]).toEqual([1, 1, false]);
  const next = new RingTone(() => undefined, play);
  next.handleRings(true);
  expect(play).toHaveBeenCalledTimes(1);
  next.toggle();
  expect(play, "turned on while somebody calls").toHaveBeenCalledTimes(2);
});
