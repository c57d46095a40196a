// @azure/communication-rooms, as published, with nothing but a connection string. Started by run.mjs.

import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";
import assert from "node:assert/strict";
import { test } from "node:test";

const connectionString = process.env.CONVENE_CONNECTION_STRING;
const client = new RoomsClient(connectionString);
const identities = new CommunicationIdentityClient(connectionString);

const DAY = 24 * 60 * 60 * 1000;
const UNKNOWN = "99199690362660524";
const inDays = (days) => new Date(Date.now() + days * DAY);

function refused(statusCode, code) {
  return (error) => {
    assert.equal(error.name, "RestError");
    assert.deepEqual([error.statusCode, error.code], [statusCode, code], error.message);
    return true;
  };
}

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}

const listed = async (room) => (await all(client.listParticipants(room.id))).map(({ id, role }) => [id.communicationUserId, role]);
const byId = ([a], [b]) => (a < b ? -1 : 1);

test("a room is created of which nothing is said", async () => {
  const room = await client.createRoom();
  assert.match(room.id, /^\d{17}$/);
  assert.ok(room.createdOn instanceof Date && Math.abs(room.createdOn - Date.now()) < 60_000);
  assert.equal(room.validUntil - room.validFrom, 180 * DAY);
  assert.equal(room.pstnDialOutEnabled, false);
  assert.deepEqual(await listed(room), []);
});

test("a room is created with times, dialling out and all four roles", async () => {
  const roles = ["Presenter", "Collaborator", "Attendee", "Consumer"];
  const users = await Promise.all(roles.map(() => identities.createUser()));
  const participants = users.map((id, at) => ({ id, role: roles[at] }));
  const [validFrom, validUntil] = [inDays(3), inDays(30)];
  const room = await client.createRoom({ validFrom, validUntil, pstnDialOutEnabled: true, participants });
  assert.deepEqual([room.validFrom, room.validUntil, room.pstnDialOutEnabled], [validFrom, validUntil, true]);
  const expected = users.map((id, at) => [id.communicationUserId, roles[at]]);
  assert.deepEqual(await listed(room), expected.sort(byId));
});

test("a room that would be valid for too long, or for somebody else's user, is not created", async () => {
  await assert.rejects(client.createRoom({ validFrom: inDays(3), validUntil: inDays(203) }), refused(400, "BadRequest"));
  await assert.rejects(client.createRoom({ validFrom: inDays(203) }), refused(400, "BadRequest"));
  await assert.rejects(client.createRoom({ validUntil: inDays(-1) }), refused(400, "BadRequest"));
  const wrong = { id: { communicationUserId: "wrong_mri" }, role: "Attendee" };
  await assert.rejects(client.createRoom({ participants: [wrong] }), refused(400, "BadRequest"));
});

test("a room is read, and an unknown one is not found", async () => {
  const room = await client.createRoom({ pstnDialOutEnabled: true });
  assert.deepEqual(await client.getRoom(room.id), room);
  await assert.rejects(client.getRoom(UNKNOWN), refused(404, "NotFound"));
  await assert.rejects(client.getRoom("invalid_id"), refused(400, "BadRequest"));
});

test("a room is changed in what is said and stays as it is otherwise", async () => {
  const room = await client.createRoom();
  const validUntil = inDays(20);
  const changed = await client.updateRoom(room.id, { validUntil, pstnDialOutEnabled: true });
  assert.deepEqual(changed, { ...room, validUntil, pstnDialOutEnabled: true });
  assert.deepEqual(await client.updateRoom(room.id, {}), changed);
  await assert.rejects(client.updateRoom(room.id, { validUntil: inDays(203) }), refused(400, "BadRequest"));
  await assert.rejects(client.updateRoom(UNKNOWN, { pstnDialOutEnabled: true }), refused(404, "NotFound"));
});

test("a room is deleted, and again", async () => {
  const room = await client.createRoom();
  await client.deleteRoom(room.id);
  await client.deleteRoom(room.id);
  await assert.rejects(client.getRoom(room.id), refused(404, "NotFound"));
  await assert.rejects(client.deleteRoom("123"), refused(400, "BadRequest"));
});

test("participants are added, changed and removed", async () => {
  const [ana, ben, cleo] = await Promise.all([1, 2, 3].map(() => identities.createUser()));
  const room = await client.createRoom({ participants: [{ id: ana, role: "Presenter" }] });
  await client.addOrUpdateParticipants(room.id, [{ id: ana, role: "Consumer" }, { id: ben, role: "Collaborator" }, { id: cleo }]);
  const expected = [[ana, "Consumer"], [ben, "Collaborator"], [cleo, "Attendee"]].map(([id, role]) => [id.communicationUserId, role]);
  assert.deepEqual(await listed(room), expected.sort(byId));
  await client.removeParticipants(room.id, [ana, cleo]);
  assert.deepEqual(await listed(room), [[ben.communicationUserId, "Collaborator"]]);
  await client.removeParticipants(room.id, [ana]);
  await assert.rejects(client.addOrUpdateParticipants(UNKNOWN, [{ id: ana }]), refused(404, "NotFound"));
  await assert.rejects(client.removeParticipants(room.id, [{ communicationUserId: "wrong_mri" }]), refused(400, "BadRequest"));
  await assert.rejects(client.removeParticipants(UNKNOWN, [ana]), refused(404, "NotFound"));
});

test("participants are listed page by page past two pages, and those of an unknown room are not", async () => {
  const { communicationUserId } = await identities.createUser();
  const resource = communicationUserId.slice(0, communicationUserId.indexOf("_"));
  const participants = Array.from({ length: 120 }, (_, at) => ({ id: { communicationUserId: `${resource}_${String(at).padStart(4, "0")}` } }));
  const room = await client.createRoom({ participants });
  const found = await listed(room);
  assert.deepEqual(found, participants.map(({ id }) => [id.communicationUserId, "Attendee"]));
  const sizes = [];
  for await (const page of client.listParticipants(room.id).byPage()) sizes.push(page.length);
  assert.deepEqual(sizes, [50, 50, 20]);
  await assert.rejects(all(client.listParticipants(UNKNOWN)), refused(404, "NotFound"));
});

test("rooms are listed page by page past two pages", async () => {
  const made = [];
  for (let count = 0; count < 110; count += 1) made.push((await client.createRoom()).id);
  const found = new Set((await all(client.listRooms())).map(({ id }) => id));
  assert.deepEqual(made.filter((id) => !found.has(id)), []);
  let pages = 0;
  for await (const page of client.listRooms().byPage()) pages += page.length > 0 ? 1 : 0;
  assert.ok(pages >= 3, `${pages} pages`);
});

test("a wrong key gets 401 from every list and every call", async () => {
  const wrong = connectionString.replace(/accesskey=.*/, `accesskey=${Buffer.alloc(64, 7).toString("base64")}`);
  const stranger = new RoomsClient(wrong);
  await assert.rejects(stranger.createRoom(), refused(401, "Unauthorized"));
  await assert.rejects(all(stranger.listRooms()), refused(401, "Unauthorized"));
});
