// Microsoft's UI library in Firefox ESR: a guest at its finished call screen joins by link, waits, is admitted, and both sides see and hear each other.

import { LOOKS } from "../lib/devices";
import { drawTheCamera, FirefoxPage, gatheredAddress, type Address } from "../lib/firefox";
import { expectFirefoxToHear, expectFirefoxToSee, textOf } from "../lib/firefox-probes";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { installObserver } from "../lib/observer";
import { expectToHear, expectToSee } from "../lib/probes";
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

test("a guest at CallComposite in Firefox waits in the lobby, and video and sound move both ways", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("red", { baseURL: convene.url }), { name: "Olga" });
  const guest = await FirefoxPage.launch(LOOKS.blue.tone, [installObserver, drawTheCamera]);
  const press = (name: string) => expect.poll(() => guest.evaluate(pressButton, name), { message: `the button ${name}` }).toBe(true);
  try {
    await guest.goto(`${convene.url}/samples/ui-library/call/`);
    const link = await organizer.link();
    await expect.poll(() => guest.evaluate(fillAndGoOn, { name: "Finn", link }), { message: "the form" }).toBe(true);
    await press("Camera");
    await press("Mic");
    await expectFirefoxToSee(guest, "video", "blue");
    await press("Start call");
    await expect.poll(() => guest.evaluateOn("body", textOf)).toContain("Waiting to be admitted");
    await organizer.admit("Finn");

    await expectToSee(organizer.videoOf("Finn"), "blue");
    await expectToHear(organizer.page, ["blue"]);
    await expectFirefoxToSee(guest, '[data-ui-id="video-tile"]:has([title="Olga"]) video', "red");
    await expectFirefoxToHear(guest, ["red"]);

    await organizer.press("Mute");
    await expectFirefoxToHear(guest, []);
    await press("Leave");
    await expect.poll(() => guest.evaluate(pressInDialog, "Leave"), { message: "Leave in the dialog" }).toBe(true);
    await expect(organizer.tileOf("Finn")).toHaveCount(0);
    expect(guest.said, "errors and warnings in the console").toEqual([]);
  } finally {
    await guest.close();
  }
});

/** Presses the button of this name, if it is there and can be pressed. */
function pressButton(name: string): boolean {
  const nameOf = (button: HTMLButtonElement): string => (button.ariaLabel ?? button.textContent ?? "").trim();
  const button = [...document.querySelectorAll("button")].find((each) => nameOf(each) === name && !each.disabled && each.ariaDisabled !== "true");
  button?.click();
  return button !== undefined;
}

function pressInDialog(name: string): boolean {
  const button = [...document.querySelectorAll<HTMLButtonElement>("[role=dialog] button, [role=alertdialog] button")].find((each) => each.textContent?.trim() === name);
  button?.click();
  return button !== undefined;
}

function fillAndGoOn({ name, link }: { name: string; link: string }): boolean {
  const input = (id: string): HTMLInputElement | null => document.querySelector(`#${id}`);
  const [nameInput, linkInput] = [input("name"), input("link")];
  if (!nameInput || !linkInput) return false;
  nameInput.value = name;
  linkInput.value = link;
  document.querySelector("form")?.requestSubmit();
  return true;
}
