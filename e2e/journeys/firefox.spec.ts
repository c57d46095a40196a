// Firefox ESR as a guest, in an app and at our own page: it joins by link, waits, is admitted, and both sides see and hear each other.

import { LOOKS } from "../lib/devices";
import { drawTheCamera, FirefoxPage, gatheredAddress, type Address } from "../lib/firefox";
import { expectFirefoxToHear, expectFirefoxToSee, textOf } from "../lib/firefox-probes";
import { expect, test } from "../lib/fixtures";
import { MeetingChatPanel } from "../lib/meeting-chat";
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
    await expectFirefoxToSee(guest, "#remote-videos video", "red");
    await expectFirefoxToHear(guest, ["red"]);

    await organizer.press("Mute");
    await expectFirefoxToHear(guest, []);

    await guest.evaluateOn("#disconnect", press);
    await expect.poll(() => guest.evaluateOn("#call-end", textOf)).toContain("0/0");
    await expect(organizer.tileOf("Finn")).toHaveCount(0);
  } finally {
    await guest.close();
  }
});

test("a guest in Firefox at the join link waits, is admitted, sees, hears, is seen, mutes, writes and leaves", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("red", { baseURL: convene.url }), { name: "Olga" });
  const guest = await FirefoxPage.launch(LOOKS.blue.tone, [installObserver, drawTheCamera]);
  const press = (name: string) => expect.poll(() => guest.evaluate(pressButton, name), { message: `the button ${name}` }).toBe(true);
  const heading = () => guest.evaluateOn("h1", textOf);
  try {
    await guest.goto(await organizer.link());
    await expectFirefoxToSee(guest, ".preview video", "blue");
    await guest.evaluateOn("input[name=name]", focus);
    await guest.type("Finn");
    await press("Join");
    await expect.poll(heading).toBe("Waiting to be let in…");
    await organizer.admit("Finn");

    await expectToSee(organizer.videoOf("Finn"), "blue");
    await expectToHear(organizer.page, ["blue"]);
    await expectFirefoxToSee(guest, '.tile[data-name="Olga"] video', "red");
    await expectFirefoxToHear(guest, ["red"]);

    await press("Mute");
    await expectToHear(organizer.page, []);
    await expect(organizer.mutedMarkOf("Finn")).toBeVisible();
    await press("Unmute");
    await expectToHear(organizer.page, ["blue"]);

    await press("Chat");
    await expect.poll(() => guest.evaluateOn(".chat-box textarea", hasFocus), { message: "the focus in the chat's field" }).toBe(true);
    await guest.type(`Hello Olga${ENTER}`);
    const chat = new MeetingChatPanel(organizer);
    await organizer.controls.getByRole("button", { name: /1 new message/ }).click();
    await expect(chat.message("Hello Olga")).toContainText("Finn");
    await chat.write("Hello Finn");
    await expect.poll(() => guest.evaluateOn("[role=log]", textOf)).toContain("Hello Finn");

    await press("Leave");
    await expect.poll(heading).toBe("You left the meeting");
    await expect(organizer.tileOf("Finn")).toHaveCount(0);
    expect(guest.said, "errors and warnings in the console").toEqual([]);
  } finally {
    await guest.close();
  }
});

/** As WebDriver writes the key. */
const ENTER = "\uE007";

function focus(element: Element): void {
  (element as HTMLElement).focus();
}

function hasFocus(element: Element | null): boolean {
  return element !== null && element === document.activeElement;
}

/** Presses the button of this name, if it is there and can be pressed. */
function pressButton(name: string): boolean {
  const button = [...document.querySelectorAll("button")].find((each) => each.checkVisibility() && each.innerText.trim() === name && each.ariaDisabled !== "true");
  button?.click();
  return button !== undefined;
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
