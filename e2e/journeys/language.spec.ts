// The pages in German: a meeting from its start to its end, beside a guest who has it in English; the choice, and who makes it.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { MeetingChatPanel } from "../lib/meeting-chat";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";
import { startServer } from "../lib/server";

const GERMAN = { locale: "de-DE" };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 720 };

/** Expects that nothing on the page is wider than a phone, and that no button's words are cut off. */
async function expectToFitPhones(page: Page, what: string): Promise<void> {
  await page.setViewportSize(PHONE);
  const tooWide = await page.evaluate(() => {
    const shown = [...document.querySelectorAll<HTMLElement>("button, a, label, h1, h2, h3, p, input, select")].filter((each) => each.checkVisibility() && !each.closest(".visually-hidden"));
    const out = shown.filter((each) => {
      const { left, right, width } = each.getBoundingClientRect();
      return width > 0 && (right > innerWidth + 1 || left < -1);
    });
    const cut = [...document.querySelectorAll<HTMLElement>("button > span:not(.badge, .visually-hidden)")].filter((each) => {
      const [words, button] = [each.getBoundingClientRect(), each.parentElement?.getBoundingClientRect()];
      return button && words.width > 0 && (words.left < button.left || words.right > button.right);
    });
    return [...out, ...cut].map((each) => `${each.localName}.${each.className}: ${each.innerText}`);
  });
  expect.soft(tooWide, `what does not fit on ${what}`).toEqual([]);
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `the width of ${what}`).toBeLessThanOrEqual(PHONE.width);
  await picture(page, `${what} phone`);
  await page.setViewportSize(DESKTOP);
}

async function picture(page: Page, what: string): Promise<void> {
  if (process.env.LANG_PICTURES) await page.screenshot({ path: `${process.env.LANG_PICTURES}/${what.replaceAll(" ", "-")}.png` });
}

async function check(page: Page, what: string): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expectAccessible(page, what);
  await picture(page, what);
  await expectToFitPhones(page, what);
}

