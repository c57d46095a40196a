// The sample bot, run as it stands.

import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";
import { TONES } from "./devices";
import { heardTones } from "./probes";
import type { Server } from "./server";

/** An octave above each person. */
const ANSWERS = TONES.map((tone) => 2 * tone);
const BOT = new URL("../../samples/voice-bot/bot.mjs", import.meta.url).pathname;

/** Starts the bot, for the meeting of a link or for a user; gives its process and what it says. */
export async function startBot(server: Server, target: string): Promise<{ bot: ChildProcess; said: string[] }> {
  const env = { ...process.env, CONNECTION_STRING: await server.connectionString(), NODE_EXTRA_CA_CERTS: await server.ca(), PORT: "0" };
  const bot = spawn(process.execPath, [BOT, target, "Parrot"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [bot.stdout, bot.stderr]) {
    if (stream) createInterface(stream).on("line", (line) => said.push(line));
  }
  return { bot, said };
}

/** What is heard on a page, of the tones of people and those an octave above. */
export async function heardWithAnswers(page: Page): Promise<number[]> {
  const all = await heardTones(page, [...TONES, ...ANSWERS]);
  return all.sort((a, b) => a - b);
}
