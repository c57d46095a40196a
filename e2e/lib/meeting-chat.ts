// The chat beside the stage, as its people use it. The library's bubbles have neither roles nor names: they are found by its own marks.

import { expect, type Locator } from "@playwright/test";
import type { MeetingPage } from "./meeting-page";

/** The chat of one person's page. */
export class MeetingChatPanel {
  constructor(private readonly meeting: MeetingPage) {}

  get panel(): Locator {
    return this.meeting.page.getByRole("complementary", { name: "Chat" });
  }

  get field(): Locator {
    return this.meeting.page.getByLabel("Message", { exact: true });
  }

  /** All that stands in the thread, comings and goings too. */
  get thread(): Locator {
    return this.meeting.page.getByRole("log", { name: "Messages" });
  }

  get messages(): Locator {
    return this.thread.getByTestId("chat-composite-message");
  }

  message(text: string): Locator {
    return this.messages.filter({ hasText: text });
  }

  get typing(): Locator {
    return this.meeting.page.locator(".chat-typing").getByRole("status");
  }

  /** The sign beside one's own last message, in words. */
  delivery(words: "Message seen by others" | "Message sent"): Locator {
    return this.thread.getByLabel(words);
  }

  async write(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** Chooses something from the menu of one's own message, by keyboard alone. */
  async choose(text: string, item: string): Promise<void> {
    // The thread's own message takes the place of the one on its way.
    await expect(this.thread.getByLabel("Message sending")).toHaveCount(0);
    await this.message(text).focus();
    await this.meeting.page.keyboard.press("Enter");
    await this.message(text).getByRole("button", { name: "More options" }).press("Enter");
    // The menu puts the focus on its first item when it has opened: a key before that would go to another one.
    await expect(this.meeting.page.getByRole("menuitem").first()).toBeFocused();
    await this.meeting.page.getByRole("menuitem", { name: item }).press("Enter");
  }

  async edit(text: string, now: string): Promise<void> {
    await this.choose(text, "Edit");
    const box = this.thread.getByPlaceholder("Edit your message");
    await expect(box).toBeFocused();
    await box.fill(now);
    await box.press("Enter");
  }
}
