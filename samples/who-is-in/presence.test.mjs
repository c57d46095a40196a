import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isSigned } from "./convene.mjs";
import { open } from "./kept.mjs";
import { Presence } from "./presence.mjs";

const ANA = "8:acs:r_ana";
const GUEST = "8:teamsvisitor:guest";
const TIME = "2026-11-26T09:40:00.000Z";

let last = 0;
const event = (type, data = {}, call = "c") => ({ id: `e${(last += 1)}`, type, time: TIME, data: { serverCallId: call, meeting: { id: "m" }, ...data } });
const of = (id, more) => ({ user: { rawId: id, ...more } });
const started = (call) => event("Microsoft.Communication.CallStarted", { startedBy: { rawId: ANA } }, call);
const ended = (call) => event("Microsoft.Communication.CallEnded", {}, call);
const added = (id, name, call) => event("Microsoft.Communication.CallParticipantAdded", { ...of(id, { role: "Attendee" }), displayName: name, isMuted: true }, call);
const removed = (id, call) => event("Microsoft.Communication.CallParticipantRemoved", of(id), call);
const knocked = (id, name, call) => event("Convene.LobbyKnocked", { ...of(id), displayName: name }, call);
const told = (type, id, more) => event(`Convene.${type}`, of(id, more));

function after(...events) {
  const presence = new Presence();
  for (const one of events) presence.take(one);
  return presence;
}

const ids = (people) => people.map(({ id }) => id);

test("who comes in is there with name, kind and role until they are out", () => {
  const presence = after(started(), added(ANA, "Ana"), added(GUEST, "Guest"));
  const [{ of: target, startedOn, participants, waiting }] = presence.list();
  assert.deepEqual([target, startedOn, waiting], [{ kind: "meeting", id: "m" }, TIME, []]);
  assert.deepEqual(participants[0], { id: ANA, kind: "app", displayName: "Ana", role: "Attendee", isMuted: true, isHandRaised: false, since: TIME });
  assert.equal(participants[1].kind, "visitor");
  presence.take(removed(ANA));
  assert.deepEqual(ids(presence.list()[0].participants), [GUEST]);
});

test("roles, muting and hands change whoever is in the call, and nobody else", () => {
  const presence = after(started(), added(ANA, "Ana"));
  const [ana] = presence.list()[0].participants;
  presence.take(told("ParticipantRoleChanged", ANA, { role: "Presenter" }));
  presence.take(told("ParticipantUnmuted", ANA));
  presence.take(told("HandRaised", ANA));
  assert.deepEqual([ana.role, ana.isMuted, ana.isHandRaised], ["Presenter", false, true]);
  presence.take(told("ParticipantMuted", ANA));
  presence.take(told("HandLowered", ANA));
  presence.take(told("HandRaised", GUEST));
  assert.deepEqual([ana.isMuted, ana.isHandRaised, presence.list()[0].participants.length], [true, false, 1]);
});

test("somebody waits before the call has begun, and is admitted, rejected or put back", () => {
  const presence = after(knocked(GUEST, "Guest"), knocked(ANA, "Ana"));
  assert.deepEqual([presence.list()[0].startedOn, ids(presence.list()[0].waiting)], [undefined, [GUEST, ANA]]);
  for (const one of [started(), told("LobbyAdmitted", GUEST), added(GUEST, "Guest"), told("LobbyLeft", ANA)]) presence.take(one);
  assert.deepEqual([ids(presence.list()[0].participants), presence.list()[0].waiting], [[GUEST], []]);
  for (const one of [removed(GUEST), knocked(GUEST, "Guest")]) presence.take(one);
  assert.deepEqual([presence.list()[0].participants, ids(presence.list()[0].waiting)], [[], [GUEST]]);
});

test("a call that nobody came into is forgotten with the last who waited", () => {
  const presence = after(knocked(GUEST, "Guest"), told("LobbyLeft", GUEST));
  assert.deepEqual(presence.list(), []);
});

