// What is spoken: English is part of the pages, every other language is a chunk of its own that is fetched when it is chosen.

import type { ChatWords } from "./chat";
import type { CommonWords } from "./common";
import type { FaultWords } from "./faults";
import type { HomeWords } from "./home";
import type { JoiningWords } from "./joining";
import type { MeetingWords } from "./meeting";
import type { OptionWords } from "./options";
import type { PanelWords } from "./panel";
import type { PeopleWords } from "./people";
import type { QualityWords } from "./quality";
import type { RingingWords } from "./ringing";
import type { ScreenWords } from "./screen";
import type { SignInWords } from "./sign-in";

/** The languages, by their tags of BCP 47. */
export type Language = "en" | "de";

/** All words of one language, by the part of the pages that says them. */
export interface Words {
  readonly common: CommonWords;
  readonly faults: FaultWords;
  readonly home: HomeWords;
  readonly signIn: SignInWords;
  readonly joining: JoiningWords;
  readonly meeting: MeetingWords;
  readonly screen: ScreenWords;
  readonly panel: PanelWords;
  readonly people: PeopleWords;
  readonly chat: ChatWords;
  readonly options: OptionWords;
  readonly quality: QualityWords;
  readonly ringing: RingingWords;
}

let spoken: { readonly language: Language; readonly words: Words | undefined } = { language: "en", words: undefined };

/** The language that is spoken now. */
export function language(): Language {
  return spoken.language;
}

/** A part's words in the language that is spoken when they are asked for. */
export function speaking<Part extends keyof Words>(part: Part, english: Words[Part]): () => Words[Part] {
  return () => spoken.words?.[part] ?? english;
}

const FETCH: Readonly<Record<Exclude<Language, "en">, () => Promise<Words>>> = {
  de: () => import("./de").then(({ german }) => german),
};

/** Speaks a language from now on. English needs nothing to be fetched. @throws if the words cannot be fetched: then all stays as it was */
export async function speak(wish: Language): Promise<void> {
  spoken = { language: wish, words: wish === "en" ? undefined : await FETCH[wish]() };
}

/** For dates and times: the kind of the language that this browser prefers, for example British English. */
export function localeOf(wish: Language = spoken.language, preferred: readonly string[] = navigator.languages): string {
  return preferred.find((tag) => tag === wish || tag.startsWith(`${wish}-`)) ?? wish;
}
