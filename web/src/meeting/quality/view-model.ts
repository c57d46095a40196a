// What is shown of the call's quality: a sign that is always there, and figures for those who ask.

import type { ToggleViewModel } from "../view-model";

/** How one's own connection is, from the best to the worst. */
export type ConnectionLevel = "good" | "poor" | "bad" | "reconnecting" | "offline";

/** Which way packets pass badly. */
export type Direction = "sending" | "receiving" | "both";

/** One's own connection. */
export interface Connection {
  readonly level: ConnectionLevel;
  /** For `poor` and `bad`; otherwise it says nothing. */
  readonly direction: Direction;
}

/** The sign of one's own connection, which opens the figures. */
export interface ConnectionViewModel {
  readonly level: ConnectionLevel;
  readonly figures: ToggleViewModel;
}

/** One kind of media in one direction. Texts, with a dash for what is not known. */
export interface QualityRow {
  readonly id: string;
  readonly isSent: boolean;
  readonly what: string;
  readonly bitrate: string;
  readonly loss: string;
  readonly jitter: string;
  readonly roundTrip: string;
  /** Width, height, and frames per second. */
  readonly picture: string;
}

/** The figures, while they are open. */
export interface QualityViewModel {
  /** What it means, in a sentence. */
  readonly sentence: string;
  /** Empty until the first second is counted. */
  readonly rows: readonly QualityRow[];
  /** All of it as text, for those who help. */
  readonly asText: () => string;
}
