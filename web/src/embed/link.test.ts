import { expect, test } from "vitest";
import { problemOfLink } from "./link";

test("join links are taken in both shapes", () => {
  expect(problemOfLink("https://meet.example.org/meet/123456789012?p=secret")).toBeUndefined();
  expect(problemOfLink("http://localhost:8080/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d")).toBeUndefined();
});

test("what is no join link is refused by a sentence that does not repeat it", () => {
  for (const link of ["", "meet", "/meet/1", "javascript:alert(1)", "https://meet.example.org/", "https://meet.example.org/meet/", "https://meet.example.org/sign-in?p=secret"]) {
    expect(problemOfLink(link), link).toContain("Give the join link");
    expect(problemOfLink(link)).not.toContain("secret");
  }
});

test("a link of Microsoft's own service says why", () => {
  expect(problemOfLink("https://teams.microsoft.com/l/meetup-join/x")).toContain("Microsoft's own Teams service");
  expect(problemOfLink("https://teams.live.com/meet/1")).toContain("Microsoft's own Teams service");
});
