// From a call that somebody answers to a person's way through it.

import type { JourneyOptions } from "../journey";
import type { Answered, Line } from "./line";

/** The way through a call that was answered. It leads home: there is nothing to join again. */
export function answeredJourney(answered: Answered, line: Line, name: string, token: () => Promise<string>): Omit<JourneyOptions, "root" | "home"> {
  return {
    title: answered.caller,
    enter: answered.enter,
    line,
    rang: true,
    media: { microphoneOn: true, cameraOn: answered.withVideo },
    invite: { link: "", meetingId: undefined, passcode: undefined },
    name,
    owned: undefined,
    token,
    account: undefined,
    skipPreJoin: true,
  };
}
