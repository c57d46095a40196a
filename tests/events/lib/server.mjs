// A development server on 127.0.0.1 in a folder of its own, which can be killed and started again on the same folder and port.
//
//   CONVENE_BIN    the binary    (default: target/release/convene)

import { execFile, spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");
const binary = process.env.CONVENE_BIN ?? join(root, "target/release/convene");

/** Starts a process, and resolves when it has written a line that begins so. */
export async function startProcess(command, args, env, ready) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${command} ${args[0]} ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith(ready) && resolve());
  });
  return {
    pid: child.pid,
    /** Resolves when it is gone. */
    kill(signal = "SIGKILL") {
      child.kill(signal);
      return ended;
    },
  };
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts one; `flags` are more flags of `convene serve`. */
export async function startServer(...flags) {
  const data = await mkdtemp(join(tmpdir(), "convene-events-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["serve", "--dev", "--listen", `127.0.0.1:${port}`, "--media-listen", "127.0.0.1:0", "--data", data, ...flags];
  const start = () => startProcess(binary, args, { RUST_LOG: "error" }, "Convene is ready: ");
  let running = await start();
  const text = async (...words) => (await promisify(execFile)(binary, [...words, "--data", data])).stdout.trim();
  const connectionString = await text("connection-string");
  const key = Buffer.from(/accesskey=(\S+)/.exec(connectionString)[1], "base64");
  return {
    url,
    connectionString,
    ca: await text("ca"),
    cli: async (...words) => JSON.parse(await text(...words)),
    pid: () => running.pid,
    /** Ends the process without a word. */
    kill: () => running.kill(),
    async start() {
      running = await start();
    },
    async get(path) {
      const answer = await fetch(url + path);
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    /** A request signed with the access key, as the answer comes. */
    async signed(method, target, { content, headers } = {}) {
      const body = content === undefined ? "" : JSON.stringify(content);
      const date = new Date().toUTCString();
      const hash = createHash("sha256").update(body).digest("base64");
      const signature = createHmac("sha256", key).update(`${method}\n${target}\n${date};${new URL(url).host};${hash}`).digest("base64");
      const signed = { "x-ms-date": date, "x-ms-content-sha256": hash, Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}` };
      const answer = await fetch(url + target, { method, body: body || undefined, headers: { ...signed, "Content-Type": "application/json", ...headers } });
      if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
      return answer;
    },
    async stop() {
      await running.kill();
      await rm(data, { recursive: true, force: true });
    },
  };
}
