// The meeting's screen is made with Microsoft's UI library, which is large: it is fetched while people are still on their way in.

import type { View } from "../../shared/dom";
import type { MeetingViewModel } from "../view-model";

/** What makes the screen. */
export type MakeMeetingScreen = () => View<MeetingViewModel>;

const WORDS = "A part of this page could not be fetched from the server. Look at your connection, and load the page again.";

let screen: Promise<MakeMeetingScreen> | undefined;
let thread: ReturnType<typeof fetchChatThread> | undefined;

/** Fetches what makes the meeting's screen, once. What failed is tried again. */
export function loadMeetingScreen(): Promise<MakeMeetingScreen> {
  // Before the first line of Fluent runs: it would ask Microsoft's servers for its fonts. Without them, the system's own are taken.
  Object.assign(window, { FabricConfig: { fontBaseUrl: "" } });
  screen ??= import("./screen").then(
    (module) => module.meetingScreen,
    (error: unknown) => {
      screen = undefined;
      throw new Error(WORDS, { cause: error });
    },
  );
  return screen;
}

/** Fetches what shows the chat's messages, once, when there is a chat to show. What failed is tried again. */
export function loadChatThread() {
  thread ??= fetchChatThread().catch((error: unknown) => {
    thread = undefined;
    throw new Error(WORDS, { cause: error });
  });
  return thread;
}

const fetchChatThread = () => import("./ChatThread").then((module) => ({ default: module.ChatThread }));
