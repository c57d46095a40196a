// What the REST APIs cost, beside a handler that does nothing, with SQLite and with PostgreSQL: requests per second of the server's
// own CPU time, and how long an answer takes. Then whether unknown and forbidden ids can be told apart by the clock.
//
//   node tests/peers/bench.mjs [requests of each case, 2000 by default]

import { execFileSync, spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = join(import.meta.dirname, "../..");
const binary = process.env.CONVENE_BIN ?? join(root, "target/release/convene");
const COUNT = Number(process.argv[2] ?? 2000);
/** Requests under way at once. */
const AT_ONCE = 4;
const REPETITIONS = 3;
/** Of /proc: `getconf CLK_TCK`. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

if (!Number.isInteger(COUNT) || COUNT < 100) throw new Error("Give a whole number of requests of at least 100.");

/** A child's first line of output that fits. */
function lineOf(child, pattern) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on("line", (line) => pattern.test(line) && resolve(line));
  });
}

/** A PostgreSQL of this run's own, as the tests of the store start it. It ends with this process. */
async function startPostgres() {
  const versions = readdirSync("/usr/lib/postgresql").map(Number).sort((a, b) => b - a);
  const bin = `/usr/lib/postgresql/${versions[0]}/bin`;
  const script = readFileSync(join(root, "crates/store/tests/cluster/guard.sh"), "utf8");
  const asPostgres = process.getuid() === 0 ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "sh"] : ["sh"];
  const [command, ...args] = [...asPostgres, "-c", script, "guard", bin];
  const guard = spawn(command, args, { cwd: "/", stdio: ["pipe", "pipe", "inherit"] });
  const folder = (await lineOf(guard, /./)).trim();
  return { url: `postgres://convene:convene-test@localhost/postgres?host=${folder}`, stop: () => guard.stdin.end() };
}

async function startServer(database) {
  const data = mkdtempSync(join(tmpdir(), "convene-bench-"));
  const env = { ...process.env, RUST_LOG: "warn", ...(database && { CONVENE_DATABASE: database }) };
  const addresses = ["--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--public-address", "127.0.0.1"];
  const child = spawn(binary, ["serve", ...addresses, "--requests-per-second", "1000000", "--data", data], { env, stdio: ["ignore", "pipe", "inherit"] });
  const url = new URL((await lineOf(child, /^Convene is ready: /)).slice("Convene is ready: ".length));
  const cli = (...args) => execFileSync(binary, [...args, "--data", data], { env, encoding: "utf8" }).trim();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { pid: child.pid, port: Number(url.port), host: url.host, cli, key: keyOf(cli("connection-string")), stop };
}

function keyOf(connectionString) {
  const [, key] = /accesskey=(\S+)/.exec(connectionString);
  return Buffer.from(key, "base64");
}

/** Seconds of CPU that a process has used. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function send(server, method, path, headers, body = "") {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: "127.0.0.1", port: server.port, method, path, headers: { Host: server.host, ...headers, "Content-Length": Buffer.byteLength(body) } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("end", () => resolve({ status: answer.statusCode, text }));
    });
    asked.once("error", reject).end(body);
  });
}

function signed(server, method, path, body = "") {
  const date = new Date().toUTCString();
  const hash = createHash("sha256").update(body).digest("base64");
  const signature = createHmac("sha256", server.key).update(`${method}\n${path}\n${date};${server.host};${hash}`).digest("base64");
  const headers = { "x-ms-date": date, "x-ms-content-sha256": hash, Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}` };
  return send(server, method, path, body ? { ...headers, "Content-Type": "application/json" } : headers, body);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const median = (values) => at([...values].sort((a, b) => a - b), 0.5);

/** Runs a case: requests per second, and per second of the server's CPU time; the 50th and 99th percentile of an answer, in milliseconds. */
async function run(server, ask, expected) {
  const [times, begun, since] = [[], cpu(server.pid), performance.now()];
  let left = COUNT;
  const worker = async () => {
    while (left-- > 0) {
      const asked = performance.now();
      const { status, text } = await ask();
      times.push(performance.now() - asked);
      if (status !== expected) throw new Error(`${status} instead of ${expected}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const perSecond = COUNT / ((performance.now() - since) / 1000);
  times.sort((a, b) => a - b);
  return { perSecond, perCpuSecond: COUNT / Math.max(cpu(server.pid) - begun, 1 / TICKS), p50: at(times, 0.5), p99: at(times, 0.99) };
}

const IDENTITIES = "/identities?api-version=2023-10-01";
const ROOMS = "api-version=2025-03-13";
const UNKNOWN_ROOM = "99199690362660524";

async function measure(name, server) {
  const { identity } = JSON.parse((await signed(server, "POST", IDENTITIES)).text);
  const token = `/identities/${encodeURIComponent(identity.id)}/:issueAccessToken?api-version=2023-10-01`;
  const cases = [
    ["does nothing (/healthz)", () => send(server, "GET", "/healthz", {}), 200],
    ["signature checked, nothing found", () => signed(server, "GET", `/rooms/${UNKNOWN_ROOM}?${ROOMS}`), 404],
    ["token issued", () => signed(server, "POST", token, '{"scopes":["voip"]}'), 200],
    ["user created", () => signed(server, "POST", IDENTITIES), 201],
  ];
  const runs = cases.map(() => []);
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    for (const [index, [, ask, expected]] of cases.entries()) runs[index].push(await run(server, ask, expected));
  }
  const floor = median(runs[0].map((one) => one.perCpuSecond));
  console.log(`\n${name}, ${COUNT} requests, ${AT_ONCE} at once, median of ${REPETITIONS}`);
  console.log("| case | per second of one core of the server | of a handler that does nothing | per second as they came | p50 ms | p99 ms |\n|---|---|---|---|---|---|");
  for (const [index, [what]] of cases.entries()) {
    const of = (key) => median(runs[index].map((one) => one[key]));
    console.log(`| ${what} | ${of("perCpuSecond").toFixed(0)} | ${(of("perCpuSecond") / floor).toFixed(2)} | ${of("perSecond").toFixed(0)} | ${of("p50").toFixed(2)} | ${of("p99").toFixed(2)} |`);
  }
}

/** One at a time, taking turns, so that whatever else the machine does meets both. */
async function compareByClock(name, server) {
  const { id } = JSON.parse(server.cli("resource", "create", "--host", "other.localhost"));
  const other = { ...server, host: "other.localhost", key: keyOf(server.cli("connection-string", "--resource", id)) };
  const forbidden = JSON.parse((await signed(other, "POST", `/rooms?${ROOMS}`)).text).id;
  const times = { [forbidden]: [], [UNKNOWN_ROOM]: [] };
  for (let round = 0; round < COUNT; round += 1) {
    for (const room of Object.keys(times)) {
      const since = performance.now();
      const { status } = await signed(server, "GET", `/rooms/${room}?${ROOMS}`);
      times[room].push(performance.now() - since);
      if (status !== 404) throw new Error(`${status} for a room that is not this resource's`);
    }
  }
  const ratio = median(times[forbidden]) / median(times[UNKNOWN_ROOM]);
  console.log(`\n${name}: another resource's room is refused in ${ratio.toFixed(3)} of the time that an unknown one takes (medians of ${COUNT}, taking turns)`);
}

const postgres = await startPostgres();
try {
  for (const [name, database] of [["SQLite", undefined], ["PostgreSQL", postgres.url]]) {
    const server = await startServer(database);
    try {
      await measure(name, server);
      await compareByClock(name, server);
    } finally {
      await server.stop();
    }
  }
} finally {
  agent.destroy();
  postgres.stop();
}
