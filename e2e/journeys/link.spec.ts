// The link in a browser: PreJoin, the lobby, the meeting. And links that lead nowhere.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("somebody opens the link in a browser, checks the devices, waits, and comes in", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer" });
  const guest = new MeetingPage(await open("green"));
  await guest.page.goto(await organizer.link());
  await expectToSee(guest.page.locator(".preview video"), "green");
  await guest.page.getByLabel("Your name").fill("Gina Guest");
  await guest.page.getByRole("button", { name: "Microphone on" }).click();
  await guest.pressJoin();

  await expect(guest.page.getByRole("heading", { name: "Waiting to be let in…" })).toBeVisible();
  await organizer.admit("Gina Guest");
  await expect(guest.controls).toBeVisible();
  await expectToSee(organizer.videoOf("Gina Guest"), "green");
  await expectToSee(guest.videoOf("Olga Organizer"), "red");
  await expectToHear(guest.page, ["red"]);
  await expect(organizer.mutedMarkOf("Gina Guest")).toBeVisible();
  await expectToHear(organizer.page, []);
  await expect(guest.controls.getByRole("button", { name: "End for all" })).toBeHidden();

  await guest.leave();
  await guest.expectEnd("0/0", "You left the meeting");
  await guest.page.getByRole("button", { name: "Join again" }).click();
  await expect(guest.page.getByLabel("Your name")).toHaveValue("Gina Guest");
});

test("who gives up waiting is gone from the organizer's lobby", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer" });
  const guest = new MeetingPage(await open("green"));
  await guest.page.goto(await organizer.link());
  await guest.page.getByLabel("Your name").fill("Gina Guest");
  await guest.pressJoin();
  await expect(organizer.waiter("Gina Guest")).toBeVisible();

  await guest.page.getByRole("button", { name: "Cancel" }).click();
  await expect(guest.page.locator("main.ended")).toBeVisible();
  await expect(organizer.waiter("Gina Guest")).toHaveCount(0);
});

test("a meeting is joined by its id and passcode from the home page", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer", lobby: "Nobody waits" });
  const { meetingId, passcode } = await organizer.numbers();
  const guest = new MeetingPage(await open("green"));
  await guest.page.goto("/");
  await guest.page.getByLabel("Your name").fill("Gina Guest");
  await guest.page.getByLabel("Join link or meeting id").fill(meetingId);
  await guest.page.getByLabel("Passcode").fill(passcode);
  await guest.page.getByRole("button", { name: "Join", exact: true }).click();
  await expect(guest.page.locator(".preview")).toBeVisible();
  await guest.join();
  await expectToSee(guest.videoOf("Olga Organizer"), "red");
  await expectToSee(organizer.videoOf("Gina Guest"), "green");
});

test("the organizer's page comes back as organizer after a reload", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer" });
  await organizer.press("Camera off");
  await expect(organizer.videoOf("Olga Organizer")).toHaveCount(0);
  const link = await organizer.link();
  await organizer.page.reload();
  await expect(organizer.controls).toBeVisible();
  expect(await organizer.link()).toBe(link);
  await expect(organizer.videoOf("Olga Organizer"), "the camera stays off").toHaveCount(0);

  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina Guest", link);
  await guest.expectState("InLobby");
  await organizer.admit("Gina Guest");
  await guest.expectState("Connected");
  await expectToSee(organizer.videoOf("Gina Guest"), "green");
});

test("a link that names no meeting says so", async ({ open, server }) => {
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina", `${server.url}/meet/100000000000?p=wrongpass`);
  await guest.expectEnd("404/5751", "There is no meeting with this link");
});

test("a Microsoft Teams link says why it cannot be joined, and no other host is contacted", async ({ open }) => {
  const link = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_NTE%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%2c%22Oid%22%3a%22o%22%7d";
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina", link);
  await guest.expectEnd("404/5751", "meetings hosted by Microsoft Teams use a closed protocol and cannot be joined");

  const page = new MeetingPage(await open("red"));
  await page.page.goto("/");
  await page.page.getByLabel("Your name").fill("Rita");
  await page.page.getByLabel("Join link or meeting id").fill(link);
  await page.page.getByRole("button", { name: "Join", exact: true }).click();
  await expect(page.page.locator(".preview")).toBeVisible();
  await page.pressJoin();
  await page.expectEnd("404/5751", "There is no such meeting here");
  await expect(page.page.getByText("closed protocol")).toBeVisible();
});
