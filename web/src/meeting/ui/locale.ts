// The library's own words in the page's language. English comes with the library; another language is fetched, and no other than that one.

import type { ComponentLocale } from "@azure/communication-react";
import { language, type Language } from "../../shared/strings/speaking";

const FETCH: Readonly<Record<Exclude<Language, "en">, () => Promise<ComponentLocale>>> = {
  de: () => import("./locale-de").then((module) => module.COMPONENT_LOCALE_DE_DE),
};

let locale: ComponentLocale | undefined;

/** Fetches what the language that is spoken now needs. */
export async function loadLocale(): Promise<void> {
  const spoken = language();
  locale = spoken === "en" ? undefined : await FETCH[spoken]();
}

/** The words that were fetched last; `undefined` for the library's own English. */
export function libraryLocale(): ComponentLocale | undefined {
  return locale;
}
