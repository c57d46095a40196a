// coturn, as an operator runs it beside Convene: with a secret that both know, and nothing else.

import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { rm, mkdtemp } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether it is on this machine. */
export function hasTurnServer(): boolean {
  return spawnSync("turnserver", ["--version"], { stdio: "ignore" }).error === undefined;
}

/** A running TURN server. */
export interface TurnServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one on this machine that believes credentials made with `secret`. */
export async function startTurnServer(secret: string): Promise<TurnServer> {
  const folder = await mkdtemp(join(tmpdir(), "turn-"));
  const port = await freePort();
  const own = ["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", String(port), "--allow-loopback-peers", "--no-tls", "--no-dtls", "--no-tcp-relay"];
  const quiet = ["-n", "--verbose", "--no-cli", "--no-software-attribute", "--log-file", "stdout", "--simple-log", "--pidfile", join(folder, "pid"), "--userdb", join(folder, "users")];
  const child = spawn("turnserver", [...own, ...quiet, "--realm", "convene", "--use-auth-secret", "--static-auth-secret", secret], { stdio: ["ignore", "pipe", "ignore"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/UDP listener opened on ?: /.test(said)) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`turnserver has ended: ${said}`)));
  });
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((done) => socket.close(done));
  return port;
}
