// Who is in which call and meeting, and who waits in which lobby, by events alone. Knows nothing of HTTP, files and clocks.

/** Ids of events and of ended calls that are remembered. Larger: more memory. Smaller: what comes again after so many others counts twice. */
const IDS_MAX = 10_000;

/** What the beginning of an id says of its user. Names can be chosen by anybody; this cannot. */
const KINDS = { "8:acs:": "app", "8:orgid:": "organization", "8:teamsvisitor:": "visitor" };

const kindOf = (id) => KINDS[Object.keys(KINDS).find((prefix) => id.startsWith(prefix))] ?? "unknown";

function targetOf(data) {
  const kind = ["meeting", "room", "group"].find((name) => data[name]);
  return { kind, id: data[kind]?.id };
}

function remember(ids, id) {
  ids.add(id);
  if (ids.size > IDS_MAX) ids.delete(ids.values().next().value);
}

/** Changes somebody who is in the call; events of those who came in before the first event that came are of no use. */
function change(call, id, what) {
  const participant = call.participants.get(id);
  if (participant) Object.assign(participant, what);
}

/** Nobody ever came in, and nobody waits any more: of this call nothing more is told, not even its end. */
function forgetIfNobodyCame(presence, call) {
  if (!call.startedOn && call.participants.size === 0 && call.waiting.size === 0) presence.calls.delete(call.id);
}

/** What each type of event does to its call. */
const steps = {
  "Microsoft.Communication.CallStarted": (call, { time }) => (call.startedOn = time),
  "Microsoft.Communication.CallParticipantAdded": (call, { data, time }, id) =>
    call.participants.set(id, { id, kind: kindOf(id), displayName: data.displayName, role: data.user.role, isMuted: data.isMuted, isHandRaised: false, since: time }),
  "Microsoft.Communication.CallParticipantRemoved": (call, _, id) => call.participants.delete(id),
  "Convene.ParticipantRoleChanged": (call, { data }, id) => change(call, id, { role: data.user.role }),
  "Convene.ParticipantMuted": (call, _, id) => change(call, id, { isMuted: true }),
  "Convene.ParticipantUnmuted": (call, _, id) => change(call, id, { isMuted: false }),
  "Convene.HandRaised": (call, _, id) => change(call, id, { isHandRaised: true }),
  "Convene.HandLowered": (call, _, id) => change(call, id, { isHandRaised: false }),
  "Convene.LobbyKnocked": (call, { data, time }, id) => call.waiting.set(id, { id, kind: kindOf(id), displayName: data.displayName, since: time }),
  "Convene.LobbyAdmitted": (call, _, id) => call.waiting.delete(id),
  "Convene.LobbyLeft": (call, _, id) => call.waiting.delete(id),
};

/** The calls that go on. Give it every event, in the order in which those of one call come. */
export class Presence {
  calls = new Map();
  taken = new Set();
  ended = new Set();

  /** Takes a CloudEvent; false if it came before, or changes nothing any more. */
  take(event) {
    if (this.taken.has(event.id)) return false;
    remember(this.taken, event.id);
    const id = event.data.serverCallId;
    if (this.ended.has(id)) return false;
    if (event.type === "Microsoft.Communication.CallEnded") {
      this.calls.delete(id);
      remember(this.ended, id);
      return true;
    }
    const step = steps[event.type];
    if (!step) return false;
    // The first event of a call is not always its start: in a meeting somebody may wait before anybody comes in.
    const call = this.calls.get(id) ?? { id, of: targetOf(event.data), startedOn: undefined, participants: new Map(), waiting: new Map() };
    this.calls.set(id, call);
    step(call, event, event.data.user?.rawId);
    forgetIfNobodyCame(this, call);
    return true;
  }

  /** The calls, as JSON has them. */
  list() {
    return [...this.calls.values()].map((call) => ({ ...call, participants: [...call.participants.values()], waiting: [...call.waiting.values()] }));
  }

  /** All that is to be kept, as JSON has it. */
  toJSON() {
    return { calls: this.list(), taken: [...this.taken], ended: [...this.ended] };
  }

  /** What `toJSON` gave. */
  static from({ calls, taken, ended }) {
    const presence = new Presence();
    const byId = (people) => new Map(people.map((one) => [one.id, one]));
    for (const call of calls) presence.calls.set(call.id, { ...call, participants: byId(call.participants), waiting: byId(call.waiting) });
    for (const id of taken) presence.taken.add(id);
    for (const id of ended) presence.ended.add(id);
    return presence;
  }
}
