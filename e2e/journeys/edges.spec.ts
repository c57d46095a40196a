// What happens to real people: no camera, a closed tab, a second try, a name that is an attack.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("somebody without camera and microphone is told so, and still sees and hears the others", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = new MeetingPage(await open("none"));
  await guest.page.goto(await organizer.link());
  await expect(guest.page.getByText("No camera was found. Plug one in; this page notices it by itself.")).toBeVisible();
  await expect(guest.page.getByText("No microphone was found.")).toBeVisible();
  await guest.page.getByLabel("Your name").fill("Nora");
  await guest.join();
  await expectToSee(guest.videoOf("Olga"), "red");
  await expectToHear(guest.page, ["red"]);
  await expect(organizer.tileOf("Nora").locator(".avatar")).toHaveText("N");
  await expect(organizer.mutedMarkOf("Nora")).toBeVisible();
});

test("the sample works without camera and microphone, too", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = await SamplePage.connect(await open("none"), "join-by-link", "Nora", await organizer.link());
  await guest.expectState("Connected");
  await expectToSee(guest.videoOf("Olga"), "red");
});

test("who closes the tab is soon gone from the others' page", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina", await organizer.link());
  await expectToSee(organizer.videoOf("Gina"), "green");
  await guest.page.close();
  await expect(organizer.tileOf("Gina")).toHaveCount(0);
  await expectToHear(organizer.page, []);
});

test("who closes the tab in the lobby is soon gone from it", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina", await organizer.link());
  await expect(organizer.waiter("Gina")).toBeVisible();
  await guest.page.close();
  await expect(organizer.waiter("Gina")).toHaveCount(0);
});

test("who was rejected may knock again, and is admitted with the same name", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const guest = new MeetingPage(await open("green"));
  await guest.page.goto(await organizer.link());
  await guest.page.getByLabel("Your name").fill("Gina");
  await guest.pressJoin();
  await organizer.reject("Gina");
  await guest.expectEnd("0/5854", "You were not let in");
  await guest.page.getByRole("button", { name: "Join again" }).click();
  await guest.pressJoin();
  await organizer.admit("Gina");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(guest.videoOf("Olga"), "red");
});

test("a sample connects a second time on the same page", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = await SamplePage.connect(await open("green"), "join-by-link", "Gina", await organizer.link());
  await expectToSee(organizer.videoOf("Gina"), "green");
  await guest.disconnect();
  await guest.expectEnd("0/0", "You left");
  await expect(organizer.tileOf("Gina")).toHaveCount(0);
  await guest.page.getByRole("button", { name: "Connect", exact: true }).click();
  await guest.expectState("Connected");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(guest.videoOf("Olga"), "red");
});

test("a name that is markup is shown as the text that it is", async ({ open }) => {
  const name = '<img src=x onerror="document.title=1">';
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  await SamplePage.connect(await open("green"), "join-by-link", name, await organizer.link());
  const line = organizer.page.getByRole("region", { name: "Lobby" }).getByRole("listitem");
  await expect(line.locator(".person-name")).toHaveText(name);
  await line.getByRole("button", { name: /^Admit/ }).click();
  await expect(organizer.page.locator(".people-list .person-name").last()).toHaveText(name);
  await expect(organizer.page.locator('img[src="x"]')).toHaveCount(0);
});

test("guests in the meeting do not see who waits, and cannot end it for everybody", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const inside = new MeetingPage(await open("green"));
  await inside.page.goto(await organizer.link());
  await inside.page.getByLabel("Your name").fill("Gina");
  await inside.pressJoin();
  await organizer.admit("Gina");
  await expect(inside.controls).toBeVisible();
  await SamplePage.connect(await open("blue"), "join-by-link", "Ben", await organizer.link());
  await expect(organizer.waiter("Ben")).toBeVisible();
  await expect(inside.page.getByText("Ben")).toHaveCount(0);
  await expect(inside.badge).toBeHidden();
  await expect(inside.controls.getByRole("button", { name: "End for all" })).toBeHidden();
});
