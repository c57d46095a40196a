// How people lay out the stage for themselves.

import { expectAccessible } from "../lib/accessible";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { expectToSee } from "../lib/probes";

test("who speaks stands large for whom wishes it, after a reload too, and gives way to a shared screen, a spotlight and pins", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga", lobby: "Nobody waits" });
  const link = await organizer.link();
  const gina = await MeetingPage.open(await open("green"), link, "Gina");
  await gina.join();
  const ben = await MeetingPage.open(await open("blue"), link, "Ben");
  await ben.join();
  await expect(organizer.largeTiles).toHaveCount(3);
  const view = organizer.page.getByRole("button", { name: "View" });
  const item = (role: "menuitemradio" | "menuitemcheckbox", name: string) => organizer.page.getByRole(role, { name });
  /** Whoever is pinned has one's own tile beside. */
  const large = async (name: string, colour: "red" | "green" | "blue", count = 1): Promise<void> => {
    await expect(organizer.largeTiles).toHaveCount(count);
    await expect(organizer.largeTiles.and(organizer.tileOf(name))).toHaveCount(1);
    await expectToSee(organizer.videoOf(name), colour);
  };

  await ben.press("Mute");
  await view.press("Enter");
  await expect(item("menuitemradio", "Everybody alike")).toBeFocused();
  await expect(item("menuitemradio", "Everybody alike")).toHaveAttribute("aria-checked", "true");
  await expectAccessible(organizer.page, "the menu of the view");
  await organizer.page.keyboard.press("ArrowDown");
  await organizer.page.keyboard.press("Enter");
  await expect(view).toBeFocused();
  await large("Gina", "green");
  await expectToSee(organizer.videoOf("Ben"), "blue");
  await gina.press("Mute");
  await ben.press("Unmute");
  await large("Ben", "blue");
  await expect(gina.largeTiles).toHaveCount(3);
  await expect(organizer.tileOf("Olga")).toBeVisible();

  await gina.press("Share screen");
  await expect(organizer.sharedScreen).toBeVisible();
  await expect(organizer.largeTiles).toHaveCount(0);
  await gina.press("Stop sharing");
  await large("Ben", "blue");
  await organizer.actOnTile("Gina", "Pin for me");
  await large("Gina", "green", 2);
  await organizer.actOnTile("Gina", "Unpin");
  await organizer.act("Gina", "Put into the spotlight");
  await large("Gina", "green");
  await organizer.act("Gina", "Take out of the spotlight");
  await large("Ben", "blue");

  await organizer.page.reload();
  await large("Ben", "blue");
  await view.click();
  await expect(item("menuitemcheckbox", "Own video in the corner")).toBeHidden();
  await item("menuitemradio", "Everybody alike").click();
  await expect(organizer.largeTiles).toHaveCount(3);
  await view.click();
  await item("menuitemcheckbox", "Own video in the corner").click();
  await expect(organizer.largeTiles).toHaveCount(2);
  await expectToSee(organizer.page.locator(".own-corner").locator("video"), "red");
  await view.click();
  await expect(item("menuitemcheckbox", "Own video in the corner")).toHaveAttribute("aria-checked", "true");
});
