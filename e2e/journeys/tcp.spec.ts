// Networks without UDP: media goes over TCP, at the media port's number or on the port of https.

import { createSocket } from "node:dgram";
import type { Page } from "@playwright/test";
import { withBlocked, type Blocked } from "../lib/blocked";
import { expect, test, type OpenPage } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee, expectToSeeAndHearEachOther, received } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";
import { startServer, type Server } from "../lib/server";

const PORTS = { http: 8443, media: 4580 } as const;
const URL_OF_TLS = `https://localhost:${PORTS.http}`;

test.skip(process.env.E2E_OWN_NETWORK !== "1", "blocking UDP needs a network namespace of the tests' own (root)");

let convene: Server;
test.beforeAll(async () => {
  convene = await startServer({ dev: true, ports: PORTS, flags: ["--public-url", URL_OF_TLS] });
});
test.afterAll(() => convene.stop());

test("without UDP a guest waits in the lobby, is admitted, is seen and heard, over TCP at the media port", async ({ open }) => {
  await lobbyJourney(open, { udp: true }, PORTS.media);
});

test("with nothing but the port of https, a guest waits in the lobby, is admitted, is seen and heard", async ({ open }) => {
  await lobbyJourney(open, { udp: true, tcpPort: PORTS.media }, PORTS.http);
});

test("where there is UDP, it is what media goes over", async ({ open }) => {
  const organizer = await MeetingPage.start(await openByTls(open, "red"), { name: "Olga Organizer", lobby: "Nobody waits" });
  const guest = await SamplePage.connect(await openByTls(open, "green"), "join-by-link", "Gina Guest", await organizer.link());
  await expectToSee(guest.videoOf("Olga Organizer"), "red");
  for (const page of [organizer.page, guest.page]) await expect.poll(() => pathsOf(page)).toEqual([{ protocol: "udp", port: PORTS.media }]);
});

async function lobbyJourney(open: OpenPage, blocked: Blocked, port: number): Promise<void> {
  await withBlocked(blocked, async () => {
    await expect(datagramPasses(), "a datagram over the network").resolves.toBe(false);
    const organizer = await MeetingPage.start(await openByTls(open, "red"), { name: "Olga Organizer" });
    const guest = await SamplePage.connect(await openByTls(open, "green"), "join-by-link", "Gina Guest", await organizer.link());
    await guest.expectState("InLobby");
    await expect(organizer.badge).toHaveText("1");
    expect(await received(guest.page), "media that reached the one who waits").toEqual({ packets: 0, audioEnergy: 0, framesDecoded: 0 });

    await organizer.admit("Gina Guest");
    await guest.expectState("Connected");
    await expectToSeeAndHearEachOther({ page: organizer.page, video: organizer.videoOf("Gina Guest"), camera: "red" }, { page: guest.page, video: guest.videoOf("Olga Organizer"), camera: "green" });
    for (const page of [organizer.page, guest.page]) expect(await pathsOf(page)).toEqual([{ protocol: "tcp", port }]);

    await guest.disconnect();
    await guest.expectEnd("0/0", "You left");
    await expect(organizer.tileOf("Gina Guest")).toHaveCount(0);
  });
}

function openByTls(open: OpenPage, camera: "red" | "green"): Promise<Page> {
  return open(camera, { baseURL: URL_OF_TLS, ignoreHTTPSErrors: true });
}

/** By which protocol, and to which port of the server, the page's living connections send. */
function pathsOf(page: Page): Promise<{ protocol: unknown; port: unknown }[]> {
  return page.evaluate(async () => {
    const paths = [];
    for (const connection of window.__observed.connections.filter((each) => each.connectionState === "connected")) {
      const report = (await connection.getStats()) as unknown as Map<string, Record<string, unknown>>;
      for (const transport of [...report.values()].filter((each) => each.type === "transport")) {
        const pair = report.get(String(transport.selectedCandidatePairId));
        const remote = report.get(String(pair?.remoteCandidateId));
        paths.push({ protocol: remote?.protocol, port: remote?.port });
      }
    }
    return paths;
  });
}

/** Whether a datagram is carried at all. */
function datagramPasses(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.send("hello", 9, "127.0.0.1", (error) => {
      socket.close();
      resolve(error === null);
    });
  });
}
