// The sample back end, which knows by events alone who is in which call, held against what is so: through random steps of many people,
// two kills of the server, one of the back end, and answers that get lost.
//
//   SEED    what the random steps are made of    (default: 7)

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { check } from "./lib/grammar.mjs";
import { Person } from "./lib/person.mjs";
import { startReceiver } from "./lib/receiver.mjs";
import { freePort, startProcess, startServer } from "./lib/server.mjs";
import { numbers, step } from "./lib/steps.mjs";

const SEED = Number(process.env.SEED ?? 7);
const STEPS = 500;
/** Before which step the server is killed. Who is lost at the first has a minute to come back, which the steps after it use. */
const SERVER_DIES = [120, 300];
const BACK_END_DIES = 150;
const BACK_END_IS_BACK = 260;
/** Before which steps an answer gets lost. The event comes again ten seconds later, and the others of its call wait behind it. */
const ANSWER_IS_LOST = [40, 90, 280, 320];
/** Of a hundred people who are in a call when the server is killed for the first time, how many do not come back. */
const LOST = 25;
/** How long the back end may need after the last step: a minute for those who are lost, half of one for what is tried again. */
const SETTLED_WITHIN_MS = 150_000;
/** How many types of events there are. */
const TYPES = 12;
const GROUP = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";
const MARK = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c99";
const LOBBIES = ["organization", "organizer", "everyone"];

const SHOWN = { organizer: "Organizer", coOrganizer: "Co-organizer", presenter: "Presenter", collaborator: "Collaborator", attendee: "Attendee", consumer: "Consumer" };

/** Those who take part, and what each may join by its name. */
async function gather(server) {
  const people = [];
  const add = (made) => people.push(new Person(server.url, made));
  for (let at = 0; at < 8; at += 1) {
    const { user, token } = await server.get("/api/token");
    add({ user: user.communicationUserId, token });
  }
  const [apps, targets] = [people.map(({ user }) => user), { group: { kind: "group", groupId: GROUP } }];
  const rooms = [apps.slice(0, 5), apps.slice(2)];
  for (const [at, invited] of rooms.entries()) {
    const participants = Object.fromEntries(invited.map((id, place) => [id, { role: ["Presenter", "Attendee", "Collaborator"][place % 3] }]));
    const { id } = await (await server.signed("POST", "/rooms?api-version=2025-03-13", { content: { participants } })).json();
    targets[`room ${at}`] = { kind: "room", roomId: id };
  }
  for (const [at, lobby] of LOBBIES.entries()) {
    const { user, token } = await server.get("/api/dev/organizer");
    const { joinWebUrl } = await server.cli("meeting", "create", "--organizer", user.id, "--subject", "Advice", "--lobby", lobby);
    targets[`meeting ${at}`] = { kind: "meetingLink", link: joinWebUrl };
    add({ user: user.id, token });
    for (let guest = 0; guest < 2; guest += 1) {
      const visitor = await fetch(`${server.url}/api/visitors`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ link: joinWebUrl }) });
      const { user: made, token: theirs } = await visitor.json();
      add({ user: made.id, token: theirs, meeting: `meeting ${at}` });
    }
  }
  const may = (person) => (name) => {
    if (person.meeting) return name === person.meeting;
    if (person.user.startsWith("8:orgid:")) return name.startsWith("meeting");
    return !name.startsWith("room") || rooms[Number(name.at(-1))].includes(person.user);
  };
  const targetsOf = (person) => Object.fromEntries(Object.entries(targets).filter(([name]) => may(person)(name)));
  return { people, targetsOf };
}

/** Everybody who is connected has heard what the server said until now. */
const heard = (people) => Promise.all(people.map(({ session }) => session?.heard()));

async function killServer(server, people, pick, lost) {
  await server.kill();
  await server.start();
  for (const person of people) {
    // Who waits loses the place; of those who are in, some do not come back.
    if (person.state === "in" && pick(100) >= lost) await person.resume();
    else if (person.session) person.cut();
  }
}

