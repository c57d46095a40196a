// @microsoft/microsoft-graph-client, as published, with its base URL changed and nothing else; tokens by @azure/identity, as published.
// Started by run.mjs.

import { ClientSecretCredential } from "@azure/identity";
import { Client, PageIterator } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { before, test } from "node:test";
import { promisify } from "node:util";
import WebSocket from "ws";

const base = /^endpoint=(https:\/\/[^/]+)\//.exec(process.env.CONVENE_CONNECTION_STRING)[1];
const ALL = ["OnlineMeetings.ReadWrite.All", "OnlineMeetingArtifact.Read.All"];

async function cli(...args) {
  const { stdout } = await promisify(execFile)(process.env.CONVENE_BIN, [...args, "--data", process.env.CONVENE_DATA]);
  return JSON.parse(stdout);
}

const application = (...permissions) => cli("app", "create", "--name", "Back end", ...permissions.flatMap((name) => ["--permission", name]));
const organizer = async (name) => (await cli("user", "create", "--organizer", "--name", name)).id;

const credential = ({ tenantId, clientId, clientSecret }) =>
  new ClientSecretCredential(tenantId, clientId, clientSecret, { authorityHost: base, disableInstanceDiscovery: true });

function graph(authProvider) {
  return Client.initWithMiddleware({ baseUrl: `${base}/`, customHosts: new Set(["localhost"]), authProvider });
}

const client = (app) => graph(new TokenCredentialAuthenticationProvider(credential(app), { scopes: [`${base}/.default`] }));
const clientWithToken = (token) => graph({ getAccessToken: async () => token });

function refused(statusCode, code) {
  return (error) => {
    assert.equal(error.constructor.name, "GraphError");
    assert.deepEqual([error.statusCode, error.code], [statusCode, code], error.message);
    if (statusCode !== 401) assert.match(error.requestId, /^[0-9a-f-]{36}$/);
    return true;
  };
}

let app;
let olga;
let graphClient;
let meetings;
before(async () => {
  app = await application(...ALL);
  olga = await organizer("Olga");
  graphClient = client(app);
  meetings = `/users/${olga.replace("8:orgid:", "")}/onlineMeetings`;
});

test("the credential of @azure/identity gets a token for an hour by a secret", async () => {
  const { token, expiresOnTimestamp } = await credential(app).getToken(`${base}/.default`);
  assert.ok(Math.abs(expiresOnTimestamp - Date.now() - 3_600_000) < 10_000);
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  assert.deepEqual([claims.appid, claims.roles, claims.aud], [app.clientId, ["OnlineMeetings.ReadWrite.All", "OnlineMeetingArtifact.Read.All"], base]);
});

test("a meeting is created, read, changed and deleted", async () => {
  const made = await graphClient.api(meetings).post({
    subject: "Loan advice",
    startDateTime: "2030-01-01T10:00:00Z",
    endDateTime: "2030-01-01T11:00:00Z",
    lobbyBypassSettings: { scope: "organization" },
    allowedPresenters: "organizer",
  });
  assert.equal(made.subject, "Loan advice");
  assert.equal(made.participants.organizer.identity.user.displayName, "Olga");
  assert.match(made.joinWebUrl, /\/l\/meetup-join\/19%3ameeting_/);
  const path = `${meetings}/${made.id}`;
  assert.deepEqual(await graphClient.api(path).get(), made);
  const changed = await graphClient.api(path).update({ subject: "Other", isEntryExitAnnounced: true });
  assert.deepEqual(changed, { ...made, subject: "Other", isEntryExitAnnounced: true });
  assert.deepEqual(await graphClient.api(path).select(["id", "subject"]).get(), { id: made.id, subject: "Other" });
  await graphClient.api(path).delete();
  await assert.rejects(graphClient.api(path).get(), refused(404, "NotFound"));
});

test("meetings are listed past two pages by the client's own iterator", async () => {
  const path = `/users/${await organizer("Otto")}/onlineMeetings`;
  const made = [];
  for (let number = 0; number < 5; number += 1) made.push((await graphClient.api(path).post({ subject: `Number ${number}` })).id);
  const first = await graphClient.api(path).top(2).get();
  assert.deepEqual([first.value.length, first["@odata.nextLink"].startsWith(`${base}/v1.0/users/`)], [2, true]);
  const listed = [];
  const iterator = new PageIterator(graphClient, first, ({ id }) => listed.push(id) > 0);
  await iterator.iterate();
  assert.ok(iterator.isComplete());
  assert.deepEqual(listed.sort(), made.sort());
});

