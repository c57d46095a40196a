// The meeting's screen is made with Microsoft's UI library, which is large: it is fetched while people are still on their way in.

import type { View } from "../../shared/dom";
import { joiningWords } from "../../shared/strings/joining";
import { SpokenError } from "../../shared/strings/telling";
import type { MeetingViewModel } from "../view-model";
import { loadLocale } from "./locale";

/** What makes the screen. */
export type MakeMeetingScreen = () => View<MeetingViewModel>;

let screen: Promise<MakeMeetingScreen> | undefined;
let thread: ReturnType<typeof fetchChatThread> | undefined;

/** Fetches what makes the meeting's screen, once, in the language that is spoken now. What failed is tried again. */
export async function loadMeetingScreen(): Promise<MakeMeetingScreen> {
  // Before the first line of Fluent runs: it would ask Microsoft's servers for its fonts. Without them, the system's own are taken.
  Object.assign(window, { FabricConfig: { fontBaseUrl: "" } });
  screen ??= import("./screen").then((module) => module.meetingScreen);
  try {
    const [make] = await Promise.all([screen, loadLocale()]);
    return make;
  } catch (error) {
    screen = undefined;
    throw new SpokenError(joiningWords().notFetched, { cause: error });
  }
}

/** Fetches what shows the chat's messages, once, when there is a chat to show. What failed is tried again. */
export function loadChatThread() {
  thread ??= fetchChatThread().catch((error: unknown) => {
    thread = undefined;
    throw new SpokenError(joiningWords().notFetched, { cause: error });
  });
  return thread;
}

const fetchChatThread = () => import("./ChatThread").then((module) => ({ default: module.ChatThread }));