/** Who is in which call and who waits, as those who are in it are told by the server when they come back. */
async function truth(people) {
  const calls = {};
  for (const person of people) {
    if (person.state !== "in" || calls[person.view.callId]) continue;
    await person.resume();
    await person.session.heard();
    const { callId, role, muted, participants } = person.view;
    const own = { user: person.user, role, legs: [{ muted }] };
    calls[callId] = Object.fromEntries(
      [own, ...participants].map((one) => [one.user, { role: SHOWN[one.role], isMuted: one.legs.every((leg) => leg.muted), isHandRaised: person.hands.includes(one.user) }]),
    );
  }
  return { calls, waiting: people.filter(({ state }) => state === "waits").map(({ user }) => user).sort() };
}

/** The same, as those know it who take part: each of themselves. */
function ownWords(people) {
  const calls = {};
  for (const { state, view, user } of people) if (state === "in") (calls[view.callId] ??= []).push(user);
  return Object.fromEntries(Object.entries(calls).map(([id, users]) => [id, users.sort()]));
}

/** The same, as the back end knows it. */
async function known(port) {
  const list = await (await fetch(`http://127.0.0.1:${port}/calls`)).json();
  const calls = {};
  for (const { id, participants } of list.filter((call) => call.participants.length > 0)) {
    calls[id] = Object.fromEntries(participants.map(({ id: user, role, isMuted, isHandRaised }) => [user, { role, isMuted, isHandRaised }]));
  }
  return { calls, waiting: list.flatMap(({ waiting }) => waiting.map(({ id }) => id)).sort() };
}

async function* lines(body) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const all = (rest + text).split("\n");
    rest = all.pop();
    yield* all;
  }
}

/** Looks again with each change that the back end tells of, and each second, until it is so. */
async function until(isSo, changes, deadline) {
  for (;;) {
    const error = await isSo().then(() => undefined, (reason) => reason);
    if (!error) return;
    if (Date.now() > deadline) throw error;
    await changes.next();
  }
}

