// Runs the published JavaScript clients, unmodified, against the real server over TLS. Node reads NODE_EXTRA_CA_CERTS only at its
// start, so the tests are a process of their own; files in `*.last.test.mjs` run after the others, since they end what those use.
// Arguments name test files (default: all).

import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { startOrganization } from "../lib/organization.mjs";
import { exitOf, startServer } from "../lib/server.mjs";

const here = import.meta.dirname;
const organization = await startOrganization();
// Callbacks come to a test on this machine.
const server = await startServer(...organization.flags, "--private-endpoints");
try {
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : (await readdir(here)).filter((name) => name.endsWith(".test.mjs"));
  const clients = await server.environment();
  const env = { ...process.env, ...clients, ...organization.environment, NODE_EXTRA_CA_CERTS: clients.CONVENE_CA };
  const isLast = (file) => file.endsWith(".last.test.mjs");
  for (const part of [files.filter((file) => !isLast(file)), files.filter(isLast)]) {
    if (part.length === 0) continue;
    const tests = spawn(process.execPath, ["--test", "--test-reporter=tap", "--test-timeout=180000", ...part.map((file) => join(here, file))], { stdio: ["ignore", "inherit", "inherit"], env });
    process.exitCode = (await exitOf(tests)) || process.exitCode;
  }
} finally {
  await server.stop("js");
  await organization.stop();
}
