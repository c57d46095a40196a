// @azure/communication-identity, as published, with nothing but a connection string. Started by run.mjs.

import { CommunicationIdentityClient } from "@azure/communication-identity";
import assert from "node:assert/strict";
import { test } from "node:test";

const connectionString = process.env.CONVENE_CONNECTION_STRING;
const client = new CommunicationIdentityClient(connectionString);

const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
const minutesLeft = (expiresOn) => (expiresOn.getTime() - Date.now()) / 60_000;

function refused(statusCode, code) {
  return (error) => {
    assert.equal(error.name, "RestError");
    assert.deepEqual([error.statusCode, error.code], [statusCode, code], error.message);
    return true;
  };
}

test("the connection string is one for https", () => {
  assert.match(connectionString, /^endpoint=https:\/\/localhost:\d+\/;accesskey=[A-Za-z0-9+/]+=*$/);
});

test("a user is created", async () => {
  const [one, other] = [await client.createUser(), await client.createUser()];
  assert.match(one.communicationUserId, /^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/);
  assert.notEqual(one.communicationUserId, other.communicationUserId);
});

test("a user is created with a token", async () => {
  const { user, token, expiresOn } = await client.createUserAndToken(["chat", "voip"], { tokenExpiresInMinutes: 60 });
  const said = claims(token);
  assert.equal(`8:${said.skypeid}`, user.communicationUserId);
  assert.equal(said.acsScope, "chat,voip");
  assert.ok(expiresOn instanceof Date && Math.abs(minutesLeft(expiresOn) - 60) < 1, String(expiresOn));
});

test("a token is issued for a user, for a day unless asked otherwise", async () => {
  const user = await client.createUser();
  const { token, expiresOn } = await client.getToken(user, ["voip.join", "chat.join.limited"]);
  assert.equal(`8:${claims(token).skypeid}`, user.communicationUserId);
  assert.ok(Math.abs(minutesLeft(expiresOn) - 1440) < 1, String(expiresOn));
  const shorter = await client.getToken(user, ["voip"], { tokenExpiresInMinutes: 90 });
  assert.ok(Math.abs(minutesLeft(shorter.expiresOn) - 90) < 1, String(shorter.expiresOn));
});

test("tokens are revoked, and the next one is of a new generation", async () => {
  const { user, token } = await client.createUserAndToken(["voip"]);
  await client.revokeTokens(user);
  const again = await client.getToken(user, ["voip"]);
  assert.deepEqual([claims(token).gen, claims(again.token).gen], [0, 1]);
});

test("a deleted user is unknown", async () => {
  const user = await client.createUser();
  await client.deleteUser(user);
  await assert.rejects(client.getToken(user, ["voip"]), refused(404, "NotFound"));
  await assert.rejects(client.deleteUser(user), refused(404, "NotFound"));
});

test("another resource's user is unknown", async () => {
  const stranger = { communicationUserId: "8:acs:00000000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000000" };
  await assert.rejects(client.revokeTokens(stranger), refused(404, "NotFound"));
});

test("a lifetime or a scope that there is not is refused", async () => {
  const user = await client.createUser();
  await assert.rejects(client.getToken(user, ["voip"], { tokenExpiresInMinutes: 30 }), refused(400, "BadRequest"));
  await assert.rejects(client.getToken(user, ["fly"]), refused(400, "BadRequest"));
});

const teamsUser = (change = {}) => ({
  teamsUserAadToken: process.env.CONVENE_ORGANIZATION_TOKEN,
  clientId: process.env.CONVENE_ORGANIZATION_APP,
  userObjectId: process.env.CONVENE_ORGANIZATION_PERSON,
  ...change,
});

test("somebody of the organization gets a token of their own for what its provider says", async () => {
  const { token, expiresOn } = await client.getTokenForTeamsUser(teamsUser());
  const said = claims(token);
  assert.deepEqual([said.skypeid, said.acsScope], [`orgid:${process.env.CONVENE_ORGANIZATION_PERSON}`, "chat,voip"]);
  assert.ok(expiresOn instanceof Date && Math.abs(minutesLeft(expiresOn) - 60) < 1, String(expiresOn));
});

test("what the provider did not say of this person for this app is refused", async () => {
  const stranger = "00000000-0000-4000-8000-0000000000cc";
  await assert.rejects(client.getTokenForTeamsUser(teamsUser({ userObjectId: stranger })), refused(403, "Forbidden"));
  await assert.rejects(client.getTokenForTeamsUser(teamsUser({ clientId: stranger })), refused(403, "Forbidden"));
  const expired = process.env.CONVENE_ORGANIZATION_EXPIRED;
  await assert.rejects(client.getTokenForTeamsUser(teamsUser({ teamsUserAadToken: expired })), refused(401, "Unauthorized"));
});

test("the secondary key is as good as the primary", async () => {
  const other = new CommunicationIdentityClient(process.env.CONVENE_SECONDARY_CONNECTION_STRING);
  assert.notEqual(process.env.CONVENE_SECONDARY_CONNECTION_STRING, connectionString);
  const user = await client.createUser();
  assert.ok((await other.getToken(user, ["voip"])).token);
});

test("a wrong key gets 401", async () => {
  const wrong = connectionString.replace(/accesskey=.*/, `accesskey=${Buffer.alloc(64, 7).toString("base64")}`);
  const stranger = new CommunicationIdentityClient(wrong);
  await assert.rejects(stranger.createUser(), refused(401, "Unauthorized"));
});
