import { describe, expect, it } from "vitest";
import { headingOf, textOf } from "./screen";

const end = (code: number, subCode: number, message?: string) => ({ code, subCode, message, wasIn: false });

describe("the end screen", () => {
  it("has a heading of its own for the ends that people meet", () => {
    expect(headingOf(end(0, 0))).toBe("You left the meeting");
    expect(headingOf(end(0, 4097))).toBe("The meeting has ended");
    expect(headingOf(end(0, 5854))).toBe("You were not let in");
    expect(headingOf(end(404, 5751))).toBe("There is no such meeting here");
  });

  it("never says that somebody left who could not come in", () => {
    expect(headingOf(end(500, 0))).toBe("The meeting could not be joined");
    expect(headingOf(end(410, 301004))).toBe("The meeting could not be joined");
  });

  it("tells an interruption from a failed start", () => {
    expect(headingOf({ ...end(503, 90503), wasIn: true })).toBe("The meeting was interrupted");
    expect(headingOf({ ...end(500, 0), wasIn: true })).toBe("The meeting was interrupted");
    expect(headingOf(end(503, 90503))).toBe("The meeting could not be joined");
  });

  it("shows the server's own words first", () => {
    expect(textOf(end(0, 5854, "Your request to join was declined."))).toBe("Your request to join was declined.");
    expect(textOf(end(503, 1))).toContain("Try to join again");
  });
});
