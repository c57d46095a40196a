// A whole meeting by keyboard alone, on both sides: every key goes somewhere, and what it does is seen by the other one.

import { expect, test } from "../lib/fixtures";
import { Keyboard } from "../lib/keyboard";
import { MeetingChatPanel } from "../lib/meeting-chat";
import { MeetingPage } from "../lib/meeting-page";
import { expectToHear, expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";

test("an organizer without a mouse starts a meeting, lets people in and sends them away, silences them, sets the options, and ends it", async ({ open }) => {
  test.slow();
  const organizer = new MeetingPage(await open("red"));
  const { page } = organizer;
  await page.context().grantPermissions(["camera", "microphone", "clipboard-read", "clipboard-write"]);
  const keys = new Keyboard(page);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const control = (name: string) => organizer.controls.getByRole("button", { name, exact: true });
  const actionsOn = (name: string) => organizer.lineOf(name).getByRole("button");

  await page.goto("/");
  await keys.write(page.getByLabel("Your name"), "Olga");
  await keys.write(page.getByLabel("Subject"), "Weekly review");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Weekly review" })).toBeFocused();
  await keys.press(button("Join"));
  await expect(organizer.controls).toBeVisible();
  await keys.expectPlace("joining");

  await keys.press(control("Invite"));
  const card = page.getByRole("region", { name: "Invite people" });
  await keys.press(card.getByRole("button", { name: "Copy link" }));
  await expect(card.getByRole("status")).toHaveText("The link is copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(await organizer.link());
  await page.keyboard.press("Escape");
  await expect(control("Invite")).toBeFocused();

  const guests = await Promise.all((["green", "blue", "yellow"] as const).map((camera) => open(camera)));
  const names = ["Gina", "Ben", "Rita"] as const;
  const join = async (at: 0 | 1 | 2): Promise<SamplePage> => {
    const guest = await SamplePage.connect(guests[at] ?? page, "join-by-link", names[at], link);
    await expect(organizer.waiter(names[at])).toBeVisible();
    return guest;
  };
  const [gina, first, rita] = [await join(0), await join(1), await join(2)];

  await keys.press(button("Reject Ben"));
  await first.expectEnd("0/5854", "Your request to join was declined.");
  await expect(organizer.waiter("Ben")).toHaveCount(0);
  await expect(button("Reject Rita")).toBeFocused();
  await keys.press(button("Admit Rita"));
  await rita.expectState("Connected");
  await expect(organizer.waiter("Rita")).toHaveCount(0);
  await expect(button("Admit Gina")).toBeFocused();
  const ben = await join(1);
  await keys.press(button("Admit all"));
  await gina.expectState("Connected");
  await ben.expectState("Connected");
  await expect(page.getByRole("region", { name: "Lobby" })).toBeHidden();
  await expect(page.getByRole("heading", { name: "People", exact: true })).toBeFocused();
  await expectToHear(page, ["green", "blue", "yellow"]);

  await page.keyboard.press("Escape");
  await expect(control("People")).toBeFocused();
  await page.keyboard.press("Enter");
  await keys.take(actionsOn("Gina"), "Put back into the lobby");
  await gina.expectState("InLobby");
  await expect(organizer.lineOf("Gina")).toHaveCount(0);
  await keys.expectPlace("putting somebody back");
  await keys.press(button("Admit Gina"));
  await gina.expectState("Connected");
  await expect(page.getByRole("region", { name: "Lobby" })).toBeHidden();
  await keys.expectPlace("admitting the only one");

  await keys.press(control("Options"));
  const options = page.getByRole("dialog", { name: "Meeting options" });
  await expect(options.getByLabel("Who waits in the lobby")).toBeEnabled();
  await keys.choose(options.getByLabel("Who presents"), "Only organizers");
  await expect(options.getByText("Saved. It holds from now on.")).toBeVisible();
  await expect(options.getByLabel("Who presents")).toBeFocused();
  await expect(organizer.lineOf("Gina")).toContainText("attendee");
  await keys.choose(options.getByLabel("Who waits in the lobby"), "Nobody");
  await expect(options.getByText("Saved. It holds from now on.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(control("Options")).toBeFocused();

  await rita.disconnect();
  await expect(organizer.lineOf("Rita")).toHaveCount(0);
  const tina = await MeetingPage.open(guests[2] ?? page, link, "Tina");
  await tina.join();
  await expectToSee(organizer.videoOf("Tina"), "yellow");
  await tina.press("Raise hand");
  await expect(organizer.handOf("Tina")).toBeVisible();
  await keys.press(button("Lower hands"));
  await expect(tina.controls.getByRole("button", { name: "Raise hand" })).toBeVisible();
  await expect(button("Lower hands")).toBeHidden();
  await keys.expectPlace("lowering the hands");

  await keys.take(actionsOn("Ben"), "Mute");
  await expectToHear(page, ["green", "yellow"]);
  await expect(actionsOn("Ben")).toBeFocused();
  await keys.take(actionsOn("Ben"), "Remove…");
  await keys.answer("Remove Ben from the meeting?", "Remove");
  await ben.expectEnd("0/5300", "removed");
  await expect(organizer.lineOf("Ben")).toHaveCount(0);
  await keys.expectPlace("removing somebody");
  await keys.press(button("Mute all"));
  await expectToHear(page, []);
  await expect(button("Mute all")).toBeHidden();
  await keys.expectPlace("muting everybody");
  await page.keyboard.press("Escape");
  await expect(control("People"), "Escape closes the panel").toBeFocused();
  await page.keyboard.press("Enter");

  await keys.press(control("End for all"));
  await keys.answer("End the meeting for everybody?", "End for everybody");
  await tina.expectEnd("0/4097", "The meeting has ended");
  await expect(page.locator("main.ended h1")).toBeFocused();
});

test("a guest without a mouse chooses devices, waits, takes part in everything, leaves, and joins again", async ({ open }) => {
  test.slow();
  const organizer = await MeetingPage.start(await open("red"), { name: "Olga" });
  const link = await organizer.link();
  const guest = new MeetingPage(await open("green"));
  const { page } = guest;
  const keys = new Keyboard(page);
  const control = (name: string) => guest.controls.getByRole("button", { name, exact: true });
  const switches = async (from: string, to: string): Promise<void> => {
    await keys.press(control(from), "Space");
    await expect(control(to)).toBeFocused();
  };

  await page.goto(link);
  await expectToSee(page.locator(".preview video"), "green");
  await keys.press(page.getByRole("button", { name: "Camera on" }), "Space");
  await expect(page.getByRole("button", { name: "Camera off" })).toBeFocused();
  await keys.press(page.getByRole("button", { name: "Microphone on" }), "Space");
  await expect(page.getByRole("button", { name: "Microphone off" })).toBeFocused();
  await keys.press(page.getByRole("button", { name: "Play a test sound" }));
  await expect(page.getByRole("button", { name: "Play a test sound" })).toBeFocused();
  await keys.write(page.getByLabel("Your name"), "Gina");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Waiting to be let in…" })).toBeFocused();
  await organizer.admit("Gina");
  await expect(guest.controls).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(organizer.mutedMarkOf("Gina")).toBeVisible();
  await expect(organizer.videoOf("Gina")).toHaveCount(0);

  await switches("Camera on", "Camera off");
  await expectToSee(organizer.videoOf("Gina"), "green");
  await switches("Camera off", "Camera on");
  await expect(organizer.videoOf("Gina")).toHaveCount(0);
  await switches("Unmute", "Mute");
  await expectToHear(organizer.page, ["green"]);
  await switches("Mute", "Unmute");
  await expectToHear(organizer.page, []);

  await switches("Raise hand", "Lower hand");
  await expect(organizer.handOf("Gina")).toBeVisible();
  await switches("Lower hand", "Raise hand");
  await expect(organizer.handOf("Gina")).toBeHidden();
  await keys.take(control("React"), "Applause");
  await expect(organizer.tileOf("Gina").locator(".reaction-mark")).toHaveText("applauds");
  await expect(control("React")).toBeFocused();

  await switches("Share screen", "Stop sharing");
  await expect(organizer.sharedScreen).toBeVisible();
  await keys.press(guest.banner("Everybody in the meeting sees your screen.").getByRole("button"));
  await expect(organizer.sharedScreen).toHaveCount(0);
  await expect(guest.banner("Everybody in the meeting sees your screen.")).toHaveCount(0);
  await keys.expectPlace("stopping the sharing by its strip");
  await keys.press(guest.banner("You are muted: nobody hears what you say.").getByRole("button", { name: "Dismiss" }));
  await expect(page.locator(".banner")).toHaveCount(0);
  await keys.expectPlace("dismissing a strip");

  await keys.press(control("Chat"));
  const chat = new MeetingChatPanel(guest);
  await expect(chat.field).toBeFocused();
  await page.keyboard.type("Hello Olga");
  await page.keyboard.press("Enter");
  await expect(chat.message("Hello Olga")).toBeVisible();
  await organizer.controls.getByRole("button", { name: /1 new message/ }).click();
  await expect(new MeetingChatPanel(organizer).message("Hello Olga")).toBeVisible();
  await expect(chat.field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(control("Chat")).toBeFocused();

  await keys.press(control("Leave"));
  await expect(page.locator("main.ended h1")).toBeFocused();
  await expect(organizer.tileOf("Gina")).toHaveCount(0);
  await keys.press(page.getByRole("button", { name: "Join again" }));
  await expect(page.getByLabel("Your name")).toHaveValue("Gina");
  await keys.expectPlace("wanting to join again");
  await keys.press(page.getByRole("button", { name: "Join", exact: true }));
  await organizer.press("People");
  await organizer.admit("Gina");
  await expect(guest.controls).toBeVisible();
  await expect(organizer.tileOf("Gina")).toBeVisible();
});
