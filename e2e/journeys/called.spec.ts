// The pages of this server ring: somebody of the organization is called at the home page and in a meeting, answers, holds, declines.

import { expectAccessible } from "../lib/accessible";
import { CalledPage } from "../lib/called-page";
import { expect, test } from "../lib/fixtures";
import { organizer } from "../lib/meetings";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { RingingPage } from "../lib/ringing-page";

test("who is signed in is called at the home page, answers by the keyboard, and both hold the call and see that the other does", async ({ open, request, server }) => {
  const olga = await CalledPage.signIn(await open("red"), server, "Olga");
  const otto = await organizer(request, server, "Otto");
  const caller = await RingingPage.openTeams(await open("green"), otto.token);
  await olga.calledBy(caller);
  const { card, page } = olga;
  await expect(page.getByRole("alertdialog", { name: "Otto is calling you" })).toHaveAccessibleDescription(/organization user/);
  await expect(page).toHaveTitle(/Otto is calling/);
  await expect(card.getByRole("button", { name: "Answer with video" })).toBeFocused();
  await expect(card.getByText("You leave what you are in")).toBeHidden();
  await expectAccessible(page, "the card of who calls");
  await card.getByRole("button", { name: "Turn the ring tone off" }).click();
  await expect(card.getByRole("button", { name: "Turn the ring tone on" })).toBeVisible();

  await card.getByRole("button", { name: "Answer with video" }).focus();
  await page.keyboard.press("Enter");
  await expect(card).toBeHidden();
  await caller.expectState("Connected");
  await expectToSee(olga.videoOf("Otto"), "green");
  await expectToSee(caller.videoOf("Olga"), "red");
  await expectToHear(caller.page, ["red"]);
  await expect(page).toHaveTitle(/^Otto – Convene/);
  await expect(olga.controls.getByRole("button", { name: "Invite" })).toBeHidden();

  await olga.press("Hold");
  await expect(page.locator("[data-kind=held]")).toContainText("You hold this call");
  await expectAccessible(page, "a call that is held");
  await caller.expectState("RemoteHold");
  await olga.press("Resume");
  await expect(page.locator("[data-kind=held]")).toBeHidden();
  await caller.expectState("Connected");
  await caller.do(({ call }) => call.hold());
  await expect(page.locator("[data-kind=heldByOther]")).toContainText("Otto holds this call");
  await caller.do(({ call }) => call.resume());
  await expect(page.locator("[data-kind=heldByOther]")).toBeHidden();
  await expectToHear(page, ["green"]);

  await caller.do(({ call }) => call.hangUp());
  await expect(page.locator("main.ended")).toHaveAttribute("data-code", "0/5003");
  await expect(page.getByRole("heading", { name: "The call is over" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Join again" })).toBeHidden();
  await page.getByRole("button", { name: "Home" }).click();
  await expect(page.getByRole("button", { name: "Start a meeting" })).toBeVisible();

  await olga.calledBy(caller);
  await card.getByRole("button", { name: "Decline" }).click();
  await caller.expectEnd(603, 0, /declined/);
  await expect(card).toBeHidden();

  await page.getByLabel("Your name").focus();
  await olga.calledBy(caller);
  await expect(page.getByLabel("Your name"), "who types keeps the focus").toBeFocused();
  await caller.do(({ call }) => call.hangUp());
  await expect(card).toBeHidden();
  await expect(page.getByText("Otto is not calling any more.")).toBeAttached();
  await expect(page).toHaveTitle("Convene");
});

test("who is in a meeting is called, is told that answering leaves it, and answers without video", async ({ open, request, server }) => {
  const olga = await CalledPage.signIn(await open("red"), server, "Olga");
  const otto = await organizer(request, server, "Otto");
  const caller = await RingingPage.openTeams(await open("green"), otto.token);
  const meeting = await MeetingPage.start(olga.page, { name: "Olga", lobby: "Nobody waits" });
  const guest = await MeetingPage.knock(await open("blue"), "Gina", await meeting.link());
  await expectToSee(meeting.videoOf("Gina"), "blue");

  await olga.calledBy(caller);
  await expect(olga.card.getByText("You leave what you are in")).toBeVisible();
  await expect(meeting.videoOf("Gina"), "the meeting goes on meanwhile").toBeVisible();
  await olga.card.getByRole("button", { name: "Answer without video" }).click();
  await caller.expectState("Connected");
  await expectToSee(olga.videoOf("Otto"), "green");
  await expectToHear(caller.page, ["red"]);
  expect(await caller.do(({ call }) => call.remoteParticipants[0]?.videoStreams.map((stream) => stream.isAvailable))).toEqual([false, false]);
  await expect(guest.videoOf("Olga")).toBeHidden();

  await olga.press("Leave");
  await caller.expectEnd(0, 5003, /other participant left/);
  await expect(olga.page.getByRole("heading", { name: "You left the call" })).toBeVisible();
});
