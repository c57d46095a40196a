// Raised hands on the page, and what everybody is told of recording.

import { expectAccessible } from "../lib/accessible";
import { AppPage } from "../lib/app-page";
import { expect, test, type OpenPage } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";

/** Olga's meeting, with Gina and Ben in it. */
async function threePeople(open: OpenPage): Promise<{ organizer: MeetingPage; gina: MeetingPage; ben: MeetingPage }> {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const link = await organizer.link();
  const gina = await MeetingPage.open(await open("green"), link, "Gina");
  await gina.join();
  const ben = await MeetingPage.open(await open("blue"), link, "Ben");
  await ben.join();
  return { organizer, gina, ben };
}

test("hands stand in the order in which they were raised, on tile and roster, until lowered by their owner or by who leads", async ({ open }) => {
  test.slow();
  const { organizer, gina, ben } = await threePeople(open);
  await expect(organizer.lineOf("Ben")).toBeVisible();

  await ben.press("Raise hand");
  await expect(organizer.handOf("Ben")).toHaveText("1hand raised, number 1");
  await expect(organizer.page.getByTestId("people-announcement")).toHaveText("Ben raised a hand.");
  await gina.press("Raise hand");
  await expect(organizer.handOf("Gina")).toHaveText("2hand raised, number 2");
  const names = organizer.page.getByRole("list", { name: "In the meeting" }).locator(".person-name");
  await expect(names).toHaveText(["Ben", "Gina", "Olga (you)"]);
  await expect(gina.handOf("Ben")).toHaveText("1hand raised, number 1");
  await expect(ben.controls.getByRole("button", { name: "Lower hand" })).toBeVisible();

  await ben.press("Lower hand");
  await expect(organizer.handOf("Ben")).toBeHidden();
  await expect(organizer.handOf("Gina")).toHaveText("1hand raised, number 1");
  await organizer.act("Gina", "Lower the hand");
  await expect(gina.controls.getByRole("button", { name: "Raise hand" })).toBeVisible();
  await gina.press("Raise hand");
  await ben.press("Raise hand");
  await expect(organizer.handOf("Ben")).toHaveText("2hand raised, number 2");
  await organizer.page.getByRole("button", { name: "Lower hands" }).click();
  await expect(organizer.page.getByRole("button", { name: "Lower hands" })).toBeHidden();
  await expect(gina.handOf("Ben")).toBeHidden();
  await expect(gina.handOf("Gina")).toBeHidden();
  await expectToHear(organizer.page, ["green", "blue"]);
});

test("whom somebody pins stands large for them alone, until unpinned", async ({ open }) => {
  const { organizer, gina, ben } = await threePeople(open);
  await expect(organizer.largeTiles).toHaveCount(3);
  // The gallery moves a tile, and closes its menu, when its video comes.
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expectToSee(organizer.videoOf("Ben"), "blue");

  await organizer.actOnTile("Ben", "Pin for me");
  await expect(organizer.largeTiles).toHaveCount(2);
  await expect(organizer.tileOf("Ben").getByText("pinned")).toBeAttached();
  await expectToSee(organizer.largeTiles.and(organizer.tileOf("Ben")).locator("video"), "blue");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expect(gina.largeTiles).toHaveCount(3);

  await organizer.actOnTile("Ben", "Unpin");
  await expect(organizer.largeTiles).toHaveCount(3);
  await expectToSee(organizer.videoOf("Ben"), "blue");
});

test("everybody reads that the call is recorded or transcribed, for as long as it is", async ({ open, request, server }) => {
  const answer: { token: string } = await (await request.get(`${server.url}/api/dev/organizer?name=Rita`)).json();
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const link = await organizer.link();
  const recorder = await AppPage.join(await open("green"), answer.token, { meetingLink: link }, "Rita");
  await recorder.expectState("Connected");
  await organizer.act("Rita", "Make co-organizer");
  await expect.poll(() => recorder.events()).toContain("role Co-organizer");

  await recorder.do(({ call }) => call.convene.announceRecording("Started"));
  await expect(organizer.banner("This meeting is being recorded.")).toBeVisible();
  const late = await MeetingPage.open(await open("blue"), link, "Ben");
  await late.join();
  await expect(late.banner("This meeting is being recorded.")).toBeVisible();
  await recorder.do(({ call }) => call.convene.announceTranscription(true));
  await expect(late.banner("What is said here is being written down.")).toBeVisible();
  await expectAccessible(late.page, "the strips of recording and transcription");

  await recorder.do(({ call }) => call.convene.announceRecording("Ended"));
  await expect(organizer.banner("This meeting is being recorded.")).toHaveCount(0);
  await recorder.do(({ call }) => call.convene.announceTranscription(false));
  await expect(late.page.locator(".banner")).toHaveCount(0);
});

test("who is in the spotlight stands large on every page, and a reaction stands on its sender's tile for a while", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const gina = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  await gina.join();
  await expect(organizer.lineOf("Gina")).toBeVisible();
  await organizer.act("Gina", "Put into the spotlight");
  for (const page of [organizer, gina]) {
    await expect(page.largeTiles).toHaveCount(1);
    await expect(page.largeTiles).toHaveAttribute("data-name", "Gina");
    await expect(page.tileOf("Gina").getByText("in the spotlight")).toBeAttached();
  }
  await expectToSee(organizer.videoOf("Gina"), "green");
  await gina.act("Gina", "Take out of the spotlight");
  // Of two, each sees the other large.
  await expect(gina.largeTiles).toHaveAttribute("data-name", "Olga");
  await expect(organizer.tileOf("Gina").getByText("in the spotlight")).toHaveCount(0);
  await expectToSee(organizer.videoOf("Gina"), "green");

  await gina.press("React");
  await expectAccessible(gina.page, "the menu of reactions");
  // A window that becomes narrower takes its menu along.
  await gina.page.setViewportSize({ width: 390, height: 844 });
  await expect(gina.page.getByRole("menuitem", { name: "Applause" })).toBeInViewport({ ratio: 1 });
  await gina.page.getByRole("menuitem", { name: "Applause" }).click();
  for (const page of [organizer, gina]) await expect(page.tileOf("Gina").locator(".reaction-mark")).toHaveText("applauds");
  await expect(organizer.tileOf("Gina").locator(".reaction-mark")).toBeHidden();
});
