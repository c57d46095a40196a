// Networks that let media through by a TURN server alone: the operator's, whose credentials the SDK gets from the server.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToSeeAndHearEachOther } from "../lib/probes";
import { startServer } from "../lib/server";
import { hasTurnServer, startTurnServer } from "../lib/turn-server";

const SECRET = "known to both";

test.skip(!hasTurnServer(), "coturn (Debian package coturn) is not on this machine");

test("somebody who has no way but the operator's TURN server is seen and heard over it", async ({ open, request }) => {
  const turn = await startTurnServer(SECRET);
  const server = await startServer({ dev: true, flags: ["--turn-url", turn.url, "--turn-secret", SECRET] });
  try {
    const at = { open: async (...[camera, options]: Parameters<typeof open>) => open(camera, { baseURL: server.url, ...options }), request, server };
    const relayed = { ...at, open: async (...who: Parameters<typeof open>) => byRelayAlone(await at.open(...who)) };
    const group = randomUUID();
    const ann = await AppPage.inGroup(at, group, "red", "Ann");
    const ben = await AppPage.inGroup(relayed, group, "green", "Ben");
    await expectToSeeAndHearEachOther({ page: ann.page, video: ann.videoOf("Ben"), camera: "red" }, { page: ben.page, video: ben.videoOf("Ann"), camera: "green" });
    expect([await waysOf(ann.page), await waysOf(ben.page)]).toEqual([["host"], ["relay"]]);
  } finally {
    await server.stop();
    await turn.stop();
  }
});

/** What such a network leaves of the candidates. */
async function byRelayAlone(page: Page): Promise<Page> {
  await page.addInitScript(() => {
    const Whole = RTCPeerConnection;
    window.RTCPeerConnection = class extends Whole {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
      }
    };
  });
  return page;
}

/** The kinds of the page's own candidates that media goes by. */
function waysOf(page: Page): Promise<unknown[]> {
  return page.evaluate(async () => {
    const ways = [];
    for (const connection of window.__observed.connections.filter((each) => each.connectionState === "connected")) {
      const report = (await connection.getStats()) as unknown as Map<string, Record<string, unknown>>;
      for (const transport of [...report.values()].filter((each) => each.type === "transport")) {
        const pair = report.get(String(transport.selectedCandidatePairId));
        ways.push(report.get(String(pair?.localCandidateId))?.candidateType);
      }
    }
    return ways;
  });
}
