// The thin path: a customer joins by the link from an app that knows nothing else, waits, and is let in or sent away.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee, expectToSeeAndHearEachOther, received } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("a guest waits in the lobby, is admitted, is seen and heard, and leaves", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer" });
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina Guest", await organizer.link());

  await guest.expectState("InLobby");
  await expect(organizer.badge).toHaveText("1");
  await expect(organizer.waiter("Gina Guest").locator(".person-detail")).toHaveText(/^app user\s*since \d\d:\d\d$/);
  await expect(organizer.page.getByTestId("lobby-announcement")).toContainText("Gina Guest (app user) waits in the lobby");
  await expect(organizer.lineOf("Gina Guest")).toHaveCount(0);
  expect(await received(guest.page), "media that reached the one who waits").toEqual({ packets: 0, audioEnergy: 0, framesDecoded: 0 });
  await expect(guest.remoteVideos).toHaveCount(0);

  await organizer.admit("Gina Guest");
  await guest.expectState("Connected");
  await expectToSeeAndHearEachOther({ page: organizer.page, video: organizer.videoOf("Gina Guest"), camera: "red" }, { page: guest.page, video: guest.videoOf("Olga Organizer"), camera: "green" });
  await expect(organizer.lineOf("Gina Guest")).toContainText("app user");
  await expect(organizer.badge).toBeHidden();

  await guest.disconnect();
  await guest.expectEnd("0/0", "You left");
  await expect(organizer.tileOf("Gina Guest")).toHaveCount(0);
  await expect(organizer.lineOf("Gina Guest")).toHaveCount(0);
  await expectToHear(organizer.page, []);
});

test("who may let others in hears it when somebody waits, and can turn that off for good", async ({ open }) => {
  const organizerPage = await open("red");
  await organizerPage.addInitScript(() => {
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      document.documentElement.dataset["sounds"] = String(Number(document.documentElement.dataset["sounds"] ?? 0) + 1);
      start.call(this, when);
    };
  });
  const organizer = await MeetingPage.start(organizerPage, { name: "Olga Organizer" });
  const link = await organizer.link();
  const sounds = (): Promise<string | null> => organizerPage.locator("html").getAttribute("data-sounds");
  const before = Number(await sounds());
  const first = await SamplePage.connect(await open("green"), "join-by-link", "Gina Guest", link);
  await first.expectState("InLobby");
  await expect(organizer.waiter("Gina Guest")).toBeVisible();
  expect(Number(await sounds())).toBe(before + 1);

  const button = organizerPage.getByRole("button", { name: "Sound when somebody waits" });
  await expect(button).toHaveAttribute("aria-pressed", "true");
  await button.focus();
  await organizerPage.keyboard.press("Enter");
  await expect(button).toHaveAttribute("aria-pressed", "false");
  await organizerPage.reload();
  await expect(organizer.waiter("Gina Guest")).toBeVisible();
  await expect(button).toHaveAttribute("aria-pressed", "false");
  expect(await sounds(), "sounds after the page was loaded anew").toBe(null);
});

test("a guest who is rejected reads why, and never received anything", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer" });
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina Guest", await organizer.link());

  await guest.expectState("InLobby");
  await organizer.reject("Gina Guest");
  await guest.expectEnd("0/5854", "Your request to join was declined.");
  await expect(organizer.waiter("Gina Guest")).toHaveCount(0);
  await expect(organizer.badge).toBeHidden();
  await expect(organizer.tiles).toHaveCount(1);
  expect(await received(guest.page)).toEqual({ packets: 0, audioEnergy: 0, framesDecoded: 0 });
});

test("with the lobby open to everyone a guest goes straight in", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer", lobby: "Nobody waits" });
  const guestPage = await open("green");
  const states: string[] = [];
  await guestPage.exposeFunction("tellState", (state: string) => states.push(state));
  await guestPage.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      const output = document.getElementById("call-state");
      const tell = (window as unknown as { tellState: (state: string) => void }).tellState;
      if (output) new MutationObserver(() => tell(output.textContent ?? "")).observe(output, { childList: true });
    });
  });
  const guest = await SamplePage.connect(guestPage, "join-by-link", "Gina Guest", await organizer.link());

  await guest.expectState("Connected");
  expect(states).not.toContain("InLobby");
  await expectToSee(organizer.videoOf("Gina Guest"), "green");
  await expectToSee(guest.videoOf("Olga Organizer"), "red");
  await expectToHear(organizer.page, ["green"]);
  await expectToHear(guest.page, ["red"]);
});

test("everybody who waits is admitted with one press", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer", lobby: "Everybody waits" });
  const link = await organizer.link();
  const first = await SamplePage.connect(await open("green"), "join-by-link", "Gina", link);
  const second = await SamplePage.connect(await open("blue"), "join-by-link", "Ben", link);
  await first.expectState("InLobby");
  await second.expectState("InLobby");
  await expect(organizer.badge).toHaveText("2");

  await organizer.page.getByRole("button", { name: "Admit all" }).click();
  await first.expectState("Connected");
  await second.expectState("Connected");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(organizer.videoOf("Ben"), "blue");
  await expectToSee(first.videoOf("Ben"), "blue");
  await expectToSee(second.videoOf("Gina"), "green");
});
