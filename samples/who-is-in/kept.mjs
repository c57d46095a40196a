// What outlives this process: what is known, and the subscription. An app with a database keeps both there.
import { closeSync, fdatasyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Presence } from "./presence.mjs";

/** Events that are appended before the file is written anew. Larger: a longer file and start. Smaller: the whole is written more often. */
const LINES_MAX = 10_000;

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The file is there as a whole, or as it was before. */
function replace(path, text) {
  const file = openSync(`${path}.new`, "w", 0o600);
  writeFileSync(file, text);
  fdatasyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}

/** What is known, in memory alone. */
function inMemory() {
  let presence = new Presence();
  return {
    subscription: undefined,
    keepSubscription() {},
    begin: () => (presence = new Presence()),
    list: () => presence.list(),
    take: (event) => presence.take(event),
  };
}

/** What is known, and kept in `folder`: a line with all that was known, and a line for each event since. */
export function open(folder) {
  if (!folder) return inMemory();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [events, subscription] = [join(folder, "events.jsonl"), join(folder, "subscription.json")];
  let presence = new Presence();
  let [file, lines, isWhole] = [undefined, 0, true];

  function writeAnew() {
    replace(events, `${JSON.stringify(presence)}\n`);
    if (file !== undefined) closeSync(file);
    [file, lines, isWhole] = [openSync(events, "a"), 0, true];
  }

  // A last line without an end was cut off by a crash: its event was not answered, and comes again.
  const [known, ...since] = (read(events) ?? "").split("\n").slice(0, -1);
  if (known) presence = Presence.from(JSON.parse(known));
  for (const line of since) presence.take(JSON.parse(line));
  writeAnew();

  return {
    subscription: JSON.parse(read(subscription) ?? "null") ?? undefined,
    keepSubscription: (value) => replace(subscription, JSON.stringify(value)),
    /** Forgets all that was known. */
    begin() {
      presence = new Presence();
      writeAnew();
    },
    list: () => presence.list(),
    /** Takes an event, and returns once it is on the disk; false if there is nothing new. */
    take(event) {
      if (presence.taken.has(event.id)) return false;
      // A full disk may have taken a part of a line; its event comes again.
      if (!isWhole) writeAnew();
      isWhole = false;
      writeSync(file, `${JSON.stringify(event)}\n`);
      fdatasyncSync(file);
      isWhole = true;
      const isNew = presence.take(event);
      if (++lines >= LINES_MAX) writeAnew();
      return isNew;
    },
  };
}
