// What may follow what in the events of one call. Knows nothing of the back end that is tested.

import assert from "node:assert/strict";

const after = {
  "Microsoft.Communication.CallStarted": (call) => {
    assert.equal(call.started, false, "begins once");
    assert.equal(call.inside.size, 0, "begins before anybody comes in");
    call.started = true;
  },
  "Microsoft.Communication.CallEnded": (call) => {
    assert.ok(call.started, "has begun before its end");
    assert.deepEqual([[...call.inside.keys()], [...call.waiting]], [[], []], "ends when nobody is in it or waits");
    call.ended = true;
  },
  "Microsoft.Communication.CallParticipantAdded": (call, who, { isMuted, user }) => {
    assert.ok(call.started && !call.inside.has(who) && !call.waiting.has(who), "somebody comes in who is neither in nor waits");
    call.inside.set(who, { muted: isMuted, hand: false, role: user.role });
  },
  "Microsoft.Communication.CallParticipantRemoved": (call, who) => assert.ok(call.inside.delete(who), "somebody leaves who is in"),
  "Convene.ParticipantRoleChanged": (call, who, { user }) => {
    assert.notEqual(call.inside.get(who).role, user.role, "somebody who is in has another role");
    call.inside.get(who).role = user.role;
  },
  "Convene.ParticipantMuted": (call, who) => {
    assert.equal(call.inside.get(who).muted, false, "somebody is muted who was not");
    call.inside.get(who).muted = true;
  },
  "Convene.ParticipantUnmuted": (call, who) => {
    assert.equal(call.inside.get(who).muted, true, "somebody is unmuted who was muted");
    call.inside.get(who).muted = false;
  },
  "Convene.HandRaised": (call, who) => {
    assert.equal(call.inside.get(who).hand, false, "a hand goes up that was down");
    call.inside.get(who).hand = true;
  },
  "Convene.HandLowered": (call, who) => {
    assert.equal(call.inside.get(who).hand, true, "a hand goes down that was up");
    call.inside.get(who).hand = false;
  },
  "Convene.LobbyKnocked": (call, who) => {
    assert.ok(!call.inside.has(who) && !call.waiting.has(who), "somebody begins to wait who is neither in nor waits");
    call.waiting.add(who);
  },
  "Convene.LobbyAdmitted": (call, who) => assert.ok(call.waiting.delete(who), "somebody is let in who waits"),
  "Convene.LobbyLeft": (call, who) => assert.ok(call.waiting.delete(who), "somebody's wait ends who waits"),
};

/** Fails at the first event of a call that cannot follow those before it. */
export function check(events) {
  const call = { started: false, ended: false, inside: new Map(), waiting: new Set() };
  let last = "";
  for (const [at, { type, time, data }] of events.entries()) {
    try {
      assert.equal(call.ended, false, "nothing follows the end");
      assert.ok(time >= last, "time goes on");
      after[type](call, data.user?.rawId, data);
    } catch (error) {
      const before = events.slice(Math.max(0, at - 20), at).map((one) => `  ${one.time} ${one.type} ${one.data.user?.rawId ?? ""}`);
      throw new Error(`Event ${at} of call ${data.serverCallId}, ${type} of ${data.user?.rawId}, cannot come here: ${error.message}\n${before.join("\n")}`, { cause: error });
    }
    last = time;
  }
}
