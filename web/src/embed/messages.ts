// What <convene-meeting> and the page in its frame say to each other. Types alone: the element is one file, for pages of other origins.

import type { MeetingState } from "../../public/sdk/meeting";

/** How a meeting opens. */
export interface OpenMessage {
  readonly convene: "open";
  readonly link: string;
  readonly displayName: string;
  readonly muted: boolean;
  readonly cameraOff: boolean;
}

/** From the element to its frame. */
export type ToFrame = OpenMessage | { readonly convene: "leave" | "mute" | "unmute" };

/** From the frame to its element. `ready` asks for `open`. */
export type ToElement =
  | { readonly convene: "ready" }
  | { readonly convene: "state"; readonly state: MeetingState; readonly code?: number; readonly subCode?: number; readonly reason?: string }
  | { readonly convene: "microphone"; readonly isMuted: boolean };
