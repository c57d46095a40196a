// What a signed request must be, tried with the published client: its policies sign, and what the tests put behind them spoils the request on
// its way out. Started by run.mjs.

import { CommunicationIdentityClient } from "@azure/communication-identity";
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const connectionString = process.env.CONVENE_CONNECTION_STRING;

/** A client whose requests are changed after they are signed. */
function spoiled(change) {
  const policy = { name: "spoil", sendRequest: (request, next) => (change(request), next(request)) };
  return new CommunicationIdentityClient(connectionString, { additionalPolicies: [{ policy, position: "perRetry" }] });
}

function unauthorized(reason) {
  return (error) => {
    assert.deepEqual([error.name, error.statusCode, error.code], ["RestError", 401, "Unauthorized"], error.message);
    assert.match(error.message, reason);
    return true;
  };
}

test("what is not spoiled is taken", async () => {
  let seen = "";
  const client = spoiled((request) => (seen = request.headers.get("authorization") ?? ""));
  await client.createUser();
  assert.match(seen, /^HMAC-SHA256 SignedHeaders=/, "the change comes after the signature");
});

test("a clock within 15 minutes is taken, one beyond is refused, on either side", async (context) => {
  const client = new CommunicationIdentityClient(connectionString);
  context.after(() => mock.timers.reset());
  const at = async (minutes) => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["Date"], now: Date.now() + minutes * 60_000 });
    return client.createUser();
  };
  for (const minutes of [-14, 14]) assert.match((await at(minutes)).communicationUserId, /^8:acs:/);
  for (const minutes of [-16, 16]) await assert.rejects(at(minutes), unauthorized(/more than 15 minutes/));
});

test("a body that was changed on its way is refused", async () => {
  const client = spoiled((request) => (request.body = JSON.stringify({ createTokenWithScopes: ["chat"], expiresInMinutes: 1440 })));
  await assert.rejects(client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 60 }), unauthorized(/body is not the one/));
});

test("the signature of one path is none for another", async () => {
  const user = await new CommunicationIdentityClient(connectionString).createUser();
  const client = spoiled((request) => (request.url = request.url.replace(":revokeAccessTokens", ":issueAccessToken")));
  await assert.rejects(client.revokeTokens(user), unauthorized(/does not fit/));
});

test("another method than the signed one does nothing", async () => {
  const user = await new CommunicationIdentityClient(connectionString).createUser();
  const client = spoiled((request) => (request.method = "POST"));
  await assert.rejects(client.deleteUser(user), { name: "RestError", statusCode: 405, code: "MethodNotAllowed" });
});