test("createOrGet makes a meeting once and gives it from then on", async () => {
  const path = `${meetings}/createOrGet`;
  const ask = (subject) => graphClient.api(path).responseType("raw").post({ externalId: "order 7", subject });
  const [first, second] = [await ask("Weekly"), await ask("Other")];
  assert.deepEqual([first.status, second.status], [201, 200]);
  const made = await first.json();
  assert.deepEqual([made.subject, made.externalId], ["Weekly", "order 7"]);
  assert.deepEqual(await second.json(), made);
});

test("a meeting is found by its join link and by its join meeting id", async () => {
  const made = await graphClient.api(meetings).post({ subject: "Wanted" });
  for (const filter of [
    `JoinWebUrl eq '${made.joinWebUrl}'`,
    `JoinWebUrl eq '${encodeURIComponent(made.joinWebUrl)}'`,
    `joinMeetingIdSettings/joinMeetingId eq '${made.joinMeetingIdSettings.joinMeetingId}'`,
  ]) {
    assert.deepEqual((await graphClient.api(meetings).filter(filter).get()).value, [made], filter);
  }
  const none = await graphClient.api(meetings).filter("joinMeetingIdSettings/joinMeetingId eq '123456789'").get();
  assert.deepEqual(none.value, []);
});

/** Somebody in a call, without media. `told` waits for the first message that fits. */
async function caller(user) {
  const { token } = await cli("token", "issue", "--user", user, "--scope", "voip");
  const socket = new WebSocket(`${base.replace("https:", "wss:")}/signaling`);
  const heard = [];
  const waiting = [];
  socket.on("message", (data) => {
    heard.push(JSON.parse(data.toString()));
    for (const look of waiting) look();
  });
  const told = (fits) =>
    new Promise((resolve) => {
      const look = () => heard.some(fits) && resolve(heard.find(fits));
      waiting.push(look);
      look();
    });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const say = (message) => socket.send(JSON.stringify(message));
  say({ type: "hello", versions: [1], token, client: "peers 1" });
  await told(({ type }) => type === "welcome");
  let requests = 0;
  const ask = (request) => say({ type: "request", id: (requests += 1), call: 1, request });
  return { ask, told, close: () => socket.close() };
}

test("after a real call there is a report on who attended, and none before", async () => {
  const made = await graphClient.api(meetings).post({ lobbyBypassSettings: { scope: "organization" } });
  const path = `${meetings}/${made.id}/attendanceReports`;
  const { id: ana } = await cli("user", "create", "--name", "Ana");
  const [host, guest] = [await caller(olga), await caller(ana)];
  const join = (displayName) => ({ type: "join", target: { kind: "meetingLink", link: made.joinWebUrl }, displayName, muted: true });
  const event = (type) => (message) => message.event?.type === type;
  host.ask(join("Olga"));
  await host.told(({ reply }) => reply?.type === "joined");
  guest.ask(join("Ana"));
  await host.told(event("knocked"));
  assert.deepEqual((await graphClient.api(path).get()).value, []);
  host.ask({ type: "admit", user: ana });
  await guest.told(event("admitted"));
  host.ask({ type: "endForEveryone" });
  await Promise.all([host.told(event("ended")), guest.told(event("ended"))]);
  host.close();
  guest.close();

  const [report] = (await graphClient.api(path).get()).value;
  assert.equal(report.totalParticipantCount, 2);
  assert.ok(Date.parse(report.meetingStartDateTime) <= Date.parse(report.meetingEndDateTime));
  const whole = await graphClient.api(`${path}/${report.id}`).expand("attendanceRecords").get();
  const shown = whole.attendanceRecords.map(({ identity, role, attendanceIntervals }) => [identity.displayName, identity.id, role, attendanceIntervals.length]);
  assert.deepEqual(shown, [["Olga", olga.replace("8:orgid:", ""), "Organizer", 1], ["Ana", ana, "Presenter", 1]]);
  const records = await graphClient.api(`${path}/${report.id}/attendanceRecords`).get();
  assert.deepEqual(records.value, whole.attendanceRecords);
  await assert.rejects(graphClient.api(`${path}/none`).get(), refused(404, "NotFound"));
});

