// Replacing both access keys by the command line while clients go on. Started by run.mjs, after the others: it ends their keys.

import { CommunicationIdentityClient } from "@azure/communication-identity";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

async function cli(...args) {
  const { stdout } = await promisify(execFile)(process.env.CONVENE_BIN, [...args, "--data", process.env.CONVENE_DATA]);
  return stdout.trim();
}

const refused = { name: "RestError", statusCode: 401, code: "Unauthorized" };

test("both keys are replaced, one after the other, while clients go on", async () => {
  const [primary, secondary] = await Promise.all([cli("connection-string"), cli("connection-string", "--key", "secondary")]);
  const goesOn = new CommunicationIdentityClient(secondary);
  const renewed = new CommunicationIdentityClient(await cli("resource", "regenerate-key", "--key", "primary"));
  await assert.rejects(new CommunicationIdentityClient(primary).createUser(), refused);
  for (const client of [goesOn, renewed]) assert.match((await client.createUser()).communicationUserId, /^8:acs:/);
  const both = new CommunicationIdentityClient(await cli("resource", "regenerate-key", "--key", "secondary"));
  await assert.rejects(goesOn.createUser(), refused);
  for (const client of [renewed, both]) assert.match((await client.createUser()).communicationUserId, /^8:acs:/);
});
