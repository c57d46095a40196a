// The samples as a person uses them.

import { expect, type Locator, type Page } from "@playwright/test";

/** The samples' folders. */
export const SAMPLES = ["join-by-link", "group-call", "video", "screen-share", "roster", "devices", "ringing"] as const;

/** A sample's folder. */
export type Sample = (typeof SAMPLES)[number];

/** One person's sample page. */
export class SamplePage {
  constructor(readonly page: Page) {}

  /** Opens a sample and presses Connect. */
  static async connect(page: Page, sample: Sample, name: string, destination: string): Promise<SamplePage> {
    await page.goto(`/samples/${sample}/`);
    return SamplePage.connectHere(page, sample, name, destination);
  }

  /** Presses Connect on a sample that is open. */
  static async connectHere(page: Page, sample: Sample, name: string, destination: string): Promise<SamplePage> {
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel(sample === "join-by-link" ? "Meeting link" : "Group id").fill(destination);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    return new SamplePage(page);
  }

  /** Waits for a state, as it stands on the page. */
  async expectState(state: string): Promise<void> {
    await expect(this.page.locator("#call-state")).toHaveText(state);
  }

  /** Waits for the end with this code and these words. */
  async expectEnd(code: string, words: string): Promise<void> {
    await this.expectState("Disconnected");
    await expect(this.page.locator("#call-end")).toContainText(code);
    await expect(this.page.locator("#call-end")).toContainText(words);
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  async disconnect(): Promise<void> {
    await this.page.getByRole("button", { name: "Disconnect" }).click();
  }

  /** The picture of somebody else. */
  videoOf(name: string): Locator {
    return this.page.locator("#remote-videos figure").filter({ hasText: name }).locator("video");
  }

  get remoteVideos(): Locator {
    return this.page.locator("#remote-videos video");
  }
}
