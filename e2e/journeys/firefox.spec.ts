// Firefox ESR as a guest: it joins by link, waits, is admitted, and both sides see and hear each other.

import { LOOKS, TONES } from "../lib/devices";
import { drawTheCamera, FirefoxPage, gatheredAddress, recordTones, type Address } from "../lib/firefox";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { installObserver } from "../lib/observer";
import { expectToHear, expectToSee, lookAt, verdict } from "../lib/probes";
import { startServer, type Server } from "../lib/server";

let network: Address;
let convene: Server;
test.beforeAll(async () => {
  network = gatheredAddress();
  convene = await startServer({ dev: true, mediaAddress: network.address });
});
test.afterAll(async () => {
  await convene.stop();
  network.remove();
});

test("a guest in Firefox joins by link, and video and audio move both ways", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red", { baseURL: convene.url }), { name: "Olga" });
  const guest = await FirefoxPage.launch(LOOKS.blue.tone, [installObserver, drawTheCamera]);
  try {
    await guest.goto(`${convene.url}/samples/join-by-link/`);
    await guest.evaluate(fillAndConnect, { name: "Finn", destination: await organizer.link() });
    await expect.poll(() => guest.evaluateOn("#call-state", textOf)).toBe("InLobby");
    await organizer.admit("Finn");
    await expect.poll(() => guest.evaluateOn("#call-state", textOf)).toBe("Connected");

    await expectToSee(organizer.videoOf("Finn"), "blue");
    await expectToHear(organizer.page, ["blue"]);
    await expect.poll(async () => verdict(await guest.evaluateOn("#remote-videos video", lookAt)), { message: "a moving red picture in Firefox" }).toBe("red");
    await expect.poll(() => guest.evaluate(recordTones, TONES), { message: "the organizer's tone in Firefox" }).toEqual([LOOKS.red.tone]);

    await organizer.press("Mute");
    await expect.poll(() => guest.evaluate(recordTones, TONES), { message: "silence in Firefox" }).toEqual([]);

    await guest.evaluateOn("#disconnect", press);
    await expect.poll(() => guest.evaluateOn("#call-end", textOf)).toContain("0/0");
    await expect(organizer.tileOf("Finn")).toHaveCount(0);
  } finally {
    await guest.close();
  }
});

function textOf(element: Element): string {
  return element.textContent ?? "";
}

function press(element: Element): void {
  (element as HTMLElement).click();
}

function fillAndConnect({ name, destination }: { name: string; destination: string }): void {
  const input = (id: string): HTMLInputElement => document.getElementById(id) as HTMLInputElement;
  input("name").value = name;
  input("destination").value = destination;
  document.getElementById("connect")?.click();
}
