// Which language a page speaks: what the person chose, else what the address asks for, else what the browser prefers, else English.

import { h } from "./dom";
import { setPageTitle } from "./page-title";
import { rememberLanguage, rememberWish, rememberedLanguage, rememberedWish } from "./remembered";
import { commonWords } from "./strings/common";
import { language, speak, type Language } from "./strings/speaking";

/** In their own names. */
const NAMES: Readonly<Record<Language, string>> = { de: "Deutsch", en: "English" };

/** All languages, in the order in which they stand on the pages. */
export const LANGUAGES = Object.keys(NAMES) as readonly Language[];

/** The language of a tag, `undefined` where it is not spoken here. `de-AT` is German. */
export function languageOf(tag: string | null | undefined): Language | undefined {
  const [main = ""] = (tag ?? "").toLowerCase().split(/[-_]/);
  return LANGUAGES.find((each) => each === main);
}

/**
 * The language to speak: the first of these tags that is spoken here.
 *
 * @param preferred what the browser prefers, best first
 */
export function languageFor(chosen: string | null, wished: string | null, preferred: readonly string[]): Language {
  return [chosen, wished, ...preferred].map(languageOf).find((each) => each !== undefined) ?? "en";
}

/**
 * Begins to speak, before anything is shown. English is there at once.
 *
 * @param wished what the address asks for, in place of `?lang=`
 * @param title the page's title, in the language that is spoken then
 */
export async function beginToSpeak(title: () => string, wished = new URLSearchParams(location.search).get("lang")): Promise<void> {
  if (wished !== null && languageOf(wished)) rememberWish(wished);
  const wish = languageFor(rememberedLanguage(), rememberedWish(), navigator.languages);
  if (wish !== "en") {
    await speak(wish).catch((error: unknown) => console.warn(`The words of "${wish}" could not be fetched, so the page is in English.`, error));
  }
  document.documentElement.lang = language();
  setPageTitle(title());
}

/**
 * Makes the choice of the language.
 *
 * @param changed called when another language is spoken: the page has to be shown anew, with another choice
 */
export function languageChoice(changed: () => void): HTMLElement {
  const problem = h("span", { role: "status", class: "hint" });
  const buttons = LANGUAGES.map((each) =>
    h("button", { class: "language", type: "button", lang: each, "aria-pressed": String(each === language()), onclick: () => void choose(each) }, NAMES[each]),
  );

  async function choose(wish: Language): Promise<void> {
    if (wish === language()) return;
    try {
      await speak(wish);
    } catch (error) {
      console.warn(error);
      problem.textContent = commonWords().languageNotFetched;
      return;
    }
    rememberLanguage(wish);
    document.documentElement.lang = wish;
    changed();
    document.querySelector<HTMLElement>(`.language[lang="${wish}"]`)?.focus();
  }

  return h("div", { class: "languages", role: "group", "aria-label": commonWords().language }, ...buttons, problem);
}

/** Puts what was filled in on a page into the page that takes its place, by the fields' names. */
export function carryOver(from: Element, to: Element): void {
  type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  for (const former of from.querySelectorAll<Field>("input[name], select[name], textarea[name]")) {
    const field = to.querySelector<Field>(`${former.localName}[name="${former.name}"]`);
    if (!field || field.value === former.value) continue;
    field.value = former.value;
    field.dispatchEvent(new Event("input"));
  }
}
