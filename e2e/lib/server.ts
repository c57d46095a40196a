// Starts the real binary on a free port of the loopback address, with a data folder of its own.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** A running server. */
export interface Server {
  /** Its address, without a slash at the end. It stays the same over a restart. */
  readonly url: string;
  /** Stops it as an operator would, and starts it again on the same port and data folder. */
  restart(): Promise<void>;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after it was killed, on the same port and data folder. */
  start(): Promise<void>;
  /** Runs the command line on the server's data folder, and reads the JSON that it prints. */
  cli<Answer>(...args: string[]): Promise<Answer>;
  /** What apps' servers are configured with. */
  connectionString(): Promise<string>;
  /** The file of the local CA, for clients that insist on https. */
  ca(): Promise<string>;
  stop(): Promise<void>;
}

const BINARY = process.env.CONVENE_BIN ?? new URL("../../target/release/convene", import.meta.url).pathname;

/** How a server is started. */
export interface ServerOptions {
  readonly dev: boolean;
  /** Where media goes, instead of the loopback address. */
  readonly mediaAddress?: string;
  /** Where browsers are told to send it, if that is something else before it. */
  readonly publicAddress?: string;
  /** Ports of its own choice, for journeys with a network of their own; otherwise free ones. */
  readonly ports?: { readonly http: number; readonly media: number };
  readonly lobbyWaitSeconds?: number;
  readonly flags?: readonly string[];
}

/** Starts a server and waits until it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "convene-e2e-"));
  const { mediaAddress = "127.0.0.1", publicAddress = mediaAddress, ports = { http: 0, media: 0 } } = options;
  const flags = ["--media-listen", `${mediaAddress}:${ports.media}`, "--public-address", publicAddress, "--data", data, ...(options.dev ? ["--dev"] : [])];
  if (options.lobbyWaitSeconds !== undefined) flags.push("--lobby-wait", String(options.lobbyWaitSeconds));
  flags.push(...(options.flags ?? []));
  let running = await run(["serve", "--listen", `127.0.0.1:${ports.http}`, ...flags]);
  const { url } = running;
  return {
    url,
    async restart() {
      await running.stop();
      running = await run(["serve", "--listen", `127.0.0.1:${new URL(url).port}`, ...flags]);
    },
    kill: () => running.kill(),
    async start() {
      running = await run(["serve", "--listen", `127.0.0.1:${new URL(url).port}`, ...flags]);
    },
    async cli<Answer>(...args: string[]) {
      const { stdout } = await promisify(execFile)(BINARY, [...args, "--data", data]);
      return JSON.parse(stdout) as Answer;
    },
    async connectionString() {
      return (await promisify(execFile)(BINARY, ["connection-string", "--data", data])).stdout.trim();
    },
    async ca() {
      return (await promisify(execFile)(BINARY, ["ca", "--data", data])).stdout.trim();
    },
    async stop() {
      await running.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function run(args: readonly string[]): Promise<{ url: string; stop: () => Promise<void>; kill: () => Promise<void> }> {
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const url = await readyAddress(child, said);
  return {
    url,
    async kill() {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      if (child.exitCode === null && child.kill("SIGKILL")) await exited;
    },
    async stop() {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      if (child.exitCode === null && child.kill("SIGTERM")) await exited;
      if (process.env.E2E_SERVER_LOG) console.log(said.join(""));
    },
  };
}

function readyAddress(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it was ready.\n${said.join("")}`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(`${line}\n`);
      const [, url] = /^Convene is ready: (https?:\/\/\S+?)\/?$/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
}
