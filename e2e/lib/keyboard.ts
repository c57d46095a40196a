// Somebody who has no mouse: Tab, Enter, Space, arrows and letters. Nothing is focused, pressed or filled but by keys.

import { expect, type Locator, type Page } from "@playwright/test";

/** More places than any page has. */
const PLACES_MAX = 80;

/** Presses Tab until the target has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const visited: string[] = [];
  while (visited.length <= PLACES_MAX) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    visited.push(await focused(page));
  }
  throw new Error(`Tab never came to ${target}. It came to:\n${visited.join("\n")}`);
}

/** What has the focus, in words. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement: element } = document;
    if (!element) return "nothing";
    return `${element.tagName.toLowerCase()} ${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 60) ?? ""}`;
  });
}

/** One person's keyboard. */
export class Keyboard {
  constructor(private readonly page: Page) {}

  /** Goes to a button, and presses it. */
  async press(target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
    await tabTo(this.page, target);
    await expect(target).toBeEnabled();
    await this.page.keyboard.press(key);
  }

  /** Goes to a field, and writes into it in place of what stands there. */
  async write(target: Locator, text: string): Promise<void> {
    await tabTo(this.page, target);
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(text);
  }

  /** Goes to a list of choices, and takes the one that begins so. */
  async choose(target: Locator, beginning: string): Promise<void> {
    await tabTo(this.page, target);
    await this.page.keyboard.type(beginning);
    await expect(target.locator("option:checked")).toHaveText(new RegExp(`^${beginning}`));
  }

  /** Opens a menu, and takes one of its items. */
  async take(button: Locator, item: string): Promise<void> {
    await this.press(button);
    const items = this.page.getByRole("menuitem");
    const wanted = this.page.getByRole("menuitem", { name: item, exact: true });
    // The menu puts the focus on its first item when it has opened: a key before that would go to another one.
    await expect(items.first()).toBeFocused();
    for (let left = await items.count(); left > 0 && !(await wanted.evaluate((element) => element === document.activeElement)); left -= 1) {
      await this.page.keyboard.press("ArrowDown");
    }
    await expect(wanted).toBeFocused();
    await this.page.keyboard.press("Enter");
  }

  /** Answers a question. */
  async answer(heading: string, yes: string): Promise<void> {
    const dialog = this.page.getByRole("dialog", { name: heading });
    await this.press(dialog.getByRole("button", { name: yes }));
    await expect(dialog).toHaveCount(0);
  }

  /** Expects that the next key goes to something, and not to the beginning of the page. */
  async expectPlace(after: string): Promise<void> {
    expect(await this.page.evaluate(() => document.activeElement === document.body || document.activeElement === null), `nothing has the focus after: ${after}`).toBe(false);
  }
}