test("a call that has begun is there until its end, also while nobody is in it", () => {
  const presence = after(started(), added(ANA, "Ana"), removed(ANA));
  assert.equal(presence.list().length, 1);
  presence.take(ended());
  assert.deepEqual(presence.list(), []);
});

test("what comes again changes nothing", () => {
  const coming = added(ANA, "Ana");
  const presence = after(started(), coming, removed(ANA));
  assert.equal(presence.take(coming), false);
  assert.deepEqual(presence.list()[0].participants, []);
});

test("what comes of a call after its end does not bring it back", () => {
  const presence = after(started(), ended());
  assert.equal(presence.take(added(ANA, "Ana")), false);
  assert.deepEqual(presence.list(), []);
});

test("calls are apart from each other", () => {
  const presence = after(started("a"), added(ANA, "Ana", "a"), started("b"), added(ANA, "Ana", "b"), removed(ANA, "a"), ended("a"));
  assert.deepEqual(presence.list().map(({ id, participants }) => [id, ids(participants)]), [["b", [ANA]]]);
});

test("an event of a type that is not known changes nothing", () => {
  const presence = after(event("Convene.SomethingNew", of(ANA)));
  assert.deepEqual(presence.list(), []);
});

test("it is the same after JSON", () => {
  const coming = added(ANA, "Ana", "a");
  const presence = after(started("a"), coming, knocked(GUEST, "Guest", "a"), started("b"), ended("b"));
  const again = Presence.from(JSON.parse(JSON.stringify(presence)));
  assert.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(presence)));
  assert.deepEqual([again.take(coming), again.take(added(GUEST, "Guest", "b"))], [false, false]);
});

test("ids are remembered up to a bound", () => {
  const first = started();
  const presence = after(first);
  for (let at = 0; at < 10_000; at += 1) presence.take(told("HandRaised", ANA));
  assert.equal(presence.toJSON().taken.length, 10_000);
  assert.equal(presence.take(first), true);
});

test("what is kept outlives the process, but for a line that a crash cut off", () => {
  const folder = mkdtempSync(join(tmpdir(), "who-is-in-"));
  try {
    const [coming, kept] = [added(ANA, "Ana"), open(folder)];
    kept.keepSubscription({ id: "s", endpoint: "http://127.0.0.1/", secret: "whsec_a" });
    for (const one of [started(), coming]) kept.take(one);
    appendFileSync(join(folder, "events.jsonl"), '{"id":"e');
    const again = open(folder);
    assert.deepEqual([ids(again.list()[0].participants), again.subscription.id, again.take(coming)], [[ANA], "s", false]);
    assert.equal(readFileSync(join(folder, "events.jsonl"), "utf8").split("\n").length, 2);
    again.begin();
    assert.deepEqual(open(folder).list(), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("only what is signed with the secret, and lately, counts as signed", () => {
  const key = Buffer.from("a secret of some bytes");
  const seconds = (ago) => String(Math.floor(Date.now() / 1000) - ago);
  const signature = (at, body) => `v1,${createHmac("sha256", key).update(`e1.${at}.${body}`).digest("base64")}`;
  const secret = `whsec_${key.toString("base64")}`;
  const headers = (at, signed) => ({ "webhook-id": "e1", "webhook-timestamp": at, "webhook-signature": signed });
  const [now, old] = [seconds(0), seconds(400)];
  assert.equal(isSigned(secret, headers(now, signature(now, "{}")), "{}"), true);
  assert.equal(isSigned(secret, headers(now, `v1,other ${signature(now, "{}")}`), "{}"), true);
  for (const [given, body] of [
    [headers(now, signature(now, "{}")), "{ }"],
    [headers(old, signature(old, "{}")), "{}"],
    [headers(now, undefined), "{}"],
    [headers(undefined, signature(undefined, "{}")), "{}"],
    [headers(now, "v1,"), "{}"],
  ]) {
    assert.equal(isSigned(secret, given, body), false, JSON.stringify(given));
  }
});
