// What events cost from end to end, with 1, 10 and 100 subscribers, beside bare requests to the same receiver; and how long it takes
// until a call rings, beside a ping on the same sessions. Five rounds each, taking turns with the floor.
//
//   node tests/events/bench.mjs

import { Agent, request } from "node:http";
import { Session } from "./lib/session.mjs";
import { startServer } from "./lib/server.mjs";
import { startSink } from "./lib/sink.mjs";

const ROUNDS = 5;
/** Subscribers, and the events of a round. */
const CASES = [[1, 2000], [10, 1000], [100, 200]];
/** Subscriptions that a resource may have. */
const PER_RESOURCE = 20;
/** Deliveries that the server has under way at once for a subscription; and the bare requests. */
const AT_ONCE = 16;
const MEETINGS = 16;
const PER_MEETING = 5;
const RINGS = 100;
const PAIRS = 10;

const now = () => performance.timeOrigin + performance.now();
const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))];
const spread = (values, digits = 0) => `${at(values, 0.5).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;

/** Somebody who is in a call, and raises and lowers a hand. */
async function member(server, link) {
  const { user, token } = await server.get("/api/token");
  const session = await Session.open(server.url, token, () => {});
  const reply = await session.ask({ type: "join", target: { kind: "meetingLink", link }, displayName: "Ana", muted: true });
  if (reply.type !== "joined") throw new Error(`Not in the meeting: ${JSON.stringify(reply)}`);
  let raised = false;
  return {
    session,
    async changes() {
      raised = !raised;
      const done = await session.ask(raised ? { type: "raiseHand" } : { type: "lowerHands", users: [user.communicationUserId] });
      if (done.type !== "done") throw new Error(`The hand stays as it is: ${JSON.stringify(done)}`);
    },
  };
}

async function gather(server) {
  const members = [];
  for (let meeting = 0; meeting < MEETINGS; meeting += 1) {
    const { user } = await server.get("/api/dev/organizer");
    const { joinWebUrl } = await server.cli("meeting", "create", "--organizer", user.id, "--subject", "Advice", "--lobby", "everyone");
    for (let place = 0; place < PER_MEETING; place += 1) members.push(await member(server, joinWebUrl));
  }
  return members;
}

/** Meetings' events go to those that want them, whatever resource they are of. */
async function subscribe(server, count, port) {
  for (let made = 0; made < count; ) {
    const { id } = await server.cli("resource", "create", "--host", `r${made}.localhost`);
    for (let of = 0; of < PER_RESOURCE && made < count; of += 1, made += 1) {
      const types = ["--type", "Convene.HandRaised", "--type", "Convene.HandLowered"];
      await server.cli("subscription", "create", "--endpoint", `http://127.0.0.1:${port}/events`, "--meetings", "--resource", id, ...types);
    }
  }
}

/** Every member changes its hand in turn until there are so many events; resolves with how many were made, and delivered, a second. */
async function deliver(members, events, subscribers, sink) {
  const all = await sink.count("/events", events * subscribers);
  const begun = now();
  let left = events;
  // In each meeting one after the other, as the requests of one session are bounded.
  const meetings = Array.from({ length: MEETINGS }, (_, meeting) => members.slice(meeting * PER_MEETING, (meeting + 1) * PER_MEETING));
  await Promise.all(
    meetings.map(async (people) => {
      for (let turn = 0; left > 0; turn += 1) {
        left -= 1;
        await people[turn % people.length].changes();
      }
    }),
  );
  const made = events / ((now() - begun) / 1000);
  const last = await all.last;
  return { last, made, perSecond: (events * subscribers) / ((last.at - begun) / 1000) };
}

