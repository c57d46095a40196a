// The sample back ends, run as they stand: a user with a token, a room and a meeting from Microsoft's clients, a guest by the SDK.

import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToSee } from "../lib/probes";
import { startServer, type Server } from "../lib/server";

const root = new URL("../../", import.meta.url).pathname;
const python = (): string => execFileSync(process.execPath, [`${root}tests/peers/python/environment.mjs`], { encoding: "utf8" }).trim();

interface Invitation {
  readonly userId: string;
  readonly token: string;
  readonly roomId: string;
  readonly meetingLink: string;
}

interface BackEnd {
  invitation(): Promise<Invitation>;
  stop(): Promise<void>;
}

async function startBackEnd(server: Server, command: string, file: string): Promise<BackEnd> {
  const app = await server.cli<{ tenantId: string; clientId: string; clientSecret: string }>("app", "create", "--name", "Advice");
  const organizer = await server.cli<{ id: string }>("user", "create", "--organizer", "--name", "Olga");
  const ca = await server.ca();
  const env = {
    ...process.env,
    CONNECTION_STRING: await server.connectionString(),
    TENANT_ID: app.tenantId,
    CLIENT_ID: app.clientId,
    CLIENT_SECRET: app.clientSecret,
    ORGANIZER: organizer.id,
    PORT: "0",
    NODE_EXTRA_CA_CERTS: ca,
    REQUESTS_CA_BUNDLE: ca,
  };
  const child = spawn(command, [`${root}samples/back-end/${file}`], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("Ready on ") && resolve(line.slice("Ready on ".length)));
  });
  return {
    async invitation() {
      const answer = await fetch(`${url}/invitations`, { method: "POST" });
      const body: unknown = await answer.json();
      expect(answer.status, JSON.stringify(body)).toBe(200);
      return body as Invitation;
    },
    async stop() {
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    },
  };
}

for (const [language, command, file] of [["JavaScript", () => process.execPath, "server.mjs"], ["Python", python, "server.py"]] as const) {
  test(`guests of the back end in ${language} meet in the meeting, and its user enters the room`, async ({ open }) => {
    const own = await startServer({ dev: false });
    const back = await startBackEnd(own, command(), file);
    try {
      const [ana, ben] = [await back.invitation(), await back.invitation()];
      const red = await open("red", { baseURL: own.url });
      const green = await open("green", { baseURL: own.url });
      const a = await AppPage.join(red, ana.token, { meetingLink: ana.meetingLink }, "Ana");
      const b = await AppPage.join(green, ben.token, { meetingLink: ana.meetingLink }, "Ben");
      await expectToSee(a.videoOf("Ben"), "green");
      await expectToSee(b.videoOf("Ana"), "red");
      const inRoom = await AppPage.join(green, ben.token, { roomId: ben.roomId }, "Ben");
      await inRoom.expectState("Connected");
      expect(await inRoom.do(({ call }) => call.role)).toBe("Presenter");
    } finally {
      await back.stop();
      await own.stop();
    }
  });
}
