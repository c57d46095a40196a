// Runs the published Python clients, unmodified, plain and asyncio, against the real server over TLS.

import { spawn } from "node:child_process";
import { startOrganization } from "../lib/organization.mjs";
import { exitOf, startServer } from "../lib/server.mjs";
import { python } from "./environment.mjs";

const here = import.meta.dirname;
const interpreter = python();
const organization = await startOrganization();
// Callbacks come to a test on this machine.
const server = await startServer(...organization.flags, "--private-endpoints");
try {
  const env = { ...process.env, ...(await server.environment()), ...organization.environment, PYTHONDONTWRITEBYTECODE: "1" };
  // An argument names a file of tests (default: all).
  const [pattern = "test_*.py"] = process.argv.slice(2);
  const tests = spawn(interpreter, ["-m", "unittest", "discover", "--start-directory", here, "--pattern", pattern, "--verbose"], { stdio: ["ignore", "inherit", 1], env });
  process.exitCode = await exitOf(tests);
} finally {
  await server.stop("python");
  await organization.stop();
}
