// Organizers with an account of this server: a link sets the password, a session starts meetings, signing out everywhere ends it.

import { expectAccessible } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";
import { startServer } from "../lib/server";
import { startProvider } from "../../tests/peers/lib/provider.mjs";

const PASSWORD = "four plain words here";

test("an organizer sets a password by a link, leads a meeting without --dev, and is out everywhere after signing out everywhere", async ({ open }) => {
  const own = await startServer({ dev: false });
  try {
    const { link } = await own.cli<{ link: string }>("account", "create", "--email", "olga@example.org", "--name", "Olga");
    const page = await open("red", { baseURL: own.url });
    await page.goto(link);
    await expect(page.getByLabel("E-mail address")).toHaveValue("olga@example.org");
    await expectAccessible(page, "the page that sets a password");
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
    await expectAccessible(other, "the sign-in page");
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

test("people of an organization sign in by its provider; one leads a meeting, the other joins it as themselves, past the lobby", async ({ open }) => {
  const provider = await startProvider({ clientId: "convene", clientSecret: "secret" });
  const of = ["--oidc-issuer", provider.url, "--oidc-client-id", "convene", "--oidc-client-secret", "secret"];
  const own = await startServer({ dev: false, flags: [...of, "--oidc-label", "Example", "--oidc-allowed-domain", "example.org"] });
  try {
    const page = await open("red", { baseURL: own.url });
    const stranger = { sub: "stranger", email: "mallory@elsewhere.example", email_verified: true };
    provider.signIn(stranger);
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Sign in with Example" }).click();
    await expect(page.getByRole("alert")).toContainText("mallory@elsewhere.example is of no domain that may sign in here");
    await expectAccessible(page, "the sign-in page with a refusal");

    provider.signIn({ sub: "olga", name: "Olga", email: "olga@example.org", email_verified: true });
    await page.getByRole("link", { name: "Sign in with Example" }).press("Enter");
    await expect(page.getByText("olga@example.org")).toBeVisible();
    const organizer = await MeetingPage.start(page, { name: "Olga" });
    const link = await organizer.link();

    provider.signIn({ sub: "otto", name: "Otto", email: "otto@example.org", email_verified: true });
    const otto = await open("green", { baseURL: own.url });
    await otto.goto(link);
    await expect(otto.getByText("You join as a guest.")).toBeVisible();
    await otto.getByRole("link", { name: "Sign in" }).click();
    await otto.getByRole("link", { name: "Sign in with Example" }).click();
    await expect(otto).toHaveURL(link);
    await expect(otto.getByText("You join as otto@example.org")).toBeVisible();
    await expect(otto.getByLabel("Your name")).toHaveValue("Otto");
    const colleague = new MeetingPage(otto);
    await colleague.join();
    await expect(organizer.lineOf("Otto").locator(".kind")).toHaveText("organization user");
    await expectToSee(organizer.videoOf("Otto"), "green");
    await expectToSee(colleague.videoOf("Olga"), "red");

    const guest = await MeetingPage.knock(await open("blue", { baseURL: own.url }), "Gina", link);
    await organizer.admit("Gina");
    await expectToSee(organizer.videoOf("Gina"), "blue");
    await expectToSee(guest.videoOf("Otto"), "green");
  } finally {
    await own.stop();
    await provider.stop();
  }
});
