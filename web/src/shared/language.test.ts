import { describe, expect, it } from "vitest";
import { languageFor, languageOf } from "./language";
import { withoutLanguage } from "./invitations";
import { localeOf } from "./strings/speaking";

describe("the language of a page", () => {
  it("is what the person chose, else what the address asks for, else what the browser prefers, else English", () => {
    expect(languageFor("en", "de", ["de"])).toBe("en");
    expect(languageFor(null, "de", ["en"])).toBe("de");
    expect(languageFor(null, null, ["fr-FR", "de-CH", "en"])).toBe("de");
    expect(languageFor(null, null, ["en-GB", "de"])).toBe("en");
    expect(languageFor(null, null, ["fr"])).toBe("en");
    expect(languageFor(null, null, [])).toBe("en");
  });

  it("is not one that is not spoken here, whoever asks for it", () => {
    expect(languageFor("fr", "tlh", ["de"])).toBe("de");
    expect([languageOf("de-AT"), languageOf("DE"), languageOf("deu"), languageOf(""), languageOf(null)]).toEqual(["de", "de", undefined, undefined, undefined]);
  });

  it("writes dates in the kind of it that the browser prefers", () => {
    expect(localeOf("de", ["en-GB", "de-AT", "de"])).toBe("de-AT");
    expect(localeOf("en", ["de"])).toBe("en");
  });
});

describe("a link that asks for a language", () => {
  it("is the meeting's link without that, and otherwise the same to the letter", () => {
    const link = "https://meet.example/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d";
    expect(withoutLanguage(link)).toBe(link);
    expect(withoutLanguage(`${link}&lang=de`)).toBe(link);
    expect(withoutLanguage("https://meet.example/meet/1?lang=de&p=a%2Bb")).toBe("https://meet.example/meet/1?p=a%2Bb");
    expect(withoutLanguage("https://meet.example/meet/1?lang=de")).toBe("https://meet.example/meet/1");
    expect(withoutLanguage("https://meet.example/meet/1?p=x&slang=y#lang=de")).toBe("https://meet.example/meet/1?p=x&slang=y#lang=de");
  });
});