/** Resolves with each change that the back end tells of, or after a second. */
async function follow(port) {
  const stop = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${port}/changes`, { signal: stop.signal });
  let wake = () => {};
  const told = (async () => {
    for await (const _ of lines(answer.body)) wake();
  })();
  // It ends with the test, or with the back end.
  told.catch(() => {});
  return {
    next: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    stop: () => stop.abort(),
  };
}

/** The resource's events after one of them, from `GET /events`, up to one that is the last. */
async function stream(server, after, isLast) {
  const answer = await server.signed("GET", "/events?api-version=2023-10-01", { headers: { "Last-Event-ID": after } });
  const events = [];
  for await (const line of lines(answer.body)) {
    if (!line.startsWith("data: ")) continue;
    events.push(JSON.parse(line.slice(6)));
    if (isLast(events.at(-1))) break;
  }
  return events;
}

const grouped = (events) => {
  const calls = new Map();
  for (const event of events) calls.set(event.data.serverCallId, [...(calls.get(event.data.serverCallId) ?? []), event]);
  return calls;
};

/** The same event comes with the same body; of each, the first receipt that the back end took. */
function firsts(receipts) {
  const bodies = new Map();
  for (const { event, body } of receipts) {
    assert.equal(body, bodies.get(event.id) ?? body, `event ${event.id} comes with the same body each time`);
    bodies.set(event.id, body);
  }
  const taken = new Map();
  for (const { event, status } of receipts) if (status === 204 && !taken.has(event.id)) taken.set(event.id, event);
  return [...taken.values()];
}

async function compare(server, receiver) {
  const came = firsts(receiver.receipts);
  const ofResource = came.filter(({ data }) => !data.meeting);
  const isLast = ({ type, data }) => type === "Microsoft.Communication.CallEnded" && data.group?.id === MARK;
  const [first, ...rest] = ofResource;
  const told = [first, ...(await stream(server, first.id, isLast))];
  const ids = (events) => events.map(({ id }) => id).sort();
  assert.deepEqual(ids([first, ...rest]), ids(told), "no event is lost, and none is invented");
  const order = grouped(told);
  for (const [call, events] of grouped(ofResource)) assert.deepEqual(events, order.get(call), `the order of call ${call}`);
  for (const events of grouped(came).values()) check(events);
  return came.length;
}

/** Somebody comes into a call of its own and leaves it, before anything else: `GET /events` is read from there; and after everything. */
async function mark(person, groupId) {
  await person.join("mark", { kind: "group", groupId }, true);
  await person.leave();
  await person.session.heard();
}

test(`a back end knows by events alone who is in which call (SEED=${SEED})`, { timeout: 300_000 }, async (t) => {
  const [server, pick, folder, port] = [await startServer(), numbers(SEED), await mkdtemp(join(tmpdir(), "who-is-in-")), await freePort()];
  t.after(() => server.stop());
  t.after(() => rm(folder, { recursive: true, force: true }));
  const receiver = await startReceiver(port);
  t.after(() => receiver.stop());
  const env = { CONNECTION_STRING: server.connectionString, NODE_EXTRA_CA_CERTS: server.ca, PORT: String(port), ENDPOINT: receiver.url, FOLDER: folder };
  const startBackEnd = () => startProcess(process.execPath, [join(import.meta.dirname, "../../samples/who-is-in/server.mjs")], env, "Ready on ");
  let backEnd = await startBackEnd();
  t.after(() => backEnd.kill());
  const { people, targetsOf } = await gather(server);
  t.after(() => people.forEach(({ session }) => session?.cut()));

  await mark(people[0], MARK.replace("99", "98"));
  const done = {};
  for (let at = 0; at < STEPS; at += 1) {
    if (SERVER_DIES.includes(at)) await killServer(server, people, pick, at === SERVER_DIES[0] ? LOST : 0);
    if (at === BACK_END_DIES) await backEnd.kill();
    if (at === BACK_END_IS_BACK) backEnd = await startBackEnd();
    if (ANSWER_IS_LOST.includes(at)) receiver.loseAnAnswer();
    let word;
    while (!(word = await step(people, targetsOf, pick))) await heard(people);
    done[word] = (done[word] ?? 0) + 1;
    await heard(people);
  }
  t.diagnostic(`SEED=${SEED}: ${JSON.stringify(done)}`);

  const changes = await follow(port);
  t.after(() => changes.stop());
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  await until(
    async () => {
      assert.deepEqual(await known(port), await truth(people));
      assert.deepEqual(ownWords(people), Object.fromEntries(Object.entries((await known(port)).calls).map(([id, users]) => [id, Object.keys(users).sort()])));
    },
    changes,
    deadline,
  );
  people[0].cut();
  await mark(people[0], MARK);
  const isMarked = ({ event, status }) => status === 204 && event.data.group?.id === MARK && event.type.endsWith("CallEnded");
  await until(async () => assert.ok(receiver.receipts.some(isMarked), "the last event came"), changes, deadline);
  const events = await compare(server, receiver);
  const types = new Set(receiver.receipts.map(({ event }) => event.type));
  assert.equal(types.size, TYPES, `all that there is to hear was heard: ${[...types].join(", ")}`);

  const refused = receiver.receipts.filter(({ status }) => status === undefined).length;
  const again = receiver.receipts.filter(({ status }) => status === 204).length - events;
  t.diagnostic(`${events} events, ${refused} attempts while the back end was gone, ${again} that came again`);
  assert.ok(refused > 0 && again >= ANSWER_IS_LOST.length, "the back end was gone while events came, and answers got lost");
  assert.ok(receiver.receipts.every(({ status }) => status === undefined || status === 204), "every signature is right");
});
