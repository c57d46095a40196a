// Runs the published Python clients, unmodified, plain and asyncio, against the real server over TLS. They live in an environment of
// their own under target/, made anew when requirements.txt changes.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitOf, startServer } from "../lib/server.mjs";

const here = import.meta.dirname;
const place = join(here, "../../../target/peers-python");
const requirements = readFileSync(join(here, "requirements.txt"), "utf8");

function python() {
  const made = join(place, "made-from.txt");
  const binary = join(place, "bin/python");
  if (existsSync(made) && readFileSync(made, "utf8") === requirements) return binary;
  rmSync(place, { recursive: true, force: true });
  const inherit = { stdio: ["ignore", 2, 2] };
  execFileSync("python3", ["-m", "venv", place], inherit);
  execFileSync(binary, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", join(here, "requirements.txt")], inherit);
  writeFileSync(made, requirements);
  return binary;
}

const interpreter = python();
const server = await startServer();
try {
  const env = { ...process.env, ...(await server.environment()), PYTHONDONTWRITEBYTECODE: "1" };
  const tests = spawn(interpreter, ["-m", "unittest", "discover", "--start-directory", here, "--verbose"], { stdio: ["ignore", "inherit", 1], env });
  process.exitCode = await exitOf(tests);
} finally {
  await server.stop("python");
}
