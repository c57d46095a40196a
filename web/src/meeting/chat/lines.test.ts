import { expect, test } from "vitest";
import { Lines } from "./lines";
import type { Message } from "./wire";

const message = (id: string, text = id, sender = "ann"): Message => ({ id, sender, senderName: sender, text, isHtml: false, isEdited: false, at: new Date(Number(id)) });
const texts = (lines: Lines): string[] => lines.all.map((each) => each.text);
const isOwn = ({ sender }: Message): boolean => sender === "me";

test("messages stand in the thread's order, each once, as it is now", () => {
  const lines = new Lines();
  lines.put(message("20"));
  lines.put(message("9"));
  lines.put(message("20", "changed"));
  expect(texts(lines)).toEqual(["9", "changed"]);
  expect(lines.newest?.id).toBe("20");
});

test("a deleted message does not come back, however late it is told or listed", () => {
  const lines = new Lines();
  lines.put(message("1"));
  lines.remove("1");
  lines.put(message("1"));
  lines.replace([message("1"), message("2")]);
  expect(texts(lines)).toEqual(["2"]);
});

test("others' messages are new until they are seen; one's own never are, and what is listed again stays read", () => {
  const lines = new Lines();
  lines.replace([message("1"), message("2", "mine", "me")]);
  expect(lines.unread(isOwn)).toBe(1);
  lines.see();
  expect(lines.unread(isOwn)).toBe(0);
  lines.put(message("3"));
  lines.replace([message("1"), message("2", "mine", "me"), message("3")]);
  expect(lines.unread(isOwn)).toBe(1);
});