/** The same number of requests with the same body, from one client that does nothing else. */
async function bare(count, { body, headers }, sink) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const all = await sink.count("/bare", count);
  const begun = now();
  const post = () =>
    new Promise((resolve, reject) => {
      const asked = request({ agent, host: "127.0.0.1", port: sink.port, method: "POST", path: "/bare", headers }, (answer) => answer.resume().once("end", resolve));
      asked.once("error", reject).end(body);
    });
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await post();
    }),
  );
  const last = await all.last;
  agent.destroy();
  return count / ((last.at - begun) / 1000);
}

async function measureEvents(subscribers, events) {
  const [server, sink] = [await startServer("--requests-per-second", "1000000"), await startSink()];
  try {
    const members = await gather(server);
    await subscribe(server, subscribers, sink.port);
    const warm = await deliver(members, events, subscribers, sink);
    const runs = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const floor = await bare(events * subscribers, warm.last, sink);
      const { made, perSecond } = await deliver(members, events, subscribers, sink);
      runs.push({ floor, made, perSecond, share: perSecond / floor });
    }
    const of = (key) => runs.map((one) => one[key]);
    const perEvent = of("perSecond").map((value) => value / subscribers);
    console.log(`| ${subscribers} | ${events} | ${spread(of("made"))} | ${spread(perEvent)} | ${spread(of("perSecond"))} | ${spread(of("floor"))} | ${spread(of("share"), 2)} |`);
    members.forEach(({ session }) => session.close());
  } finally {
    await server.stop();
    await sink.stop();
  }
}

async function pair(server) {
  const heard = { rings: undefined, ringOver: undefined };
  const tell = (message) => heard[message.type]?.(message);
  const [caller, called] = [await server.get("/api/token"), await server.get("/api/token")];
  const theirs = await Session.open(server.url, called.token, tell);
  const ours = await Session.open(server.url, caller.token, () => {});
  const next = (type) => new Promise((resolve) => (heard[type] = resolve));
  return {
    sessions: [ours, theirs],
    /** Milliseconds from the caller's message to the called one's. */
    async ring() {
      const [rings, over] = [next("rings"), next("ringOver")];
      const begun = now();
      const started = ours.ask({ type: "startCall", users: [called.user.communicationUserId], displayName: "Ana", muted: true });
      await rings;
      const took = now() - begun;
      const { type } = await started;
      if (type !== "joined") throw new Error(`startCall is answered by ${type}.`);
      await ours.ask({ type: "leave" });
      await over;
      return took;
    },
    /** Milliseconds from a ping to its pong. */
    async ping() {
      const begun = now();
      await theirs.heard();
      return now() - begun;
    },
  };
}

async function measureRings() {
  const server = await startServer();
  try {
    const pairs = [];
    for (let made = 0; made < PAIRS; made += 1) pairs.push(await pair(server));
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [rings, pings] = [[], []];
      for (let turn = 0; turn < RINGS; turn += 1) {
        const one = pairs[turn % PAIRS];
        pings.push(await one.ping());
        rings.push(await one.ring());
      }
      // The first round warms up.
      if (round > 0) rounds.push({ rings, pings });
    }
    const line = (what, key) => {
      const [p50, p95] = [0.5, 0.95].map((share) => rounds.map((round) => at(round[key], share)));
      console.log(`| ${what} | ${spread(p50, 2)} | ${spread(p95, 2)} |`);
    };
    console.log(`\n${ROUNDS} rounds of ${RINGS}, one after the other: median (lowest–highest) of the rounds, milliseconds`);
    console.log("| | p50 | p95 |\n|---|---|---|");
    line("from `startCall` to `rings`", "rings");
    line("floor: `ping` to `pong`", "pings");
    for (const { sessions } of pairs) sessions.forEach((session) => session.close());
  } finally {
    await server.stop();
  }
}

console.log(`Events of ${MEETINGS} meetings, median (lowest–highest) of ${ROUNDS} rounds`);
console.log("| subscribers | events | made per second | events per second | deliveries per second | bare requests per second | share of bare |\n|---|---|---|---|---|---|---|");
for (const [subscribers, events] of CASES) await measureEvents(subscribers, events);
await measureRings();
