// Runs the published Python clients, unmodified, plain and asyncio, against the real server over TLS.

import { spawn } from "node:child_process";
import { startOrganization } from "../lib/organization.mjs";
import { exitOf, startServer } from "../lib/server.mjs";
import { python } from "./environment.mjs";

const here = import.meta.dirname;
const interpreter = python();
const organization = await startOrganization();
const server = await startServer(...organization.flags);
try {
  const env = { ...process.env, ...(await server.environment()), ...organization.environment, PYTHONDONTWRITEBYTECODE: "1" };
  const tests = spawn(interpreter, ["-m", "unittest", "discover", "--start-directory", here, "--verbose"], { stdio: ["ignore", "inherit", 1], env });
  process.exitCode = await exitOf(tests);
} finally {
  await server.stop("python");
  await organization.stop();
}
