import { describe, expect, it } from "vitest";
import codesOfSdk from "../../../../sdk/calling/src/errors.ts?raw";
import codesOfServer from "../../../../crates/model/src/code.rs?raw";
import { ELEMENT_WORDS } from "../../embed/words";
import { chatWords } from "./chat";
import { commonWords } from "./common";
import { german } from "./de";
import { faultWords } from "./faults";
import { homeWords } from "./home";
import { joiningWords } from "./joining";
import { meetingWords } from "./meeting";
import { optionWords } from "./options";
import { panelWords } from "./panel";
import { peopleWords } from "./people";
import { qualityWords } from "./quality";
import { ringingWords } from "./ringing";
import { screenWords } from "./screen";
import { signInWords } from "./sign-in";
import type { Words } from "./speaking";

const english: Words = {
  common: commonWords(),
  faults: faultWords(),
  home: homeWords(),
  signIn: signInWords(),
  joining: joiningWords(),
  meeting: meetingWords(),
  screen: screenWords(),
  panel: panelWords(),
  people: peopleWords(),
  chat: chatWords(),
  options: optionWords(),
  quality: qualityWords(),
  ringing: ringingWords(),
};

/** What is the same in both languages, and right so. */
const SAME = [
  "faults.ends.code(1)", "faults.ends.code(2)", "meeting.pageTitle(1)", "meeting.pageTitle(2)", "screen.controls.chat", "screen.chat.panel",
  "quality.video", "quality.columns.bitrate", "quality.columns.jitter", "quality.kilobits(1)", "quality.kilobits(2)", "quality.milliseconds(1)",
  "quality.milliseconds(2)", "quality.size(1)", "quality.size(2)", "quality.unknown",
];

/** Every text by its path. Functions are asked for one and for many. */
function textsOf(part: unknown, path = ""): [string, string][] {
  if (typeof part === "string") return [[path, part]];
  if (typeof part === "function") {
    const say = part as (...given: unknown[]) => string;
    return [1, 2].map((count) => [`${path}(${count})`, say(...given(path, count))]);
  }
  return Object.entries(part as object).flatMap(([key, value]) => textsOf(value, path === "" ? key : `${path}.${key}`));
}

function given(path: string, count: number): unknown[] {
  if (/^chat\.(joined|left)$/.test(path)) return [["Ana", "Ben"].slice(0, count), count - 1];
  return /(waiting|unread|listOf|wait|someDidNotFit|passwordHint|Number|hand|answered|kilobits|megabits|percent|milliseconds|size|frames)$/.test(path) ? [count, count] : ["Ana", "7", count];
}

/** The codes that no page of these meets: rooms, ringing and call automation are for apps. */
const FOR_APPS = /^(Room\w*|NotInvited|InviteRemoved|Ring\w*|AnsweredElsewhere|NotAnswered|Unreachable|Busy|Transfer\w*|EndedByApp|NobodyJoined)$/;

/** What the SDK says to programmers who use it wrongly, which these pages do not, or of features that they do not have. */
const FOR_PROGRAMMERS = /^(invalidArgument|agentDisposed|notSupported|notInCall|channelClosed|tooMuchData|speakerSelectionMissing|video\w+|screenAlready\w+|effectFailed|viewDisposed|streamDisposed)$/;

describe("the words in German", () => {
  it("are there for each English one, and are no English ones", () => {
    const words = new Map(textsOf(german));
    const same = textsOf(english).filter(([path, text]) => words.get(path) === text);
    expect(same.map(([path]) => path)).toEqual(SAME);
    // Also in the same order: choices stand in it.
    expect([...words.keys()].filter((path) => !/^faults\.(reasons|answers)/.test(path))).toEqual(textsOf(english).map(([path]) => path));
    expect([...words.values()].filter((text) => /\b(the|you|your|and|could|not|is|with)\b/.test(text))).toEqual([]);
  });

  it("ask with Sie, and are never empty", () => {
    const texts = textsOf(german).map(([, text]) => text);
    expect(texts.filter((text) => text.trim() === "" || /\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b/.test(text))).toEqual([]);
  });

  it("are there for each code with which the server ends a call or refuses one of these pages", () => {
    const entries = [...codesOfServer.matchAll(/Self::(\w+) =>\s*[({]?\s*\(\s*(\d+),\s*([\d_]+),/g)];
    const codes = entries.map(([, name = "", code, subCode = ""]) => ({ name, key: `${code}/${subCode.replaceAll("_", "")}` }));
    expect(codes.length).toBeGreaterThan(40);
    const missing = codes.filter(({ name, key }) => !FOR_APPS.test(name) && german.faults.reasons[key] === undefined);
    expect(missing).toEqual([]);
  });

  it("are there for each code of the SDK that people can meet", () => {
    const codes = [...codesOfSdk.matchAll(/^ {2}(\w+): \[(\d+), (\d+)\],$/gm)].map(([, name = "", code, subCode]) => ({ name, key: `${code}/${subCode}` }));
    expect(codes.length).toBeGreaterThan(30);
    const missing = codes.filter(({ name, key }) => !FOR_PROGRAMMERS.test(name) && german.faults.reasons[key] === undefined);
    expect(missing).toEqual([]);
  });

  it("have a heading for each end that has an English one", () => {
    expect(Object.keys(german.faults.ends.headings)).toEqual(Object.keys(english.faults.ends.headings));
  });

  it("of the element are all German", () => {
    const [en, de] = [ELEMENT_WORDS.en, ELEMENT_WORDS.de].map((words) => textsOf(words).map(([, text]) => text));
    expect(en?.filter((text) => de?.includes(text))).toEqual([]);
    expect(de).toHaveLength(en?.length ?? 0);
  });
});
