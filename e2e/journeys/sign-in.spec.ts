// Organizers with an account of this server: a link sets the password, a session starts meetings, signing out everywhere ends it.

import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";
import { startServer } from "../lib/server";

const PASSWORD = "four plain words here";

test("an organizer sets a password by a link, leads a meeting without --dev, and is out everywhere after signing out everywhere", async ({ open }) => {
  const own = await startServer({ dev: false });
  try {
    const { link } = await own.cli<{ link: string }>("account", "create", "--email", "olga@example.org", "--name", "Olga");
    const page = await open("red", { baseURL: own.url });
    await page.goto(link);
    await expect(page.getByLabel("E-mail address")).toHaveValue("olga@example.org");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set password and sign in" }).click();
    await expect(page.getByText("olga@example.org")).toBeVisible();

    const organizer = await MeetingPage.start(page, { name: "Olga at home" });
    const guest = await open("green", { baseURL: own.url });
    await guest.goto(await organizer.link());
    await guest.getByLabel("Your name").fill("Gina");
    await new MeetingPage(guest).pressJoin();
    await organizer.admit("Gina");
    await expectToSee(organizer.videoOf("Gina"), "green");
    await expectToSee(new MeetingPage(guest).videoOf("Olga at home"), "red");

    const other = await open("blue", { baseURL: own.url });
    await other.goto("/sign-in");
    await other.getByLabel("E-mail address").fill("olga@example.org");
    await other.getByLabel("Password").fill("not the right words");
    await other.getByRole("button", { name: "Sign in" }).click();
    await expect(other.getByRole("alert")).toContainText("The address or the password is wrong.");
    await other.getByLabel("Password").fill(PASSWORD);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(other.getByRole("link", { name: "Sign in" })).toBeVisible();
    await expect(organizer.page.locator("main.ended")).toHaveAttribute("data-code", "401/10009");

    await other.goto(link);
    await expect(other.getByRole("alert")).toContainText("This link was used already");
  } finally {
    await own.stop();
  }
});
