import { speaking } from "./speaking";

const english = {
  unreachable: "The server cannot be reached. Check that it runs and that you are online, then try again.",
  answered: (status: number, path: string) => `The server answered ${status} for ${path}. Try again.`,
  /** Where there are no words for a reason; the reason follows in English. */
  unknown: "Something went wrong.",
  ends: {
    /** Headings by a call's sub code. */
    headings: {
      0: "You left the meeting",
      4097: "The meeting has ended",
      4521: "The connection was lost",
      5003: "The call is over",
      5221: "Guests cannot join",
      5222: "Guests cannot join",
      5300: "You were removed",
      5751: "There is no such meeting here",
      5854: "You were not let in",
      5855: "Nobody let you in",
      8560: "The meeting is locked",
      10009: "Your access is not valid",
    } as Readonly<Record<number, string>>,
    over: "The meeting is over",
    interrupted: "The meeting was interrupted",
    notJoined: "The meeting could not be joined",
    joinAgain: "You can join again.",
    wentWrong: "Something went wrong on the way. Try to join again.",
    again: "Join again",
    home: "Home",
    code: (code: string) => `Code ${code}`,
  },
  /** By a call's code and sub code. English pages show what the server and the SDK say (crates/model/src/code.rs, sdk/calling/src/errors.ts). */
  reasons: {} as Readonly<Record<string, string>>,
  /** By status and path of what was asked for, where an answer has no such codes. English pages show what the server says. */
  answers: {} as Readonly<Record<string, string>>,
};

export type FaultWords = typeof english;
export const faultWords = speaking("faults", english);
