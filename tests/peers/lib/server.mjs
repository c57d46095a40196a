// A server for the tests of published clients: over TLS, in a folder of its own, with what its command line prints for clients. It
// remembers which client asked for which operation, for the table in docs/compatibility.md.
//
//   CONVENE_BIN    the binary    (default: target/release/convene)

import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");
const binary = process.env.CONVENE_BIN ?? join(root, "target/release/convene");
const ADDRESSES = ["--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--public-address", "127.0.0.1"];
const ANSWERED = /answered operation=(\S+) status=(\d+) client=(\S+)/;

/** How a process ended. */
export function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Starts a server; `flags` are more flags of `convene serve`. */
export async function startServer(...flags) {
  const data = await mkdtemp(join(tmpdir(), "convene-peers-"));
  const env = { ...process.env, RUST_LOG: "warn,convene::requests=debug", NO_COLOR: "1" };
  const child = spawn(binary, ["serve", ...ADDRESSES, "--data", data, ...flags], { stdio: ["ignore", "pipe", "pipe"], env });
  const seen = new Set();
  createInterface({ input: child.stderr }).on("line", (line) => {
    const [, operation, status, client] = ANSWERED.exec(line) ?? [];
    if (operation === undefined) process.stderr.write(`${line}\n`);
    else if (Number(status) < 400 && client !== "-") seen.add(`${client} ${operation}`);
  });
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("Convene is ready: ") && resolve());
  });
  const cli = async (...args) => (await promisify(execFile)(binary, [...args, "--data", data])).stdout.trim();
  return {
    data,
    cli,
    /** What the clients of the tests read from their environment. */
    async environment() {
      return {
        CONVENE_BIN: binary,
        CONVENE_DATA: data,
        CONVENE_CA: await cli("ca"),
        CONVENE_CONNECTION_STRING: await cli("connection-string"),
        CONVENE_SECONDARY_CONNECTION_STRING: await cli("connection-string", "--key", "secondary"),
      };
    },
    /** Ends the server and removes its folder; `name`s the file in which it says which operations were answered well. */
    async stop(name) {
      if (child.exitCode === null && child.kill("SIGTERM")) await exitOf(child);
      await rm(data, { recursive: true, force: true });
      const reports = join(root, "target/test-reports");
      await mkdir(reports, { recursive: true });
      await writeFile(join(reports, `operations-${name}.json`), `${JSON.stringify([...seen].sort(), null, 2)}\n`);
    },
  };
}
