// The meeting's screen is made with Microsoft's UI library, which is large: it is fetched while people are still on their way in.

import type { View } from "../../shared/dom";
import type { MeetingViewModel } from "../view-model";

/** What makes the screen. */
export type MakeMeetingScreen = () => View<MeetingViewModel>;

let loading: Promise<MakeMeetingScreen> | undefined;

/** Fetches what makes the meeting's screen, once. What failed is tried again. */
export function loadMeetingScreen(): Promise<MakeMeetingScreen> {
  // Before the first line of Fluent runs: it would ask Microsoft's servers for its fonts. Without them, the system's own are taken.
  Object.assign(window, { FabricConfig: { fontBaseUrl: "" } });
  loading ??= import("./screen").then(
    (module) => module.meetingScreen,
    (error: unknown) => {
      loading = undefined;
      throw new Error("A part of this page could not be fetched from the server. Look at your connection, and load the page again.", { cause: error });
    },
  );
  return loading;
}
