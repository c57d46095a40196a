// How good a call is, as people see it: the sign of their own connection, the mark on others, what is wrong with devices, and figures.

import { execFileSync } from "node:child_process";
import { expectAccessible } from "../lib/accessible";
import { expect, test, type OpenPage } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { weaken } from "../lib/weaken";

const PHONE = { viewport: { width: 390, height: 844 } };

async function twoPeople(open: OpenPage, guestsPage?: typeof PHONE): Promise<{ organizer: MeetingPage; gina: MeetingPage }> {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const gina = await MeetingPage.open(await open("green", guestsPage), await organizer.link(), "Gina");
  await gina.join();
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(gina.videoOf("Olga"), "red");
  return { organizer, gina };
}

test("a weak connection is told once, with what helps, and the others see it on the tile; it is over when it has stayed good", async ({ open }) => {
  test.slow();
  const { organizer, gina } = await twoPeople(open);
  await weaken(organizer.page, {});
  await weaken(gina.page, {});
  const sign = gina.page.getByRole("button", { name: /^Call quality/ });
  await expect(sign).toHaveText("Call quality: Good connection");
  await expect(gina.page.locator(".banner")).toHaveCount(0);
  await expect(organizer.tileOf("Gina").getByText("bad connection")).toHaveCount(0);

  await weaken(gina.page, { outboundJitterMs: 90 });
  await expect(sign).toHaveText("Call quality: Weak connection");
  const strip = gina.page.getByRole("status").filter({ hasText: "others may see and hear you badly" });
  await expect(strip).toBeVisible();
  await expectAccessible(gina.page, "the strip of a weak connection");
  // Only bad ones are told to others.
  await expect(organizer.tileOf("Gina").getByText("bad connection")).toHaveCount(0);
  await strip.getByRole("button", { name: "Dismiss" }).click();
  await expect(gina.page.locator(".banner")).toHaveCount(0);

  await weaken(gina.page, { outboundJitterMs: 200, inboundJitterMs: 200 });
  await expect(sign).toHaveText("Call quality: Bad connection");
  await expect(gina.banner("you and the others hardly see and hear each other")).toBeVisible();
  await expect(organizer.tileOf("Gina").getByText("bad connection")).toBeAttached();
  await expect(organizer.page.getByRole("button", { name: /^Call quality/ })).toHaveText("Call quality: Good connection");
  await gina.page.getByRole("button", { name: "Turn camera off" }).click();
  await expect(organizer.videoOf("Gina")).toHaveCount(0);
  await expectToHear(organizer.page, ["green"]);

  await weaken(gina.page, {});
  await expect(sign).toHaveText("Call quality: Good connection");
  await expect(gina.page.getByRole("status").filter({ hasText: "Your connection is good again." })).toBeAttached();
  await expect(gina.page.locator(".banner")).toHaveCount(0);
  await expect(organizer.tileOf("Gina").getByText("bad connection")).toHaveCount(0);
});

test("a connection that is lost says so until it is back", async ({ open }) => {
  test.skip(process.env.E2E_OWN_NETWORK !== "1", "cutting the network needs a network namespace of the tests' own (root)");
  const { organizer, gina } = await twoPeople(open);
  const lost = (meeting: MeetingPage) => meeting.banner(/The connection to the server is lost|This device has no network/);
  execFileSync("ip", ["link", "set", "lo", "down"]);
  try {
    await expect(lost(gina)).toBeVisible({ timeout: 30_000 });
    await expect(gina.page.getByRole("button", { name: /^Call quality: (Reconnecting|No network)/ })).toBeVisible();
  } finally {
    execFileSync("ip", ["link", "set", "lo", "up"]);
  }
  await expect(lost(gina)).toHaveCount(0);
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(gina.videoOf("Olga"), "red");
});

