// People without a browser: the load generator's, each of whom sends a clip and counts the pictures of all others.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const BINARY = process.env.CONVENE_CROWD ?? new URL("../../target/release/crowd", import.meta.url).pathname;

/** Who comes, and where to; as the program reads it. */
export interface Invitation {
  /** Address and port of the server's HTTP. */
  readonly http: string;
  readonly link: string;
  /** One for each of the people. */
  readonly tokens: readonly string[];
  /** The path of an IVF file. */
  readonly clip: string;
}

/** What they received: for each person the pictures of each video, fewest first. */
export interface CrowdReport {
  readonly seconds: number;
  readonly pictures: readonly (readonly number[])[];
}

/** Brings them into the meeting; the promise is kept when all are in. `leave` sends them away and says what they saw. */
export async function bringCrowd(invitation: Invitation): Promise<{ leave(): Promise<CrowdReport> }> {
  const child = spawn(BINARY, [], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => child.once("error", (error) => reject(new Error(`${BINARY} cannot be run: ${error.message}. Build it: cargo build --release --workspace`))));
  child.stdin.write(`${JSON.stringify(invitation)}\n`);
  const next = async (): Promise<string> => {
    const line = await Promise.race([lines.next(), failed]);
    if (line.done) throw new Error("The crowd ended without a word; what went wrong stands above.");
    return line.value;
  };
  const first = await next();
  if (first !== "ready") throw new Error(`The crowd said ${first}`);
  return {
    async leave() {
      child.stdin.end();
      return JSON.parse(await next()) as CrowdReport;
    },
  };
}
