// Ten people with cameras in one meeting: three in Chromium on the meeting page, seven of the load generator. Everybody must see
// everybody else's video move. Prints the processor time that a tile costs a client.

import type { Locator } from "@playwright/test";
import { readFileSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { encodeClip } from "../lib/clip";
import { bringCrowd } from "../lib/crowd";
import type { Colour } from "../lib/devices";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { guestToken } from "../lib/meetings";
import { look, verdict } from "../lib/probes";

const CROWD = 7;
const CLIP = { width: 320, height: 180, framesPerSecond: 15, frames: 45, bitrate: 200_000 };
/** For how many pictures of one of the crowd processor time is counted: ten seconds of video. */
const PICTURES = 10 * CLIP.framesPerSecond;

test("ten people in one meeting", async ({ open, request, server }, info) => {
  test.setTimeout(240_000);
  const organizer = await MeetingPage.start(await open("red"), { name: "Red", lobby: "Nobody waits" });
  const link = await organizer.link();
  const pages: [Colour, MeetingPage][] = [["red", organizer]];
  for (const colour of ["green", "yellow"] as const) {
    const guest = await MeetingPage.open(await open(colour), link, colour === "green" ? "Green" : "Yellow");
    await guest.join();
    pages.push([colour, guest]);
  }
  const clip = info.outputPath("clip.ivf");
  await writeFile(clip, await encodeClip(organizer.page, CLIP));
  const tokens = await Promise.all(Array.from({ length: CROWD }, () => guestToken(request, server)));
  const crowd = await bringCrowd({ http: `127.0.0.1:${new URL(server.url).port}`, link, tokens, clip });

  const guests = Array.from({ length: CROWD }, (_, index) => `Guest ${index + 1}`);
  const looks = new Map<string, Colour>([["Red", "red"], ["Green", "green"], ["Yellow", "yellow"], ...guests.map((name) => [name, "blue"] as const)]);
  for (const [own, page] of pages) {
    for (const [name, colour] of looks) {
      await expect.poll(async () => verdict(await look(page.videoOf(name))), { message: `${name} at ${own}'s page`, timeout: 60_000 }).toBe(colour);
    }
  }

  const clients = browserProcesses();
  const before = processorTime(clients);
  const span = await secondsFor(organizer.videoOf("Guest 1"), PICTURES);
  const spent = processorTime(clients) - before;
  const { seconds, pictures } = await crowd.leave();

  expect(pictures).toHaveLength(CROWD);
  for (const counts of pictures) {
    expect(counts, "videos that one of the crowd received").toHaveLength(looks.size - 1);
    expect(counts[0], "pictures of the one that came least").toBeGreaterThan(seconds * 2);
  }
  const perClient = spent / span / pages.length;
  console.log(`\nten people in one meeting, ${CROWD} of them without a browser: each sees the nine others move
processor time of a Chromium with 10 tiles (9 of others): ${(perClient * 100).toFixed(0)} % of one processor, ${((perClient * 100) / looks.size).toFixed(1)} % a tile
pictures per second that reached one of the crowd: ${(Math.min(...pictures.map(([least]) => least ?? 0)) / seconds).toFixed(1)} from the slowest, ${(Math.max(...pictures.map((counts) => counts.at(-1) ?? 0)) / seconds).toFixed(1)} from the fastest\n`);
});

/** How long it takes until a video has shown so many pictures. */
async function secondsFor(video: Locator, pictures: number): Promise<number> {
  return video.evaluate(async (element, pictures) => {
    const player = element as HTMLVideoElement;
    const started = performance.now();
    for (let shown = 0; shown < pictures; shown += 1) await new Promise((resolve) => player.requestVideoFrameCallback(resolve));
    return (performance.now() - started) / 1000;
  }, pictures);
}

/** The processes of all Chromiums that this one started (proc_pid_stat(5): 4th field, parent). */
function browserProcesses(): string[] {
  const parents = new Map<string, string>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = fieldsOf(pid);
    if (fields) parents.set(pid, fields.parent);
  }
  const isOurs = (pid: string | undefined): boolean => pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== String(process.pid) && isOurs(pid) && fieldsOf(pid)?.name.startsWith("chrom"));
}

/** User and system time together, in seconds; a process that has ended counts nothing. */
function processorTime(pids: readonly string[]): number {
  return pids.reduce((sum, pid) => sum + (fieldsOf(pid)?.ticks ?? 0), 0) / 100;
}

function fieldsOf(pid: string): { name: string; parent: string; ticks: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { name, parent: fields[1] ?? "", ticks: Number(fields[11]) + Number(fields[12]) };
}
