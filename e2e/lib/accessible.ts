// What axe finds on a page. Only what hinders people: the levels serious and critical.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

// Fluent's chat puts hidden elements at the ends of its list that hand the focus on at once. axe sees only that they are hidden and
// can have the focus; that nothing rests there is what `expectNoRest` looks at.
const HANDS_FOCUS_ON = "[data-tabster-dummy]";
/** The same in the frame of `<convene-meeting>`. */
const IN_THE_ELEMENT: Parameters<AxeBuilder["exclude"]>[0] = { fromFrames: [{ fromShadowDom: ["convene-meeting", "iframe"] }, HANDS_FOCUS_ON] };

/** Expects that nothing serious is found, neither in light nor in dark colours. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations, passes } = await new AxeBuilder({ page }).exclude(HANDS_FOCUS_ON).exclude(IN_THE_ELEMENT).analyze();
    expect(passes.length, `rules that axe could check on ${what}`).toBeGreaterThan(10);
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary})`).join("; ")}`);
    // Softly: one run tells of every page.
    expect.soft(found, `what axe found on ${what}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Walks through a part of the page by Tab, forwards from its first place and back, and expects that the focus never rests on what only hands it on. */
export async function expectNoRest(part: Locator): Promise<void> {
  const page = part.page();
  await expect(part.locator(HANDS_FOCUS_ON), "elements that hand the focus on").not.toHaveCount(0);
  for (const key of ["Tab", "Shift+Tab"]) {
    const rested: string[] = [];
    let steps = 0;
    const places = part.locator("button, textarea, input, [tabindex='0']").and(page.locator(":visible")).and(page.locator(`:not(${HANDS_FOCUS_ON})`));
    await (key === "Tab" ? places.first() : places.last()).focus();
    while (await part.evaluate((element) => element.contains(document.activeElement))) {
      const at = await page.evaluate((marks) => (document.activeElement?.matches(marks) ? document.activeElement.outerHTML : undefined), HANDS_FOCUS_ON);
      if (at !== undefined) rested.push(at);
      steps += 1;
      expect(steps, `${key} finds the way out`).toBeLessThan(60);
      await page.keyboard.press(key);
    }
    expect(steps, `places where ${key} rests`).toBeGreaterThan(2);
    expect(rested, `hidden places where ${key} rests`).toEqual([]);
  }
}
