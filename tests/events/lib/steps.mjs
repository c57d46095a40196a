// What people do at random, by numbers from a seed.

/** splitmix32, by its published constants. */
export function numbers(seed) {
  let state = seed >>> 0;
  return (end) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % end;
  };
}

const ROLES = ["coOrganizer", "presenter", "attendee", "consumer"];

/** What somebody who is in a call does, by weight. Those with `other` are about somebody else who is in. */
const INSIDE = [
  [7, "leaves", (person) => person.leave()],
  [4, "is cut off and comes back", (person) => person.resume()],
  [2, "is cut off", (person) => person.cut()],
  [6, "mutes or unmutes", (person, pick) => person.does({ type: "setMuted", muted: pick(2) === 0 })],
  [4, "raises a hand", (person) => person.does({ type: "raiseHand" })],
  [2, "lowers the hand", (person) => person.does({ type: "lowerHands", users: [person.user] })],
  [1, "lowers all hands", (person) => person.does({ type: "lowerHands", users: null })],
  [4, "mutes", (person, _, other) => person.does({ type: "mute", user: other.user }), "other"],
  [1, "mutes all", (person) => person.does({ type: "muteAll" })],
  [2, "removes", (person, _, other) => person.does({ type: "remove", user: other.user }), "other"],
  [12, "gives a role", (person, pick, other) => person.does({ type: "setRole", user: other.user, role: ROLES[pick(ROLES.length)] }), "other"],
  [4, "puts back", (person, _, other) => person.does({ type: "putBack", user: other.user }), "other"],
  [1, "ends it for everybody", (person) => person.does({ type: "endForEveryone" })],
];

/** What becomes of somebody who waits. Those with `host` are done by somebody who manages the lobby. */
const WAITING = [
  [6, "admits", (waiter, _, host) => host.does({ type: "admit", user: waiter.user }), "host"],
  [1, "admits all", (_waiter, _, host) => host.does({ type: "admitAll" }), "host"],
  [4, "rejects", (waiter, _, host) => host.does({ type: "reject", user: waiter.user }), "host"],
  [1, "stops waiting", (waiter) => waiter.leave()],
  [1, "is cut off while waiting", (waiter) => waiter.cut()],
];

function byWeight(table, pick) {
  let at = pick(table.reduce((sum, [weight]) => sum + weight, 0));
  return table.find(([weight]) => (at -= weight) < 0);
}

/** One step of somebody; the word for what was done, or undefined if it was not possible. */
export async function step(people, targetsOf, pick) {
  const person = people[pick(people.length)];
  if (person.state === "out") {
    const targets = Object.entries(targetsOf(person)).filter(([name]) => !person.barredFrom.has(name));
    if (targets.length === 0) return undefined;
    const [name, target] = targets[pick(targets.length)];
    await person.join(name, target, pick(2) === 0);
    return person.state === "in" ? "joins" : "knocks";
  }
  const others = people.filter((one) => one !== person && one.state === "in" && one.target === person.target);
  const candidates = person.state === "in" ? others : others.filter(({ view }) => view.capabilities.includes("manageLobby"));
  const [, word, act, needs] = byWeight(person.state === "in" ? INSIDE : WAITING, pick);
  if (needs && candidates.length === 0) return undefined;
  const done = await act(person, pick, needs && candidates[pick(candidates.length)]);
  return done === false ? undefined : word;
}
