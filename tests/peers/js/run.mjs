// Runs the published ACS clients, unmodified, against the real server over TLS: starts a server, asks the command line for
// its connection string and its CA, and hands both to `node --test`. Node reads NODE_EXTRA_CA_CERTS only at its start, so the
// tests are a process of their own. Arguments name test files (default: all).
//
//   CONVENE_BIN    the binary    (default: target/release/convene)

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const here = import.meta.dirname;
const binary = process.env.CONVENE_BIN ?? join(here, "../../../target/release/convene");
const data = await mkdtemp(join(tmpdir(), "convene-peers-"));

async function cli(...args) {
  const { stdout } = await promisify(execFile)(binary, [...args, "--data", data]);
  return stdout.trim();
}

function startServer() {
  const flags = ["--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--public-address", "127.0.0.1", "--data", data];
  const child = spawn(binary, ["serve", ...flags], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, RUST_LOG: "warn" } });
  const ready = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("Convene is ready: ") && resolve());
  });
  return { child, ready };
}

function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

const server = startServer();
try {
  await server.ready;
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : (await readdir(here)).filter((name) => name.endsWith(".test.mjs"));
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: await cli("ca"),
    CONVENE_CONNECTION_STRING: await cli("connection-string"),
    CONVENE_SECONDARY_CONNECTION_STRING: await cli("connection-string", "--key", "secondary"),
  };
  const tests = spawn(process.execPath, ["--test", "--test-reporter=tap", ...files.map((file) => join(here, file))], { stdio: ["ignore", "inherit", "inherit"], env });
  process.exitCode = await exitOf(tests);
} finally {
  if (server.child.exitCode === null && server.child.kill("SIGTERM")) await exitOf(server.child);
  await rm(data, { recursive: true, force: true });
}
