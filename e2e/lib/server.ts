// Starts the real binary on a free port of the loopback address, with a data folder of its own.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A running server. */
export interface Server {
  /** Its address, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

const BINARY = process.env.CONVENE_BIN ?? new URL("../../target/release/convene", import.meta.url).pathname;

/** Starts a server and waits until it is ready. */
export async function startServer(options: { readonly dev: boolean }): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "convene-e2e-"));
  const flags = ["--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--public-address", "127.0.0.1", "--data", data];
  const child = spawn(BINARY, ["serve", ...(options.dev ? ["--dev"] : []), ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const url = await readyAddress(child, said);
  return {
    url,
    async stop() {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      if (child.exitCode === null && child.kill("SIGTERM")) await exited;
      if (process.env.E2E_SERVER_LOG) console.log(said.join(""));
      await rm(data, { recursive: true, force: true });
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
      const [, url] = /^Convene is ready: (http:\/\/\S+?)\/?$/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
}
