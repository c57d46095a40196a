import { expect, test } from "vitest";
import { calendarFile, type CalendarEvent } from "./calendar";

const EVENT: CalendarEvent = {
  uid: "264183392744@meet.example",
  subject: "Advice",
  description: "Join: https://meet.example/meet/264183392744?p=Mt9xB2N6",
  link: "https://meet.example/meet/264183392744?p=Mt9xB2N6",
  start: new Date("2026-11-26T23:30:00Z"),
  minutes: 60,
  madeAt: new Date("2026-11-20T08:00:00.123Z"),
};

/** The properties, unfolded. */
function properties(file: string): Map<string, string> {
  const lines = file.replace(/\r\n /g, "").split("\r\n");
  return new Map(lines.filter(Boolean).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

test("times are in UTC, and the end is on the next day (RFC 5545 §3.3.5)", () => {
  const found = properties(calendarFile(EVENT));
  expect(found.get("DTSTAMP")).toBe("20261120T080000Z");
  expect(found.get("DTSTART")).toBe("20261126T233000Z");
  expect(found.get("DTEND")).toBe("20261127T003000Z");
  expect(found.get("URL")).toBe(EVENT.link);
  expect(found.get("UID")).toBe(EVENT.uid);
});

test("text is escaped, so that nobody's subject becomes a property (§3.3.11)", () => {
  const found = properties(calendarFile({ ...EVENT, subject: "a,b;c\\d\r\nATTACH:https://elsewhere.example/\nEND:VEVENT" }));
  expect(found.get("SUMMARY")).toBe("a\\,b\\;c\\\\d\\nATTACH:https://elsewhere.example/\\nEND:VEVENT");
  expect([...found.keys()]).not.toContain("ATTACH");
});

test("no line is longer than 75 octets, and no character is broken (§3.1)", () => {
  const subject = "Überraschend lange Besprechung über 🐙🐙🐙 und noch vieles mehr, das in keine Zeile passt 🐙";
  const file = calendarFile({ ...EVENT, subject });
  const lines = file.split("\r\n");
  expect(lines.pop()).toBe("");
  expect(Math.max(...lines.map((line) => new TextEncoder().encode(line).length))).toBe(75);
  expect(file).not.toMatch(/[^\r]\n/);
  expect(properties(file).get("SUMMARY")?.replace(/\\,/g, ",")).toBe(subject);
});
