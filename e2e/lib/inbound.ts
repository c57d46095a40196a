// What a page has received since it joined, by the browser's own count.

import type { Page } from "@playwright/test";

/** Of one kind of media, all streams together. */
export interface Inbound {
  readonly packets: number;
  /** Of payload. */
  readonly bytes: number;
  /** Packets that did not come, or not yet. */
  readonly lost: number;
  /** Packets that came again. */
  readonly repaired: number;
  /** Requests for lost packets (NACK). */
  readonly asked: number;
  readonly decoded: number;
  readonly freezes: number;
  readonly frozenSeconds: number;
  /** Samples of sound, and how many of them were made up for want of packets. */
  readonly samples: number;
  readonly concealed: number;
}

/** Reads the statistics of all connections of a page. */
export async function inbound(page: Page): Promise<{ readonly audio: Inbound; readonly video: Inbound }> {
  return page.evaluate(async () => {
    const none = { packets: 0, bytes: 0, lost: 0, repaired: 0, asked: 0, decoded: 0, freezes: 0, frozenSeconds: 0, samples: 0, concealed: 0 };
    const sums = { audio: { ...none }, video: { ...none } };
    const names = {
      packets: "packetsReceived",
      bytes: "bytesReceived",
      lost: "packetsLost",
      repaired: "retransmittedPacketsReceived",
      asked: "nackCount",
      decoded: "framesDecoded",
      freezes: "freezeCount",
      frozenSeconds: "totalFreezesDuration",
      samples: "totalSamplesReceived",
      concealed: "concealedSamples",
    } as const;
    for (const connection of window.__observed.connections) {
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats.type !== "inbound-rtp" || !stats.packetsReceived) continue;
        const sum = sums[stats.kind as "audio" | "video"];
        for (const key of Object.keys(names) as (keyof typeof names)[]) sum[key] += Number(stats[names[key]] ?? 0);
      }
    }
    return sums;
  });
}
