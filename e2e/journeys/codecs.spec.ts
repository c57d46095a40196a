// H264 beside VP8: whatever a browser sends, everybody sees it.

import { randomUUID } from "node:crypto";
import type { APIRequestContext, Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToSee } from "../lib/probes";
import type { Server } from "../lib/server";

/** A browser that sends its camera and screen as H264, as one does that has hardware for nothing else. */
function sendOnlyH264(): void {
  const { setCodecPreferences } = RTCRtpTransceiver.prototype;
  RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
    const sends = this.direction === "sendonly";
    setCodecPreferences.call(this, sends ? [...codecs].filter(({ mimeType }) => mimeType.toLowerCase() !== "video/vp8") : codecs);
  };
}

/** The codecs of the video that flows in or out of a page. */
async function codecs(page: Page, direction: "inbound-rtp" | "outbound-rtp"): Promise<string[]> {
  return page.evaluate(async (direction) => {
    const found = new Set<string>();
    for (const connection of window.__observed.connections) {
      const report = await connection.getStats();
      for (const stats of report.values() as Iterable<Record<string, unknown>>) {
        const frames = Number(stats.framesDecoded ?? stats.framesEncoded ?? 0);
        if (stats.type !== direction || stats.kind !== "video" || frames === 0) continue;
        found.add(String((report.get(String(stats.codecId)) as { mimeType?: string } | undefined)?.mimeType));
      }
    }
    return [...found].sort();
  }, direction);
}

async function join(page: Page, request: APIRequestContext, server: Server, groupId: string, name: string): Promise<AppPage> {
  const { token }: { token: string } = await (await request.get(`${server.url}/api/token`)).json();
  const app = await AppPage.join(page, token, { groupId }, name);
  await app.expectState("Connected");
  return app;
}

test("a camera that is sent as H264 is seen by all, beside one that is sent as VP8", async ({ open, request, server }) => {
  test.slow();
  const groupId = randomUUID();
  const annsPage = await open("red");
  await annsPage.addInitScript(sendOnlyH264);
  const ann = await join(annsPage, request, server, groupId, "Ann");
  const ben = await join(await open("green"), request, server, groupId, "Ben");
  await expectToSee(ben.videoOf("Ann"), "red");
  await expectToSee(ann.videoOf("Ben"), "green");
  // Who comes later needs a keyframe of each.
  const cleo = await join(await open("blue"), request, server, groupId, "Cleo");
  await expectToSee(cleo.videoOf("Ann"), "red");
  await expectToSee(cleo.videoOf("Ben"), "green");
  await expectToSee(ann.videoOf("Cleo"), "blue");
  expect(await codecs(ann.page, "outbound-rtp")).toEqual(["video/H264"]);
  expect(await codecs(ben.page, "outbound-rtp")).toEqual(["video/VP8"]);
  expect(await codecs(cleo.page, "inbound-rtp")).toEqual(["video/H264", "video/VP8"]);
});

test("a slot that carried VP8 carries H264 after it", async ({ open, request, server }) => {
  test.slow();
  const groupId = randomUUID();
  const cleo = await join(await open("blue"), request, server, groupId, "Cleo");
  const bensPage = await open("green");
  await join(bensPage, request, server, groupId, "Ben");
  await expectToSee(cleo.videoOf("Ben"), "green");
  await bensPage.goto("about:blank");
  await expect(cleo.videoOf("Ben")).toHaveCount(0);
  const annsPage = await open("red");
  await annsPage.addInitScript(sendOnlyH264);
  await join(annsPage, request, server, groupId, "Ann");
  await expectToSee(cleo.videoOf("Ann"), "red");
  expect(await codecs(annsPage, "outbound-rtp")).toEqual(["video/H264"]);
});
