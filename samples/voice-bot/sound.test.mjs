import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, octaveUp, Phrases, RATE } from "./sound.mjs";

const FRAME = RATE / 50;
const frame = (value) => new Int16Array(FRAME).fill(value);

/** Takes frames of one person: `1` is sound, `.` silence. */
function say(phrases, who, frames) {
  for (const each of frames) phrases.take(who, frame(each === "." ? 0 : Number(each)), each === ".");
}

test("a phrase ends with a pause, and each person has their own", () => {
  const answered = [];
  const phrases = new Phrases((who, phrase) => answered.push([who, phrase.length / FRAME, phrase[0]]));
  say(phrases, "ana", "..111..1");
  say(phrases, "ben", "22");
  assert.deepEqual(answered, []);
  say(phrases, "ana", ".............");
  assert.deepEqual(answered, [["ana", 19, 1]]);
  phrases.end("ben");
  phrases.end("ben");
  assert.deepEqual(answered[1], ["ben", 2, 2]);
});

test("who does not stop is answered in parts", () => {
  const answered = [];
  say(new Phrases((who) => answered.push(who)), "ana", "1".repeat(310));
  assert.deepEqual(answered, ["ana", "ana"]);
});

test("an octave higher is twice the frequency, in half the time", () => {
  const tone = (hz) => Int16Array.from({ length: RATE }, (_, at) => 10_000 * Math.sin((2 * Math.PI * hz * at) / RATE));
  const crossings = (pcm) => pcm.reduce((count, sample, at) => count + (at > 0 && pcm[at - 1] < 0 && sample >= 0 ? 1 : 0), 0);
  const high = octaveUp(tone(400));
  assert.equal(high.length, RATE / 2);
  assert.ok(Math.abs(crossings(high) - 400) <= 1, "400 in half a second");
});

test("samples travel as they are", () => {
  assert.deepEqual(decode(encode(Int16Array.from([1, -2, 32_767]))), Int16Array.from([1, -2, 32_767]));
});
