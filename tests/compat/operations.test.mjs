// The table of operations in docs/compatibility.md is what the published clients were answered in this run of the tests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { table, writtenTable } from "../../scripts/operations.mjs";

test("the docs list each operation with the clients that a test has run against it", () => {
  assert.equal(writtenTable(), table(), "`node scripts/operations.mjs --write` writes the table anew");
});
