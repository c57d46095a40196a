// The meeting page as a person uses it: by labels, buttons and what stands on the screen.

import { expect, type Locator, type Page } from "@playwright/test";

/** What an organizer chooses when starting a meeting. */
export interface StartOptions {
  readonly name: string;
  readonly subject?: string;
  /** The lobby's choice, by the first words of its text. */
  readonly lobby?: "Guests wait" | "Everybody waits" | "Nobody waits";
}

/** One person's meeting page. */
export class MeetingPage {
  constructor(readonly page: Page) {}

  /** Starts a meeting from the home page and goes in. */
  static async start(page: Page, options: StartOptions): Promise<MeetingPage> {
    const meeting = await MeetingPage.prepare(page, options);
    await meeting.join();
    return meeting;
  }

  /** Starts a meeting from the home page, up to PreJoin. */
  static async prepare(page: Page, { name, subject = "Weekly review", lobby = "Guests wait" }: StartOptions): Promise<MeetingPage> {
    await page.goto("/");
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Subject").fill(subject);
    const choice = page.getByLabel("Lobby").locator("option").filter({ hasText: lobby }).first();
    await page.getByLabel("Lobby").selectOption((await choice.getAttribute("value")) ?? "");
    await page.getByRole("button", { name: "Start a meeting" }).click();
    await expect(page.getByRole("heading", { name: subject })).toBeVisible();
    return new MeetingPage(page);
  }

  /** Joins from the home page by link and access token. */
  static async joinWithToken(page: Page, name: string, link: string, token: string): Promise<MeetingPage> {
    const meeting = new MeetingPage(page);
    await page.goto("/");
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Join link or meeting id").fill(link);
    await page.getByText("Use an access token").click();
    await page.getByLabel("Access token").fill(token);
    await meeting.pressJoin();
    await expect(page.locator(".preview")).toBeVisible();
    await meeting.pressJoin();
    return meeting;
  }

  /** Opens the link as a guest, and presses Join in PreJoin. */
  static async knock(page: Page, name: string, link: string): Promise<MeetingPage> {
    const meeting = await MeetingPage.open(page, link, name);
    await meeting.pressJoin();
    return meeting;
  }

  /** Opens a meeting's link and gives a name, up to PreJoin. */
  static async open(page: Page, link: string, name: string): Promise<MeetingPage> {
    await page.goto(link);
    await page.getByLabel("Your name").fill(name);
    return new MeetingPage(page);
  }

  /** Presses Join in PreJoin and waits for the meeting. */
  async join(): Promise<void> {
    await this.pressJoin();
    await expect(this.controls).toBeVisible();
  }

  async pressJoin(): Promise<void> {
    await this.page.getByRole("button", { name: "Join", exact: true }).click();
  }

  get controls(): Locator {
    return this.page.getByRole("group", { name: "Meeting controls" });
  }

  /** The link to send to others. */
  async link(): Promise<string> {
    return this.page.getByLabel("Join link").first().inputValue();
  }

  /** Meeting id and passcode, as they stand on the screen. */
  async numbers(): Promise<{ meetingId: string; passcode: string }> {
    return {
      meetingId: await this.page.getByTestId("meeting-id").first().innerText(),
      passcode: await this.page.getByTestId("passcode").first().innerText(),
    };
  }

  /** Presses a button of the bar. */
  async press(name: string): Promise<void> {
    await this.controls.getByRole("button", { name, exact: true }).click();
  }

  /** The picture of somebody in the gallery. */
  videoOf(name: string): Locator {
    return this.tileOf(name).locator("video");
  }

  tileOf(name: string): Locator {
    return this.page.locator(`.tile[data-name="${name}"]`);
  }

  /** The muted mark on somebody's tile. */
  mutedMarkOf(name: string): Locator {
    return this.tileOf(name).locator('[data-icon-name="VideoTileMicOff"]');
  }

  /** The mark of a raised hand on somebody's tile. */
  handOf(name: string): Locator {
    return this.tileOf(name).locator(".hand-mark");
  }

  /** The tiles that stand large. */
  get largeTiles(): Locator {
    return this.page.locator('[data-ui-id="grid-layout"] .tile');
  }

  get tiles(): Locator {
    return this.page.locator(".tile");
  }

  get sharedScreen(): Locator {
    return this.page.locator(".shared-screen video");
  }

  /** The line of somebody in the roster. */
  lineOf(name: string): Locator {
    return this.page.getByRole("list", { name: "In the meeting" }).getByRole("listitem").filter({ hasText: name });
  }

  /** The line of somebody in the lobby panel. */
  waiter(name: string): Locator {
    return this.page.getByRole("region", { name: "Lobby" }).getByRole("listitem").filter({ hasText: name });
  }

  /** Does something to somebody by the menu of their line. */
  async act(name: string, action: string): Promise<void> {
    await this.lineOf(name).getByRole("button", { name: `Actions on ${name}` }).click();
    await this.page.getByRole("menuitem", { name: action, exact: true }).click();
  }

  /** Chooses from the menu of somebody's tile, by keyboard. */
  async actOnTile(name: string, action: string): Promise<void> {
    const menu = this.page.getByRole("menuitem");
    // The gallery moves a tile, and closes its menu, when somebody else speaks: then it is opened again.
    await expect(async () => {
      if ((await menu.count()) === 0) await this.tileOf(name).getByRole("button").press("Enter", { timeout: 2_000 });
      // The menu puts the focus on its first item when it has opened: a key before that would go to another one.
      await expect(menu.first()).toBeFocused({ timeout: 2_000 });
      await this.page.getByRole("menuitem", { name: action, exact: true }).press("Enter", { timeout: 2_000 });
    }).toPass();
  }

  /** What the menu of somebody's line offers. */
  async offered(name: string): Promise<string[]> {
    const button = this.lineOf(name).getByRole("button", { name: `Actions on ${name}` });
    await button.click();
    const items = await this.page.getByRole("menuitem").allInnerTexts();
    await this.page.keyboard.press("Escape");
    await expect(button).toBeFocused();
    return items;
  }

  /** Opens the organizer's options. */
  async openOptions(): Promise<Locator> {
    await this.press("Options");
    const dialog = this.page.getByRole("dialog", { name: "Meeting options" });
    await expect(dialog.getByLabel("Who waits in the lobby")).toBeEnabled();
    return dialog;
  }

  /** Opens the card of the devices. */
  async openDevices(): Promise<Locator> {
    await this.press("Devices");
    return this.page.getByRole("region", { name: "Devices" });
  }

  /** A strip under the title. */
  banner(text: string | RegExp): Locator {
    return this.page.locator(".banner").filter({ hasText: text });
  }

  get badge(): Locator {
    return this.page.getByTestId("lobby-badge");
  }

  async admit(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `Admit ${name}`, exact: true }).click();
  }

  async reject(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `Reject ${name}`, exact: true }).click();
  }

  async leave(): Promise<void> {
    await this.press("Leave");
  }

  async endForAll(): Promise<void> {
    await this.press("End for all");
    await this.page.getByRole("dialog").getByRole("button", { name: "End for everybody" }).click();
  }

  /** Waits for the end screen with this code and heading. */
  async expectEnd(code: string, heading: string): Promise<void> {
    await expect(this.page.locator("main.ended")).toHaveAttribute("data-code", code);
    await expect(this.page.getByRole("heading", { name: heading })).toBeVisible();
  }
}