test("a meeting is led in German, by keyboard, while a guest has it in English", async ({ open }) => {
  test.setTimeout(240_000);
  const olga = await open("red", GERMAN);
  await olga.goto("/");
  await check(olga, "the home page");
  await olga.getByLabel("Ihr Name").fill("Olga");
  await olga.getByLabel("Betreff").fill("Beratung");
  await olga.getByLabel("Betreff").press("Enter");
  await expect(olga.getByRole("heading", { name: "Beratung" })).toBeFocused();
  await expect(olga.getByRole("button", { name: "Teilnehmen", exact: true })).toBeEnabled();
  await check(olga, "PreJoin");
  await olga.getByRole("button", { name: "Teilnehmen", exact: true }).press("Enter");
  const bar = olga.getByRole("group", { name: "Besprechungssteuerung" });
  await expect(bar).toBeVisible();
  await expect(olga.getByRole("heading", { name: "Sie sind allein hier" })).toBeVisible();
  await check(olga, "the meeting alone");
  const link = await olga.getByLabel("Besprechungslink").first().inputValue();

  const gina = await MeetingPage.knock(await open("green"), "Gina", link);
  await expect(gina.page.getByRole("heading", { name: "Waiting to be let in" })).toBeVisible();
  await expect(gina.page.locator("html")).toHaveAttribute("lang", "en");
  await expect(olga.getByTestId("lobby-announcement")).toHaveText("Gina (anonymer Gast) ist im Wartebereich. Dort wartet 1 Person.");
  await expect(olga.getByRole("region", { name: "Wartebereich" }).getByText(/^seit \d\d:\d\d$/)).toBeVisible();
  await check(olga, "the lobby");
  await olga.getByRole("button", { name: "Gina einlassen" }).press("Enter");
  await expectToSee(gina.videoOf("Olga"), "red");
  const line = olga.getByRole("list", { name: "In der Besprechung" }).getByRole("listitem").filter({ hasText: "Gina" });
  await expect(line).toContainText("anonymer Gast");

  await gina.press("Chat");
  const ginasChat = new MeetingChatPanel(gina);
  await ginasChat.write("Hello");
  await bar.getByRole("button", { name: /Chat.*1 neue Nachricht/ }).press("Enter");
  await expect(olga.getByLabel("Nachricht", { exact: true })).toBeFocused();
  await olga.keyboard.type("Guten Tag");
  await expect(ginasChat.typing).toHaveText("Olga is typing…");
  await olga.keyboard.press("Enter");
  await expect(ginasChat.message("Guten Tag")).toContainText("Olga");
  // The library's own words.
  await expect(olga.getByRole("log", { name: "Nachrichten" }).getByLabel(/Nachricht gesendet|Nachricht von anderen gesehen/)).toBeAttached();
  await expect(olga.getByRole("button", { name: "Nachricht senden" })).toBeAttached();
  await check(olga, "the chat");
  await bar.getByRole("button", { name: "Personen" }).press("Enter");
  await expect(olga.getByRole("complementary", { name: "Personen" })).toBeVisible();
  await check(olga, "the people");
  const menu = line.getByRole("button", { name: "Aktionen für Gina" });
  await menu.press("Enter");
  await expect(olga.getByRole("menuitem", { name: "Stummschalten" })).toBeFocused();
  await expect(olga.getByRole("menuitem", { name: "Als Teilnehmer festlegen" })).toBeVisible();
  await picture(olga, "the menu of somebody");
  await olga.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await bar.getByRole("button", { name: "Personen" }).press("Enter");
  await expect(olga.getByRole("complementary", { name: "Personen" })).toBeHidden();
  await check(olga, "the meeting");

  await bar.getByRole("button", { name: "Optionen" }).press("Enter");
  const options = olga.getByRole("dialog", { name: "Besprechungsoptionen" });
  await expect(options.getByLabel("Wer im Wartebereich wartet")).toBeEnabled();
  await options.getByLabel("Gesperrt").press("Space");
  await expect(options.getByText("Gespeichert. Es gilt ab jetzt.")).toBeVisible();
  await check(olga, "the options");
  await olga.keyboard.press("Escape");

  const late = await open("green", GERMAN);
  await late.goto(link);
  await expect(late).toHaveTitle(/^(An einer Besprechung teilnehmen – )?Convene$/);
  await late.getByLabel("Ihr Name").fill("Lea");
  await late.getByRole("button", { name: "Teilnehmen", exact: true }).click();
  await expect(late.getByRole("heading", { name: "Die Besprechung ist gesperrt" })).toBeVisible();
  await expect(late.getByText("Bitten Sie den Organisator, die Sperre aufzuheben.")).toBeVisible();

  await bar.getByRole("button", { name: "Verlassen" }).press("Enter");
  await expect(olga.getByRole("heading", { name: "Sie haben die Besprechung verlassen" })).toBeFocused();
  await expect(olga.getByRole("button", { name: "Erneut teilnehmen" })).toBeVisible();
  await check(olga, "the end");
});

