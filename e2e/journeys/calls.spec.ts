// Group calls, the end for all, and meetings that go on beside each other.

import { randomUUID } from "node:crypto";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("three people with the same group id see and hear each other", async ({ open }) => {
  const group = randomUUID();
  const ann = await SamplePage.connect(await open("red"), "group-call", "Ann", group);
  await ann.expectState("Connected");
  const ben = await SamplePage.connect(await open("green"), "group-call", "Ben", group);
  const cleo = await SamplePage.connect(await open("blue"), "group-call", "Cleo", group);
  await ben.expectState("Connected");
  await cleo.expectState("Connected");

  await expectToSee(ann.videoOf("Ben"), "green");
  await expectToSee(ann.videoOf("Cleo"), "blue");
  await expectToSee(ben.videoOf("Ann"), "red");
  await expectToSee(ben.videoOf("Cleo"), "blue");
  await expectToSee(cleo.videoOf("Ann"), "red");
  await expectToSee(cleo.videoOf("Ben"), "green");
  await expectToHear(ann.page, ["green", "blue"]);
  await expectToHear(ben.page, ["red", "blue"]);
  await expectToHear(cleo.page, ["red", "green"]);

  await ben.disconnect();
  await ben.expectEnd("0/0", "You left");
  await expect(ann.videoOf("Ben")).toHaveCount(0);
  await expectToHear(ann.page, ["blue"]);
  await expectToSee(ann.videoOf("Cleo"), "blue");
});

test("the organizer ends the meeting for everybody, also for those who wait", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga Organizer" });
  const link = await organizer.link();
  const inside = await SamplePage.connect(await open("green"), "join-by-link", "Gina", link);
  await inside.expectState("InLobby");
  await organizer.admit("Gina");
  await inside.expectState("Connected");
  const waiting = await SamplePage.connect(await open("blue"), "join-by-link", "Ben", link);
  await waiting.expectState("InLobby");
  await expectToSee(organizer.videoOf("Gina"), "green");

  await organizer.endForAll();
  await inside.expectEnd("0/4097", "The meeting was ended for everybody.");
  await waiting.expectEnd("0/4097", "The meeting was ended for everybody.");
  await organizer.expectEnd("0/4097", "The meeting has ended");
  await expect(inside.remoteVideos).toHaveCount(0);
});

test("two meetings at the same time never mix", async ({ open }) => {
  test.slow();
  const first = await MeetingPage.start(await open("red"), { name: "Olga", subject: "First", lobby: "Nobody waits" });
  const second = await MeetingPage.start(await open("blue"), { name: "Otto", subject: "Second", lobby: "Nobody waits" });
  const gina = await SamplePage.connect(await open("green"), "join-by-link", "Gina", await first.link());
  const yves = await SamplePage.connect(await open("yellow"), "join-by-link", "Yves", await second.link());

  await expectToSee(first.videoOf("Gina"), "green");
  await expectToSee(gina.videoOf("Olga"), "red");
  await expectToSee(second.videoOf("Yves"), "yellow");
  await expectToSee(yves.videoOf("Otto"), "blue");
  await expectToHear(first.page, ["green"]);
  await expectToHear(gina.page, ["red"]);
  await expectToHear(second.page, ["yellow"]);
  await expectToHear(yves.page, ["blue"]);
  await expect(first.tiles).toHaveCount(2);
  await expect(second.tiles).toHaveCount(2);
  await expect(gina.remoteVideos).toHaveCount(1);
  await expect(yves.remoteVideos).toHaveCount(1);

  await first.endForAll();
  await gina.expectEnd("0/4097", "ended for everybody");
  await expectToSee(second.videoOf("Yves"), "yellow");
  await expectToHear(second.page, ["yellow"]);
});
