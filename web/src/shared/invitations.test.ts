import { describe, expect, it } from "vitest";
import { isMeetingId } from "../home/screen";
import { grouped } from "../meeting/invitation";
import { inviteOfLink } from "./invitations";

describe("what a link tells", () => {
  it("reads the meeting id and the passcode of a short link", () => {
    const link = "https://meet.example/meet/318401559027?p=kP3vXa";
    expect(inviteOfLink(link)).toEqual({ link, meetingId: "318401559027", passcode: "kP3vXa" });
  });

  it("knows nothing but the link of a long one, and of what is no link", () => {
    const long = "https://meet.example/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d";
    expect(inviteOfLink(long)).toEqual({ link: long, meetingId: undefined, passcode: undefined });
    expect(inviteOfLink("hello")).toEqual({ link: "hello", meetingId: undefined, passcode: undefined });
  });

  it("takes digits for a meeting id and everything else for a link", () => {
    expect(["318 401 559 027", "318401559027", "318-401-559"].map(isMeetingId)).toEqual([true, true, true]);
    expect(["https://meet.example/meet/1", "", "  ", "12a"].map(isMeetingId)).toEqual([false, false, false, false]);
  });

  it("writes a meeting id in groups of three", () => {
    expect(grouped("318401559027")).toBe("318 401 559 027");
    expect(grouped("3184015590")).toBe("318 401 559 0");
  });
});
