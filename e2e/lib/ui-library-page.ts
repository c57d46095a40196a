// The samples with Microsoft's UI library as a person uses them. What has no role or name of its own is found by the library's own marks.

import { expect, type Locator, type Page } from "@playwright/test";

/** The samples' folders. */
export type UiLibrarySample = "call" | "components" | "call-with-chat";

/** Those for two users of the app. */
export type UiLibraryPairSample = "group-call-with-chat" | "chat";

/** One person at one of the samples. */
export class UiLibraryPage {
  private constructor(readonly page: Page, private readonly said: string[]) {
    page.setDefaultTimeout(20_000);
  }

  /** Opens a sample, and gives a name and the meeting's link. */
  static async open(page: Page, sample: UiLibrarySample, name: string, link: string): Promise<UiLibraryPage> {
    const said = listen(page);
    await page.goto(`/samples/ui-library/${sample}/`);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Meeting link").fill(link);
    await page.getByRole("button", { name: "Continue" }).click();
    return new UiLibraryPage(page, said);
  }

  /** Opens a sample for two, and lets the first find the second. */
  static async openPair(pages: readonly [Page, Page], sample: UiLibraryPairSample, names: readonly [string, string]): Promise<[UiLibraryPage, UiLibraryPage]> {
    const [first, second] = pages;
    const [firstSaid, secondSaid] = [listen(first), listen(second)];
    for (const [index, page] of pages.entries()) {
      await page.goto(`/samples/ui-library/${sample}/`);
      await page.getByLabel("Your name").fill(names[index] ?? "");
      await page.getByRole("button", { name: "Continue" }).click();
    }
    await first.getByLabel("The other one’s id").fill(await second.getByLabel("Your id").inputValue());
    await first.getByLabel("The other one’s name").fill(names[1]);
    await first.getByRole("button", { name: "Start" }).click();
    return [new UiLibraryPage(first, firstSaid), new UiLibraryPage(second, secondSaid)];
  }

  /** Presses a button by its name; of a split button the part that does something. */
  async press(name: string): Promise<void> {
    await this.page.locator("button").and(this.page.getByRole("button", { name, exact: true })).first().click();
  }

  /** Somebody's tile in the gallery; one's own is called You. */
  tileOf(name: string): Locator {
    return this.page.locator('[data-ui-id="video-tile"]').filter({ has: this.page.getByTitle(name, { exact: true }) });
  }

  /** Chooses something from the menu of somebody's tile. */
  async choose(name: string, item: string): Promise<void> {
    await this.tileOf(name).hover();
    await this.tileOf(name).getByRole("button", { name: `More Options ${name}` }).click();
    await this.page.getByRole("menuitem", { name: item }).click();
  }

  videoOf(name: string): Locator {
    return this.tileOf(name).locator("video");
  }

  /** A sign of the library's, by its name, on somebody's tile. */
  signOf(name: string, icon: string): Locator {
    return this.tileOf(name).locator(`[data-icon-name="${icon}"]`);
  }

  /** Waits until this person's tile shows this reaction; to be asked before it is sent, since it is gone after some seconds. */
  async reactionOf(name: string, reaction: string): Promise<void> {
    const tile = await this.tileOf(name).elementHandle();
    await this.page.waitForFunction(
      ({ tile, reaction }) => [...(tile?.querySelectorAll("div") ?? [])].some((each) => getComputedStyle(each).backgroundImage.includes(`/${reaction}-`)),
      { tile, reaction },
      { timeout: 20_000 },
    );
  }

  get field(): Locator {
    return this.page.getByPlaceholder("Enter a message");
  }

  message(text: string): Locator {
    return this.page.getByTestId("chat-composite-message").filter({ hasText: text });
  }

  /** The sign beside one's own last message, when somebody has read it. */
  get seenByOthers(): Locator {
    return this.page.getByRole("status", { name: "Message seen by others" }).or(this.page.getByLabel("Message seen by others")).first();
  }

  /** What the library tells of as gone wrong. */
  get problems(): Locator {
    return this.page.locator('[data-ui-id="notifications-stack"] > *');
  }

  /** Writes something, which the other one sees being typed, reads, and is seen to have read. */
  async writeTo(reader: UiLibraryPage, text: string): Promise<void> {
    await this.field.pressSequentially(text, { delay: 50 });
    await expect(reader.page.getByText(/ is typing/)).toBeVisible();
    await this.page.keyboard.press("Enter");
    await expect(reader.page.getByText(text, { exact: true }).first()).toBeVisible();
    await expect(this.seenByOthers).toBeAttached();
  }

  /** Errors and warnings of the console so far must be none. */
  expectSilence(): void {
    expect(this.said, "errors and warnings in the console").toEqual([]);
  }
}

/** Errors and warnings of the page's console, from now on. */
function listen(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(`${message.type()}: ${message.text()}`);
  });
  return said;
}