test("an organizer asks with a user's token about their own meetings", async () => {
  const { token } = await cli("token", "issue", "--user", olga, "--scope", "meetings");
  const own = clientWithToken(token);
  const made = await own.api("/me/onlineMeetings").post({ subject: "My own" });
  assert.deepEqual(await own.api(`/me/onlineMeetings/${made.id}`).get(), made);
  assert.deepEqual(await graphClient.api(`${meetings}/${made.id}`).get(), made);
  assert.equal((await own.api("/me/onlineMeetings").filter(`JoinWebUrl eq '${made.joinWebUrl}'`).get()).value.length, 1);
  assert.equal((await own.api("/me/onlineMeetings").top(1).get()).value.length, 1);
  assert.equal((await own.api(`/me/onlineMeetings/${made.id}`).update({ subject: "Still mine" })).subject, "Still mine");
  assert.equal((await own.api("/me/onlineMeetings/createOrGet").post({ externalId: "of Olga" })).externalId, "of Olga");
  assert.deepEqual((await own.api(`/me/onlineMeetings/${made.id}/attendanceReports`).get()).value, []);
  await own.api(`/me/onlineMeetings/${made.id}`).delete();
  await assert.rejects(own.api(`/me/onlineMeetings/${made.id}`).get(), refused(404, "NotFound"));
  const other = await organizer("Oskar");
  await assert.rejects(own.api(`/users/${other}/onlineMeetings`).get(), refused(403, "Forbidden"));
});

test("without a token, with a bad one, and with one of a deleted application there is 401", async () => {
  for (const token of ["", "x.y.z"]) {
    await assert.rejects(clientWithToken(token).api(meetings).get(), refused(401, "InvalidAuthenticationToken"));
  }
  const short = await application(...ALL);
  const { token } = await credential(short).getToken(`${base}/.default`);
  await clientWithToken(token).api(meetings).get();
  await cli("app", "delete", short.clientId);
  await assert.rejects(clientWithToken(token).api(meetings).get(), refused(401, "InvalidAuthenticationToken"));
});

test("without the permission there is 403", async () => {
  const reader = client(await application("OnlineMeetings.Read.All"));
  const made = await graphClient.api(meetings).post({});
  assert.deepEqual(await reader.api(`${meetings}/${made.id}`).get(), made);
  await assert.rejects(reader.api(meetings).post({}), refused(403, "Forbidden"));
  await assert.rejects(reader.api(`${meetings}/${made.id}/attendanceReports`).get(), refused(403, "Forbidden"));
});

test("what cannot be used is 400 and what is not there is 404", async () => {
  await assert.rejects(graphClient.api(meetings).post({ subjekt: "typed wrong" }), refused(400, "BadRequest"));
  await assert.rejects(graphClient.api(meetings).post({ recordAutomatically: true }), refused(400, "BadRequest"));
  await assert.rejects(graphClient.api(meetings).filter("subject eq 'x'").get(), refused(400, "BadRequest"));
  await assert.rejects(graphClient.api(meetings).count(true).get(), refused(400, "BadRequest"));
  await assert.rejects(graphClient.api(`${meetings}/createOrGet`).post({}), refused(400, "BadRequest"));
  await assert.rejects(graphClient.api("/me/onlineMeetings").get(), refused(400, "BadRequest"));
  await assert.rejects(graphClient.api("/me/calendar").get(), refused(404, "NotFound"));
  await assert.rejects(graphClient.api("/users/00000000-0000-4000-8000-000000000000/onlineMeetings").get(), refused(404, "NotFound"));
});

test("secrets rotate without a pause", async () => {
  const rotating = await application(...ALL);
  const second = await cli("app", "add-secret", rotating.clientId);
  const withSecond = client({ ...rotating, clientSecret: second.clientSecret });
  await client(rotating).api(meetings).get();
  await withSecond.api(meetings).get();
  await cli("app", "remove-secret", rotating.clientId, rotating.secretId);
  await withSecond.api(meetings).get();
  await assert.rejects(credential(rotating).getToken(`${base}/.default`), (error) => {
    assert.equal(error.name, "AuthenticationRequiredError");
    assert.match(error.message, /convene app/);
    return true;
  });
});
