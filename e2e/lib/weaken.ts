// A connection that counts as good or as bad as a journey says: what the browser tells of jitter, loss and round trips is replaced.
// No packet is touched, and what a busy machine does to them does not count.

import type { Page } from "@playwright/test";

/** How bad it seems. `outbound`: what the others' side reports of what this page sends; `inbound`: of what it receives. */
export interface Seeming {
  readonly outboundJitterMs?: number;
  readonly inboundJitterMs?: number;
}

/** From now on; what is not named seems good. */
export async function weaken(page: Page, seeming: Seeming): Promise<void> {
  await page.evaluate(({ outboundJitterMs, inboundJitterMs }) => {
    const goodMs = 5;
    for (const connection of window.__observed.connections) {
      const real = RTCPeerConnection.prototype.getStats;
      connection.getStats = async function (this: RTCPeerConnection, ...of: []) {
        const report = await real.apply(this, of);
        const entries = [...(report as unknown as Map<string, { type: string }>)].map(([id, entry]) => {
          if (entry.type !== "inbound-rtp" && entry.type !== "remote-inbound-rtp") {
            return [id, entry] as const;
          }
          const ms = (entry.type === "inbound-rtp" ? inboundJitterMs : outboundJitterMs) ?? goodMs;
          return [id, { ...entry, jitter: ms / 1_000, packetsLost: 0, roundTripTime: goodMs / 1_000 }] as const;
        });
        return new Map(entries) as unknown as RTCStatsReport;
      };
    }
  }, seeming);
}
