import { speaking } from "./speaking";

const english = {
  label: "Incoming calls",
  calls: (name: string) => `${name} is calling you`,
  transferredBy: (name: string) => `Handed over by ${name}`,
  leaves: "You leave what you are in if you answer.",
  withVideo: "Answer with video",
  withoutVideo: "Answer without video",
  decline: "Decline",
  /** What a press does: while the tone is on, while it is off. */
  sound: ["Turn the ring tone off", "Turn the ring tone on"] as readonly [string, string],
  over: (name: string) => `${name} is not calling any more.`,
  notDeclined: "The call could not be declined",
  pageTitle: (name: string) => `☎ ${name} is calling – Convene`,
  hold: ["Resume", "Hold"] as readonly [string, string],
  held: "You hold this call. Nobody hears or sees you, and you hear and see nobody.",
  heldByOther: (name: string) => `${name} holds this call.`,
  notHeld: "The call could not be held",
  notResumed: "The call could not be resumed",
  left: "You left the call",
  callable: "You can be called as long as this page is open.",
};

export type RingingWords = typeof english;
export const ringingWords = speaking("ringing", english);
