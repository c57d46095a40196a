import { describe, expect, it } from "vitest";
import { returnOf, signInPage } from "./session";

describe("where signing in comes back to", () => {
  const back = (path: string): string => returnOf(new URL(signInPage(path), "https://meet.example.org").search);

  it("is home or a join link", () => {
    for (const path of ["/", "/meet/123?p=a%20b&x=1", "/l/meetup-join/19%3ameeting_x/0?context=%7b%7d"]) expect(back(path)).toBe(path);
    expect(returnOf("")).toBe("/");
  });

  it("is never another host", () => {
    for (const path of ["//evil.example", "https://evil.example/meet/1", "/\\evil.example", "/meet/\\x", "/meet/1\nx", "javascript:alert(1)", "/sign-in"]) {
      expect(back(path)).toBe("/");
    }
  });
});
