// A meeting as a calendar's file.
//
// Source: RFC 5545 (iCalendar) §3.1 folding, §3.3.5 date and time, §3.3.11 text, §3.6.1 events.

/** What stands in the calendar. */
export interface CalendarEvent {
  /** The same for the same meeting, so that a calendar takes a second file for a change of the first. */
  readonly uid: string;
  readonly subject: string;
  readonly description: string;
  readonly link: string;
  readonly start: Date;
  /** How long it takes. */
  readonly minutes: number;
  /** When the file is made. */
  readonly madeAt: Date;
}

/** Octets of a line, without its end. */
const LINE_MAX = 75;

/** The text of an `.ics` file with one event. */
export function calendarFile(event: CalendarEvent): string {
  const end = new Date(event.start.getTime() + event.minutes * 60_000);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Convene//Convene//EN",
    "BEGIN:VEVENT",
    `UID:${text(event.uid)}`,
    `DTSTAMP:${utc(event.madeAt)}`,
    `DTSTART:${utc(event.start)}`,
    `DTEND:${utc(end)}`,
    `SUMMARY:${text(event.subject)}`,
    `DESCRIPTION:${text(event.description)}`,
    `LOCATION:${text(event.link)}`,
    `URL:${event.link.replace(/[\r\n]/g, "")}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

/** `20261126T094000Z` */
function utc(date: Date): string {
  return date.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
}

function text(value: string): string {
  return value.replace(/[\\;,]/g, "\\$&").replace(/\r\n|\r|\n/g, "\\n");
}

/** Breaks a line after at most 75 octets, never inside a character. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  let [result, used] = ["", 0];
  for (const character of line) {
    const octets = encoder.encode(character).length;
    if (used + octets > LINE_MAX) {
      result += "\r\n ";
      used = 1;
    }
    result += character;
    used += octets;
  }
  return result;
}
