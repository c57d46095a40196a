// A page of this server at which somebody is called.

import { expect, type Locator, type Page } from "@playwright/test";
import { MeetingPage } from "./meeting-page";
import type { RingingPage } from "./ringing-page";
import type { Server } from "./server";

const PASSWORD = "four plain words here";

/** Somebody of the organization at the home page, signed in. */
export class CalledPage extends MeetingPage {
  private constructor(page: Page, readonly user: string) {
    super(page);
  }

  /** Makes an account, and signs in with it. */
  static async signIn(page: Page, server: Server, name: string): Promise<CalledPage> {
    const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.org`;
    const { link } = await server.cli<{ link: string }>("account", "create", "--email", email, "--name", name);
    await page.goto(link);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set password and sign in" }).click();
    await expect(page.getByText(email)).toBeVisible();
    const user = await page.evaluate(async () => ((await (await fetch("/api/session")).json()) as { user: { id: string } }).user.id);
    return new CalledPage(page, user);
  }

  /** Who calls. */
  get card(): Locator {
    return this.page.getByRole("alertdialog");
  }

  /** Is called; again, if the page was not connected yet. */
  async calledBy(caller: RingingPage): Promise<void> {
    await expect(async () => {
      await caller.call(this.user);
      const rings = await this.card.waitFor({ timeout: 10_000 }).then(() => true, () => false);
      if (!rings) await caller.do(({ call }) => call.hangUp());
      expect(rings, "the page rings").toBe(true);
    }).toPass();
  }
}