test("who waits and is not let in reads so in German; the link asks for it, and no English page fetches it", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const link = await organizer.link();
  const page = await open("green");
  const fetched: string[] = [];
  for (const each of [organizer.page, page]) each.on("request", (request) => fetched.push(`${each === page ? "guest" : "organizer"} ${new URL(request.url()).pathname}`));
  await page.goto(`${link}&lang=de`);
  await page.getByLabel("Ihr Name").fill("Gina");
  await page.getByRole("button", { name: "Teilnehmen", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Warten auf Einlass…" })).toBeFocused();
  await check(page, "waiting");
  await organizer.reject("Gina");
  await expect(page.getByRole("heading", { name: "Sie wurden nicht eingelassen" })).toBeVisible();
  await expect(page.getByText("Ihre Anfrage wurde abgelehnt.")).toBeVisible();
  await check(page, "the end of who was not let in");
  expect(fetched.filter((each) => /organizer .*\/(de|locale-de)-/.test(each))).toEqual([]);
  expect(fetched.filter((each) => /guest .*\/(de|locale-de)-/.test(each))).toHaveLength(2);

  // The rest of this tab speaks German too; what the server says without a code that there are words for is marked as English.
  await page.route("**/api/visitors", (route) => route.fulfill({ status: 500, json: { error: { code: "Stuck", message: "The door is stuck." } } }));
  await page.goto(link);
  await page.getByRole("button", { name: "Teilnehmen", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Die Teilnahme ist fehlgeschlagen" })).toBeVisible();
  await expect(page.locator('[role="status"] [lang="en"]')).toHaveText("The door is stuck.");
});

test("the language is chosen by keyboard, keeps what was written, and is remembered", async ({ open }) => {
  const own = await startServer({ dev: false });
  try {
    const page = await open("red", { baseURL: own.url });
    await page.goto("/");
    await page.getByLabel("Your name").fill("Olga");
    await page.getByLabel("Join link or meeting id").fill("123 456 789 012");
    await page.getByLabel("Passcode").fill("abc");
    const choice = page.getByRole("group", { name: "Language" });
    await expect(choice.getByRole("button", { name: "English" })).toHaveAttribute("aria-pressed", "true");
    await choice.getByRole("button", { name: "Deutsch" }).press("Enter");
    await expect(page.getByRole("group", { name: "Sprache" }).getByRole("button", { name: "Deutsch" })).toBeFocused();
    await expect(page.getByLabel("Ihr Name")).toHaveValue("Olga");
    await expect(page.getByLabel("Besprechungslink oder Besprechungs-ID")).toHaveValue("123 456 789 012");
    await expect(page.getByLabel("Kenncode")).toHaveValue("abc");
    await page.getByRole("button", { name: "Besprechung starten" }).click();
    await expect(page.getByRole("alert")).toContainText("Dieser Server gibt dieser Seite keine Zugriffstoken");
    await check(page, "the home page with a problem");

    await page.getByRole("link", { name: "Anmelden" }).press("Enter");
    await expect(page).toHaveTitle("Bei Convene anmelden");
    await page.getByLabel("E-Mail-Adresse").fill("olga@example.org");
    await page.getByLabel("Passwort").fill("not the right words");
    await page.getByRole("button", { name: "Anmelden" }).press("Enter");
    await expect(page.getByRole("alert")).toContainText("Die Adresse oder das Passwort ist falsch.");
    await check(page, "the sign-in page");
    await page.getByRole("button", { name: "English" }).press("Enter");
    await expect(page.getByLabel("E-mail address")).toHaveValue("olga@example.org");
    await expect(page.getByRole("alert")).toContainText("The address or the password is wrong.");
    await expect(page).toHaveTitle("Sign in to Convene");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");

    // What went wrong at the organization's provider the server writes into the page, in English.
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.head) return;
        observer.disconnect();
        document.head.append(Object.assign(document.createElement("meta"), { name: "convene-problem", content: "Example cannot be reached." }));
      }).observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    await expect(page.getByRole("alert")).toHaveText("Example cannot be reached.");
    await page.getByRole("button", { name: "Deutsch" }).press("Enter");
    await expect(page.getByRole("alert")).toHaveText("Die Anmeldung ist fehlgeschlagen. Example cannot be reached.");
    await expect(page.getByRole("alert").locator("[lang=en]")).toHaveText("Example cannot be reached.");
    await page.getByRole("button", { name: "English" }).press("Enter");
    await expect(page.getByRole("alert")).toHaveText("Example cannot be reached.");

    // What was chosen holds before what an address asks for.
    await page.goto("/?lang=de");
    await expect(page.getByRole("heading", { name: "Meetings that any app can join" })).toBeVisible();
  } finally {
    await own.stop();
  }
});

test("in PreJoin the language changes with the camera on and the name kept; a page whose words cannot be fetched stays English", async ({ open }) => {
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const guest = await MeetingPage.open(await open("green"), await organizer.link(), "Gina");
  const { page } = guest;
  await expect(page.locator(".preview video")).toBeVisible();
  await page.route("**/assets/de-*.js", (route) => route.abort());
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.getByText("This language could not be fetched.")).toBeVisible();
  await expect(page.getByLabel("Your name")).toHaveValue("Gina");
  await page.unroute("**/assets/de-*.js");
  await page.reload();
  await page.getByLabel("Your name").fill("Gina");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.getByLabel("Ihr Name")).toHaveValue("Gina");
  await expect(page.locator(".preview video")).toBeVisible();
  await check(page, "PreJoin of a guest");
  await page.getByRole("button", { name: "Teilnehmen", exact: true }).click();
  await expectToSee(organizer.videoOf("Gina"), "green");
  await expect(page.getByRole("group", { name: "Besprechungssteuerung" })).toBeVisible();
  await expectToSee(guest.videoOf("Olga"), "red");

  const other = await open("blue", GERMAN);
  await other.route("**/assets/de-*.js", (route) => route.abort());
  await other.goto("/");
  await expect(other.getByRole("heading", { name: "Meetings that any app can join" })).toBeVisible();
  await expect(other.locator("html")).toHaveAttribute("lang", "en");
});
