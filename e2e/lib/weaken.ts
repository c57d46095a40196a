// A connection that counts worse than it is: what the browser tells of jitter is replaced. No packet is touched.

import type { Page } from "@playwright/test";

/** How bad it seems. `outbound`: what the others' side reports of what this page sends; `inbound`: of what it receives. */
export interface Seeming {
  readonly outboundJitterMs?: number;
  readonly inboundJitterMs?: number;
}

/** From now on, until called with nothing. */
export async function weaken(page: Page, seeming: Seeming): Promise<void> {
  await page.evaluate(({ outboundJitterMs, inboundJitterMs }) => {
    for (const connection of window.__observed.connections) {
      const real = RTCPeerConnection.prototype.getStats;
      connection.getStats = async function (this: RTCPeerConnection, ...of: []) {
        const report = await real.apply(this, of);
        const entries = [...(report as unknown as Map<string, { type: string }>)].map(([id, entry]) => {
          const ms = entry.type === "inbound-rtp" ? inboundJitterMs : entry.type === "remote-inbound-rtp" ? outboundJitterMs : undefined;
          return [id, ms === undefined ? entry : { ...entry, jitter: ms / 1_000 }] as const;
        });
        return new Map(entries) as unknown as RTCStatsReport;
      };
    }
  }, seeming);
}
