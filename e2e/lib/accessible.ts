// What axe finds on a page. Only what hinders people: the levels serious and critical.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

// Fluent's chat puts hidden elements at the ends of its list that hand the focus on at once. axe sees only that they are hidden and
// can have the focus; that nothing is stuck there is for journeys by keyboard.
const HANDS_FOCUS_ON = "[data-tabster-dummy]";

/** Expects that nothing serious is found, neither in light nor in dark colours. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations, passes } = await new AxeBuilder({ page }).exclude(HANDS_FOCUS_ON).analyze();
    expect(passes.length, `rules that axe could check on ${what}`).toBeGreaterThan(10);
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary})`).join("; ")}`);
    // Softly: one run tells of every page.
    expect.soft(found, `what axe found on ${what}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
