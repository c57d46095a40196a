// What is said of the connection, of devices in the meeting and of the call's figures.

import type { Connection, ConnectionLevel, Direction } from "../../meeting/quality/view-model";
import { speaking } from "./speaking";

const english = {
  /** Beside the sign. */
  levels: {
    good: "Good connection",
    poor: "Weak connection",
    bad: "Bad connection",
    reconnecting: "Reconnecting…",
    offline: "No network",
  } as Readonly<Record<ConnectionLevel, string>>,
  good: "Your connection is good.",
  goodAgain: "Your connection is good again.",
  poor: {
    sending: "Your connection is weak: others may see and hear you badly.",
    receiving: "Your connection is weak: you may see and hear others badly.",
    both: "Your connection is weak: you and the others may see and hear each other badly.",
  } as Readonly<Record<Direction, string>>,
  bad: {
    sending: "Your connection is bad: others hardly see and hear you.",
    receiving: "Your connection is bad: you hardly see and hear others.",
    both: "Your connection is bad: you and the others hardly see and hear each other.",
  } as Readonly<Record<Direction, string>>,
  whatHelps: "It helps to go nearer to your Wi-Fi, to turn your camera off, and to stop downloads.",
  reconnecting: "The connection to the server is lost. Trying to get it back…",
  offline: "This device has no network. Look at its Wi-Fi or cable; the meeting comes back by itself.",
  badOfOther: "bad connection",
  turnCameraOff: "Turn camera off",
  mutedSpeech: "You are muted: nobody hears what you say.",
  unmute: "Unmute now",
  microphoneStopped: "Your microphone does not work any more: nobody hears you. Plug it in again, or choose another one.",
  microphoneTaken: "Your system has muted your microphone: nobody hears you. Perhaps a telephone call or another program uses it.",
  microphoneSilent: "Nothing is heard from your microphone. Look whether it is switched off on the device, or choose another one.",
  cameraFrozen: "Your camera stands still: others see no movement. Turn it off and on again, or choose another one.",
  cameraDark: "Your camera gives no picture. Perhaps another program uses it: close that one, or choose another camera.",
  cameraStopped: "Your camera has stopped: nobody sees you. Plug it in again, or choose another one, and turn it on.",
  devices: "Devices",
  dismiss: "Dismiss",
  heading: "Call quality",
  sending: "Sending",
  receiving: "Receiving",
  audio: "Audio",
  video: "Video",
  screen: "Screen",
  call: (id: string) => `Call ${id}`,
  of: (what: string, name: string) => `${what} of ${name}`,
  columns: { what: "Media", bitrate: "Bitrate", loss: "Lost packets", jitter: "Jitter", roundTrip: "Round trip", picture: "Picture" },
  kilobits: (amount: number) => `${amount.toFixed(0)} kbit/s`,
  megabits: (amount: number) => `${amount.toFixed(1)} Mbit/s`,
  percent: (amount: number) => `${amount.toFixed(1)} %`,
  milliseconds: (amount: number) => `${amount.toFixed(0)} ms`,
  size: (width: number, height: number) => `${width} × ${height}`,
  frames: (amount: number) => `${amount.toFixed(0)} frames/s`,
  unknown: "–",
  measuring: "Measuring…",
  copy: "Copy",
  copied: "The figures are copied.",
  notCopied: "The browser does not let this page copy.",
};

export type QualityWords = typeof english;
export const qualityWords = speaking("quality", english);

/** What a connection means for people, and what to do. */
export function sentenceOf({ level, direction }: Connection): string {
  const words = qualityWords();
  switch (level) {
    case "good":
      return words.good;
    case "poor":
      return `${words.poor[direction]} ${words.whatHelps}`;
    case "bad":
      return `${words.bad[direction]} ${words.whatHelps}`;
    case "reconnecting":
      return words.reconnecting;
    case "offline":
      return words.offline;
  }
}
