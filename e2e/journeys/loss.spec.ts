// What somebody sees and hears whose line loses packets: what is lost is sent again.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { inbound } from "../lib/inbound";
import { overThinLine } from "../lib/thin-line-call";

test.beforeEach(() => test.slow());

/** Of the voices that come next. */
async function bytesPerPacket(page: Page): Promise<number> {
  const { audio: before } = await inbound(page);
  await expect.poll(async () => (await inbound(page)).audio.packets, { message: "packets of voices" }).toBeGreaterThan(before.packets + 20);
  const { audio } = await inbound(page);
  return (audio.bytes - before.bytes) / (audio.packets - before.packets);
}

test("on a line that loses one packet in twenty, pictures are repaired and the voice comes twice", async ({ open, request }) => {
  await overThinLine({ open, request }, [], async (at, line) => {
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
    const alone = before.audio.bytes / before.audio.packets;
    await expect.poll(() => bytesPerPacket(ben.page), { message: `bytes of a packet of the voice, which had ${alone.toFixed(0)} alone`, timeout: 45_000 }).toBeGreaterThan(alone * 1.6);
    await expectToSee(ben.videoOf("Ann"), "red");
    await expectToHear(ben.page, ["red"]);
    await expectToSee(ann.videoOf("Ben"), "green");
    await expectToHear(ann.page, ["green"]);
  });
});
