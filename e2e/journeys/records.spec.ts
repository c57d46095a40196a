// What the operator can read of a call afterwards: who was in it, and how their media was.

import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { newPerson } from "../lib/ringing-page";

interface Measured {
  readonly packets: number;
  readonly bitrate: { readonly mean: number };
  readonly lossPpm: { readonly mean: number } | null;
}

interface CallRecord {
  readonly endedOn: string | null;
  readonly groupId: string;
  readonly legs: readonly {
    readonly displayName: string;
    readonly endReason: { readonly code: number; readonly subCode: number } | null;
    readonly media: readonly {
      readonly join: { readonly offeredMs: number; readonly connectedMs: number; readonly firstPacketMs: number };
      readonly measure: { readonly lastedMs: number; readonly received: Record<string, Measured>; readonly sent: Record<string, Measured> };
    }[];
  }[];
}

test("the record of a call has everybody who was in it, their ends, and how their media was", async ({ open, server }) => {
  const groupId = crypto.randomUUID();
  const [ann, ben] = [await newPerson(server.url), await newPerson(server.url)];
  const first = await AppPage.join(await open("red"), ann.token, { groupId }, "Ann");
  const second = await AppPage.join(await open("green"), ben.token, { groupId }, "Ben");
  await expectToSee(first.videoOf("Ben"), "green");
  await expectToHear(second.page, ["red"]);
  const id = await first.callId();
  const record = () => server.cli<CallRecord>("call", "show", id);
  expect(await record()).toMatchObject({ groupId, endedOn: null, legs: [{ displayName: "Ann", endReason: null, media: [] }, { displayName: "Ben" }] });

  await second.do((app) => app.call.hangUp());
  await first.do((app) => app.call.hangUp());
  await expect.poll(async () => (await record()).legs.map(({ media }) => media.length)).toEqual([1, 1]);
  const { endedOn, legs } = await record();
  expect(endedOn).not.toBeNull();
  for (const { endReason, media } of legs) {
    expect(endReason).toMatchObject({ code: 0, subCode: 0 });
    const [{ join, measure } = media[0]!] = media;
    expect(join.connectedMs).toBeGreaterThanOrEqual(join.offeredMs);
    expect(join.firstPacketMs).toBeGreaterThanOrEqual(join.connectedMs);
    for (const way of [measure.received, measure.sent]) {
      for (const kind of ["audio", "video"]) expect(way[kind]!.packets, kind).toBeGreaterThan(10);
      expect(way["video"]!.bitrate.mean).toBeGreaterThan(way["audio"]!.bitrate.mean / 10);
    }
    expect(measure.received["audio"]!.lossPpm?.mean).toBe(0);
  }
  await expect(server.cli("call", "show", "unknown")).rejects.toThrow(/there is no call unknown/);
});
