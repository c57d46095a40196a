// What somebody sees and hears whose line loses packets: what is lost is sent again.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { inbound } from "../lib/inbound";
import { startServer } from "../lib/server";
import { ThinLine } from "../lib/thin-line";

test.beforeEach(() => test.slow());

/** What the voices come in that a page receives now. */
async function voicesComeIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const connection of window.__observed.connections) {
      const stats = await connection.getStats();
      for (const each of stats.values() as Iterable<Record<string, unknown>>) {
        if (each.type !== "inbound-rtp" || each.kind !== "audio" || !each.packetsReceived) continue;
        found.push(String((stats.get(String(each.codecId)) as { readonly mimeType?: string } | undefined)?.mimeType));
      }
    }
    return found;
  });
}

test("on a line that loses one packet in twenty, pictures are repaired and the voice goes on", async ({ open, request }) => {
  const line = await ThinLine.open();
  const server = await startServer({ dev: true, flags: ["--no-media-tcp"], ...line.server });
  try {
    const at = { open: (camera: Parameters<typeof open>[0]) => open(camera, { baseURL: server.url }), request, server };
    const group = randomUUID();
    const ann = await AppPage.inGroup(at, group, "red", "Ann");
    const others = line.count;
    const ben = await AppPage.inGroup(at, group, "green", "Ben");
    await expectToSee(ben.videoOf("Ann"), "red");
    await expectToSee(ann.videoOf("Ben"), "green");

    line.worsen(others, { delayMs: 50, lost: 0.05 });
    const before = await inbound(ben.page);
    await expect.poll(async () => (await inbound(ben.page)).video.repaired - before.video.repaired, { message: "packets that came again" }).toBeGreaterThan(20);
    const after = await inbound(ben.page);
    expect(after.video.asked, "requests for lost packets").toBeGreaterThan(before.video.asked);
    // The browser counts as lost what came again too.
    const [lost, repaired] = [after.video.lost - before.video.lost, after.video.repaired - before.video.repaired];
    expect(lost - repaired, `of ${lost} lost packets ${repaired} came again`).toBeLessThan(lost / 3);
    await expect.poll(() => voicesComeIn(ben.page), { message: "the voice, sent twice" }).toEqual(["audio/red"]);
    expect(await voicesComeIn(ann.page)).toEqual(["audio/opus"]);
    await expectToSee(ben.videoOf("Ann"), "red");
    await expectToHear(ben.page, ["red"]);
    await expectToSee(ann.videoOf("Ben"), "green");
    await expectToHear(ann.page, ["green"]);
  } finally {
    await server.stop();
    line.close();
  }
});
