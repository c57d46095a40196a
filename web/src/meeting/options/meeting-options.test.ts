import { describe, expect, it } from "vitest";
import type { MeetingSettings } from "../../shared/server";
import { MeetingOptions, type OptionsServer } from "./meeting-options";

const SETTINGS: MeetingSettings = {
  lobbyBypassSettings: { scope: "organization" },
  allowedPresenters: "everyone",
  allowAttendeeToEnableMic: true,
  allowAttendeeToEnableCamera: true,
  isLocked: false,
  isGuestsAllowed: true,
  guestsMayStart: false,
};
const INVITE = { link: "https://meet.example/meet/1", meetingId: "1", passcode: "p" };

/** Resolves when the options say that nothing is under way. */
function optionsWith(server: OptionsServer): { options: MeetingOptions; quiet: () => Promise<void> } {
  let wake = (): void => undefined;
  const options = new MeetingOptions(server, INVITE, () => wake());
  const quiet = (): Promise<void> =>
    new Promise((resolve) => {
      wake = () => {
        const status = options.viewModel()?.status;
        if (status !== "reading" && status !== "saving") resolve();
      };
      wake();
    });
  return { options, quiet };
}

describe("the organizer's options", () => {
  it("are read when the dialog opens, and saved one change after the other", async () => {
    const asked: unknown[] = [];
    let now = SETTINGS;
    const { options, quiet } = optionsWith({
      read: async () => now,
      change: async (change) => {
        asked.push(change);
        now = { ...now, ...change };
        return now;
      },
    });
    expect(options.viewModel()).toBeUndefined();
    options.open();
    expect(options.viewModel()?.status).toBe("reading");
    expect(options.viewModel()?.change).toBeUndefined();
    await quiet();
    expect(options.viewModel()?.settings).toEqual(SETTINGS);
    options.viewModel()?.change?.({ isLocked: true });
    options.viewModel()?.change?.({ allowedPresenters: "organizer" });
    expect(options.viewModel()?.status).toBe("saving");
    expect(options.viewModel()?.settings).toEqual({ ...SETTINGS, isLocked: true, allowedPresenters: "organizer" });
    await quiet();
    expect(asked).toEqual([{ isLocked: true }, { allowedPresenters: "organizer" }]);
    expect(options.viewModel()?.status).toBe("saved");
    options.viewModel()?.close();
    expect(options.viewModel()).toBeUndefined();
  });

  it("go back to what the server has where it refuses, and say why", async () => {
    const { options, quiet } = optionsWith({
      read: async () => SETTINGS,
      change: async () => Promise.reject(new Error("The token has expired.")),
    });
    options.open();
    await quiet();
    options.viewModel()?.change?.({ isLocked: true });
    await quiet();
    expect(options.viewModel()?.settings).toEqual(SETTINGS);
    expect(options.viewModel()?.problem).toEqual({ text: "This could not be saved. The token has expired." });
    expect(options.viewModel()?.status).toBe("unchanged");
  });
});
