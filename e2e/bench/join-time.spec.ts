// How long it takes from join() to the first decoded frame, and from admit() to it: real binary, real Chromium, 20 times each.
// Prints where the time goes. A run without a decoded frame fails.

import { writeFile } from "node:fs/promises";
import { cpus, loadavg, release } from "node:os";
import { randomUUID } from "node:crypto";
import type { APIRequestContext, Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { forgetMarks, installMarks, MARKS, marksOf, type Marked } from "../lib/join-marks";
import type { Server } from "../lib/server";

const RUNS = Number(process.env.BENCH_RUNS ?? 20);

/** What lies between one mark and the next. */
const PHASES = ["signal", "offer/answer", "ICE", "DTLS", "first frame's packets", "decoded and shown"];

/** Times of many runs, by phase. */
class Table {
  private readonly rows = new Map<string, number[]>();

  add(name: string, ms: number): void {
    const times = this.rows.get(name) ?? [];
    times.push(ms);
    this.rows.set(name, times);
  }

  /** Adds what lies between the marks of a run. */
  addRun(marks: Marked): void {
    const times = MARKS.map((name) => marks[name] ?? Number.NaN);
    expect(times.every(Number.isFinite), JSON.stringify(marks)).toBe(true);
    // A page is told of its connection when its main thread comes to it, which may be after the first packets.
    for (let index = times.length - 2; index >= 0; index -= 1) times[index] = Math.min(times[index] ?? 0, times[index + 1] ?? 0);
    PHASES.forEach((phase, index) => this.add(phase, (times[index + 1] ?? 0) - (times[index] ?? 0)));
    this.add("together", (times.at(-1) ?? 0) - (times[0] ?? 0));
  }

  /** Nearest rank. */
  private static rank(times: readonly number[], share: number): number {
    const sorted = [...times].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }

  figures(): Record<string, { p50: number; p95: number }> {
    const round = (ms: number): number => Math.round(ms * 10) / 10;
    const figure = (times: readonly number[]) => ({ p50: round(Table.rank(times, 0.5)), p95: round(Table.rank(times, 0.95)) });
    return Object.fromEntries([...this.rows].map(([name, times]) => [name, figure(times)]));
  }

  async print(title: string, file: string, loadBefore: number): Promise<void> {
    const lines = Object.entries(this.figures()).map(
      ([name, { p50, p95 }]) => `${name.padEnd(24)} ${p50.toFixed(1).padStart(8)} ${p95.toFixed(1).padStart(8)}`,
    );
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? "?"}, Linux ${release()}, load average before: ${loadBefore.toFixed(1)}`;
    console.log(`\n${title}, ${RUNS} times, ms\n${machine}\n${"".padEnd(24)} ${"p50".padStart(8)} ${"p95".padStart(8)}\n${lines.join("\n")}\n`);
    await writeFile(new URL(`../.out/${file}.json`, import.meta.url).pathname, JSON.stringify({ machine, runs: RUNS, ms: this.figures() }, null, 2));
  }
}

async function get<Answer>(request: APIRequestContext, url: string): Promise<Answer> {
  return (await request.get(url)).json();
}

/** Somebody's app with everything made that can be made before the call; `join` is then all that is missing. */
async function prepare(page: Page, token: string): Promise<void> {
  await page.goto("/samples/");
  await page.evaluate(async (token) => {
    const path = "/sdk/calling.js";
    const sdk = await import(path);
    const client = new sdk.CallClient();
    const devices = await client.getDeviceManager();
    await devices.askDevicePermission({ audio: true, video: true });
    const agent = await client.createCallAgent(new sdk.AzureCommunicationTokenCredential(token), { displayName: "Newcomer" });
    const [camera] = await devices.getCameras();
    document.body.replaceChildren();
    const join = (target: object): void => {
      window.__mark("asked");
      const call = agent.join(target, { videoOptions: { localVideoStreams: [new sdk.LocalVideoStream(camera)] } });
      type Stream = { mediaStreamType: string; isAvailable: boolean; on(name: string, listener: () => void): void };
      const show = async (stream: Stream): Promise<void> => {
        if (!stream.isAvailable) return;
        document.body.append((await new sdk.VideoStreamRenderer(stream).createView()).target);
      };
      const watch = ({ videoStreams }: { videoStreams: readonly Stream[] }): void => {
        const stream = videoStreams.find((each) => each.mediaStreamType === "Video");
        stream?.on("isAvailableChanged", () => void show(stream));
        if (stream) void show(stream);
      };
      call.remoteParticipants.forEach(watch);
      call.on("remoteParticipantsUpdated", ({ added }: { added: { videoStreams: readonly Stream[] }[] }) => added.forEach(watch));
      Object.assign(window, { __call: call });
    };
    Object.assign(window, { __join: join });
  }, token);
}

function join(page: Page, target: object): Promise<void> {
  return page.evaluate((target) => (window as unknown as { __join: (target: object) => void }).__join(target), target);
}

async function waitForState(page: Page, state: string): Promise<void> {
  await page.waitForFunction((state) => (window as unknown as { __call: { state: string } }).__call.state === state, state);
}

async function hangUp(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { __call: { hangUp(): Promise<void> } }).__call.hangUp());
}

async function guestToken(request: APIRequestContext, server: Server): Promise<string> {
  return (await get<{ token: string }>(request, `${server.url}/api/token`)).token;
}

test("join() of a group call in which somebody is", async ({ open, request, server }) => {
  test.setTimeout(RUNS * 20_000);
  const groupId = randomUUID();
  const loadBefore = loadavg()[0] ?? 0;
  const there = await AppPage.join(await open("red"), await guestToken(request, server), { groupId }, "There");
  await there.expectState("Connected");
  const table = new Table();
  const page = await open("green");
  await page.addInitScript(installMarks);
  for (let run = 0; run < RUNS; run += 1) {
    await prepare(page, await guestToken(request, server));
    await join(page, { groupId });
    table.addRun(await marksOf(page));
    await hangUp(page);
    await expect.poll(() => there.others()).toEqual([]);
  }
  await table.print("from join() of a group call to the first decoded frame", "join-time", loadBefore);
});

test("admit() from the lobby of a meeting", async ({ open, request, server }) => {
  test.setTimeout(RUNS * 20_000);
  const olga = await get<{ token: string; meetingsToken: string }>(request, `${server.url}/api/dev/organizer?name=Olga`);
  const headers = { Authorization: `Bearer ${olga.meetingsToken}` };
  const made = await request.post(`${server.url}/v1.0/me/onlineMeetings`, { headers, data: { subject: "Bench" } });
  const { joinWebUrl }: { joinWebUrl: string } = await made.json();
  const loadBefore = loadavg()[0] ?? 0;
  const organizerPage = await open("red");
  await organizerPage.addInitScript(installMarks);
  const organizer = await AppPage.join(organizerPage, olga.token, { meetingLink: joinWebUrl }, "Olga");
  await organizer.expectState("Connected");
  const table = new Table();
  const page = await open("green");
  await page.addInitScript(installMarks);
  for (let run = 0; run < RUNS; run += 1) {
    await prepare(page, await guestToken(request, server));
    await join(page, { meetingLink: joinWebUrl });
    await waitForState(page, "InLobby");
    await organizerPage.waitForFunction(() => (window as unknown as { __app: { call: { lobby: { participants: object[] } } } }).__app.call.lobby.participants.length === 1);
    await forgetMarks(organizerPage);
    const admittedAt = await organizerPage.evaluate(() => {
      const { lobby } = (window as unknown as { __app: { call: { lobby: { participants: { identifier: object }[]; admit(who: object): Promise<void> } } } }).__app.call;
      const at = performance.timeOrigin + performance.now();
      const [waiting] = lobby.participants;
      if (waiting) void lobby.admit(waiting.identifier);
      return at;
    });
    table.addRun({ ...(await marksOf(page)), asked: admittedAt });
    const seen = await marksOf(organizerPage);
    table.add("seen by the organizer", (seen.frame ?? Number.NaN) - admittedAt);
    await hangUp(page);
    await expect.poll(() => organizer.others()).toEqual([]);
  }
  await table.print("from admit() to the guest's first decoded frame", "admit-time", loadBefore);
});
