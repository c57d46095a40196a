import type { MeetingSettings } from "../../shared/server";
import type { Told } from "../../shared/strings/telling";
import type { InviteViewModel } from "../view-model";

/** What the options' dialog shows. */
export interface OptionsViewModel {
  /** `undefined` until they are read. */
  readonly settings: MeetingSettings | undefined;
  readonly change: ((change: Partial<MeetingSettings>) => void) | undefined;
  /** Whether it is read, saved, or stands as it is shown. */
  readonly status: "reading" | "saving" | "saved" | "unchanged";
  /** What did not work, and what to do. */
  readonly problem: Told | undefined;
  readonly invite: InviteViewModel;
  readonly close: () => void;
}
