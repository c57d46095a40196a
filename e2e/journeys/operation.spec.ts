// What the server's operator does, as people at the pages meet it: no --dev, tokens from the command line, a restart.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";
import { startServer } from "../lib/server";

test("a server without --dev says that it hands out no tokens, and how to join instead", async ({ open }) => {
  const strict = await startServer({ dev: false });
  try {
    const page = await open("red");
    await page.goto(`${strict.url}/`);
    await page.getByLabel("Your name").fill("Olga");
    await page.getByRole("button", { name: "Start a meeting" }).click();
    await expect(page.getByRole("alert")).toContainText("without --dev");
    await expect(page.getByLabel("Access token")).toBeVisible();

    await page.goto(`${strict.url}/meet/100000000000?p=whatever`);
    await page.getByLabel("Your name").fill("Gina");
    await new MeetingPage(page).pressJoin();
    await new MeetingPage(page).expectEnd("404/5751", "There is no such meeting here");
  } finally {
    await strict.stop();
  }
});

test("when the server stops, everybody reads that, and joins again once it is back", async ({ open }) => {
  const own = await startServer({ dev: true });
  const organizer = new MeetingPage(await open("red", { baseURL: own.url }));
  const guest = await open("green", { baseURL: own.url });
  try {
    await MeetingPage.start(organizer.page, { name: "Olga", lobby: "Nobody waits" });
    const sample = await SamplePage.connect(guest, "join-by-link", "Gina", await organizer.link());
    await sample.expectState("Connected");
    await own.restart();
    await organizer.expectEnd("503/90503", "The meeting was interrupted");
    await sample.expectEnd("503/90503", "The server is shutting down.");

    await organizer.page.getByRole("button", { name: "Join again" }).click();
    await organizer.join();
    await guest.getByRole("button", { name: "Connect", exact: true }).click();
    await sample.expectState("Connected");
    await expectToSee(organizer.videoOf("Gina"), "green");
    await expectToSee(sample.videoOf("Olga"), "red");
  } finally {
    await own.stop();
  }
});

test("without --dev a meeting is led with tokens and a link from the command line", async ({ open }) => {
  const own = await startServer({ dev: false });
  try {
    const olga = await own.cli<{ id: string }>("user", "create", "--organizer", "--name", "Olga");
    const gina = await own.cli<{ id: string }>("user", "create", "--name", "Gina");
    const meeting = await own.cli<{ joinWebUrl: string }>("meeting", "create", "--organizer", olga.id, "--subject", "Review", "--lobby", "organization");
    const organizer = await MeetingPage.joinWithToken(await open("red", { baseURL: own.url }), "Olga", meeting.joinWebUrl, await token(olga.id));
    await expect(organizer.controls).toBeVisible();
    const guest = await MeetingPage.joinWithToken(await open("green", { baseURL: own.url }), "Gina", meeting.joinWebUrl, await token(gina.id));
    await organizer.admit("Gina");
    await expectToSee(organizer.videoOf("Gina"), "green");
    await expectToSee(guest.videoOf("Olga"), "red");
    await expect(organizer.page.getByRole("heading", { name: "Review" })).toBeVisible();
  } finally {
    await own.stop();
  }

  async function token(user: string): Promise<string> {
    return (await own.cli<{ token: string }>("token", "issue", "--user", user, "--scope", "voip,chat")).token;
  }
});
