// The organizer's options of the meeting: read when the dialog opens, saved with each change, one after the other.

import type { MeetingSettings } from "../../shared/server";
import { meetingWords } from "../../shared/strings/meeting";
import { failureOf, type Told } from "../../shared/strings/telling";
import type { InviteViewModel } from "../view-model";
import type { OptionsViewModel } from "./view-model";

/** The server, as far as the options need it. */
export interface OptionsServer {
  read(): Promise<MeetingSettings>;
  change(change: Partial<MeetingSettings>): Promise<MeetingSettings>;
}

/** The options of one meeting. */
export class MeetingOptions {
  private isOpen = false;
  /** What the server has. */
  private saved: MeetingSettings | undefined;
  /** What was chosen since, and is not answered yet. */
  private pending: readonly Partial<MeetingSettings>[] = [];
  private status: "reading" | "saved" | "unchanged" = "unchanged";
  private problem: Told | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly server: OptionsServer,
    private readonly invite: InviteViewModel,
    private readonly changed: () => void,
  ) {}

  /** Opens the dialog, and reads the options anew: they may have been changed elsewhere. */
  open(): void {
    this.isOpen = true;
    this.status = "reading";
    this.problem = undefined;
    this.enqueue(async () => {
      this.saved = await this.server.read();
      this.status = "unchanged";
    }, () => meetingWords().options.notRead);
  }

  /** What the dialog shows; `undefined` while it is closed. */
  viewModel(): OptionsViewModel | undefined {
    if (!this.isOpen) return undefined;
    const { saved, pending } = this;
    return {
      settings: saved && pending.reduce<MeetingSettings>((settings, change) => ({ ...settings, ...change }), saved),
      change: saved ? (change) => this.change(change) : undefined,
      status: pending.length > 0 ? "saving" : this.status,
      problem: this.problem,
      invite: this.invite,
      close: () => this.close(),
    };
  }

  private close(): void {
    this.isOpen = false;
    this.changed();
  }

  private change(change: Partial<MeetingSettings>): void {
    this.problem = undefined;
    this.pending = [...this.pending, change];
    this.enqueue(async () => {
      try {
        this.saved = await this.server.change(change);
        this.status = "saved";
      } finally {
        this.pending = this.pending.filter((each) => each !== change);
      }
    }, () => meetingWords().options.notSaved);
  }

  private enqueue(work: () => Promise<void>, whatFailed: () => string): void {
    this.changed();
    this.work = this.work
      .then(work)
      .catch((error: unknown) => {
        this.status = "unchanged";
        this.problem = failureOf(whatFailed(), error);
      })
      .finally(this.changed);
  }
}
