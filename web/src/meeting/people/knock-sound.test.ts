import { beforeEach, expect, test, vi } from "vitest";
import { rememberInPageOnly } from "../../shared/remembered";
import { KnockSound } from "./knock-sound";

beforeEach(rememberInPageOnly);

test("who comes into the lobby is heard, once, and who was there already is not", () => {
  const play = vi.fn();
  let now = 0;
  const sound = new KnockSound(() => undefined, play, () => now);
  sound.hear([]);
  expect(play).toHaveBeenCalledTimes(0);
  sound.hear(["ann"]);
  sound.hear(["ann"]);
  expect(play).toHaveBeenCalledTimes(1);
  now = 5000;
  sound.hear(["ann"]);
  sound.hear([]);
  expect(play).toHaveBeenCalledTimes(1);
  sound.hear(["ann"]);
  expect(play, "they came again").toHaveBeenCalledTimes(2);
});

test("many who come at once are heard as one", () => {
  const play = vi.fn();
  let now = 0;
  const sound = new KnockSound(() => undefined, play, () => now);
  sound.hear(["ann", "ben"]);
  now = 2999;
  sound.hear(["ann", "ben", "cleo"]);
  expect(play).toHaveBeenCalledTimes(1);
  now = 3000;
  sound.hear(["ann", "ben", "cleo", "dora"]);
  expect(play).toHaveBeenCalledTimes(2);
});

test("it is off for who does not want it, also on the next visit", () => {
  const [play, changed] = [vi.fn(), vi.fn()];
  const sound = new KnockSound(changed, play, () => 0);
  sound.toggle();
  expect(changed).toHaveBeenCalledTimes(1);
  sound.hear(["ann"]);
  expect(play).toHaveBeenCalledTimes(0);
  expect(new KnockSound(changed, play).isOn).toBe(false);
  sound.toggle();
  expect(new KnockSound(changed, play).isOn).toBe(true);
});