test("who speaks while muted reads so and unmutes there; a camera that is pulled out says so", async ({ open }) => {
  const { organizer, gina } = await twoPeople(open);
  await weaken(gina.page, {});
  await gina.press("Mute");
  await expect(gina.banner("You are muted: nobody hears what you say.")).toBeVisible();
  await expectToHear(organizer.page, []);
  await gina.page.getByRole("button", { name: "Unmute now" }).click();
  await expect(gina.page.locator(".banner")).toHaveCount(0);
  await expectToHear(organizer.page, ["green"]);

  await gina.page.evaluate(() => {
    const senders = window.__observed.connections.flatMap((connection) => connection.getSenders());
    const track = senders.map((each) => each.track).find((each) => each?.kind === "video");
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  });
  const stopped = gina.banner("Your camera has stopped: nobody sees you.");
  await expect(stopped).toBeVisible();
  await stopped.getByRole("button", { name: "Devices" }).click();
  await expect(gina.page.getByRole("region", { name: "Devices" })).toBeVisible();
  await gina.press("Camera on");
  await expect(stopped).toHaveCount(0);
  await expectToSee(organizer.videoOf("Gina"), "green");
});

test("the figures move while they are open, by keyboard and on a phone, and are copied as text", async ({ open }) => {
  test.slow();
  const { organizer, gina } = await twoPeople(open, PHONE);
  const { page } = organizer;
  // What is not granted here is taken away: the camera would stop.
  await page.context().grantPermissions(["camera", "microphone", "clipboard-read", "clipboard-write"]);

  await page.getByRole("button", { name: /^Call quality/ }).press("Enter");
  const card = page.getByRole("region", { name: "Call quality" });
  const copy = card.getByRole("button", { name: "Copy" });
  await expect(copy).toBeFocused();
  const figure = (direction: string, what: string, column: number) =>
    card.getByRole("table", { name: direction }).getByRole("row", { name: what }).getByRole("cell").nth(column);
  await expect(figure("Receiving", "Video of Gina", 0)).toHaveText(/^[\d.]+ [kM]bit\/s$/);
  await expect(figure("Receiving", "Video of Gina", 4)).toHaveText(/^\d+ × \d+, [1-9]\d* frames\/s$/);
  await expect(figure("Sending", "Video", 4)).toHaveText(/^\d+ × \d+, [1-9]\d* frames\/s$/);
  for (const direction of ["Sending", "Receiving"]) {
    await expect(figure(direction, "Audio", 0)).toHaveText(/^[1-9]\d* kbit\/s$/);
    await expect(figure(direction, "Audio", 1)).toHaveText(/^\d+\.\d %$/);
    await expect(figure(direction, "Audio", 2)).toHaveText(/^\d+ ms$/);
    await expect(figure(direction, "Audio", 3)).toHaveText(/^\d+ ms$/);
  }
  const before = await figure("Receiving", "Video of Gina", 0).innerText();
  await expect(figure("Receiving", "Video of Gina", 0)).not.toHaveText(before);
  // Once a second something changes, and nothing of it takes the focus or is read aloud.
  await expect(copy).toBeFocused();
  await expect(card.locator("[role=status], [role=alert], [aria-live]").filter({ hasText: /bit\/s|frames|Video/ })).toHaveCount(0);
  await expectAccessible(page, "the figures");

  await copy.press("Enter");
  await expect(card.getByRole("status")).toHaveText("The figures are copied.");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toMatch(/^Call quality\n\d{4}-/);
  expect(text).toMatch(/\nReceiving: Video of Gina: [\d.]+ [kM]bit\/s, Lost packets /);

  await organizer.press("Share screen");
  await expect(card.getByRole("table", { name: "Sending" }).getByRole("row", { name: "Screen" })).toBeVisible();
  await page.keyboard.press("Escape");

  const phone = gina.page.getByRole("region", { name: "Call quality" });
  await gina.page.getByRole("button", { name: /^Call quality/ }).click();
  await expect(phone.getByRole("row", { name: "Screen of Olga" })).toBeAttached();
  await expectAccessible(gina.page, "the figures on a phone");
  await phone.getByRole("button", { name: "Close Call quality" }).click();
  await expect(phone).toBeHidden();
  await expect(gina.page.getByRole("button", { name: /^Call quality/ })).toBeFocused();
});
