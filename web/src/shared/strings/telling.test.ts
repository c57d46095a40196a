import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headingOf, textOf, toldOfEnd } from "../../ended/screen";
import { speak } from "./speaking";
import { failureOf, SpokenError, toldOf } from "./telling";

const fault = (message: string, codes: object): Error => Object.assign(new Error(message), codes);

describe("what went wrong, in English", () => {
  it("is what the server or the SDK says", () => {
    expect(toldOf(fault("You may not.", { code: 403, subCode: 90403 }))).toEqual({ text: "You may not." });
    expect(failureOf("They could not be muted", new Error("You may not."))).toEqual({ text: "They could not be muted: You may not." });
    expect(failureOf("This could not be saved.", new Error("You may not."))).toEqual({ text: "This could not be saved. You may not." });
  });
});

describe("what went wrong, in German", () => {
  beforeEach(() => speak("de"));
  afterEach(() => speak("en"));

  it("is said by the codes, or by what was asked for", () => {
    expect(toldOf(fault("You may not.", { code: 403, subCode: 90403 }))).toEqual({ text: "Ihre Rolle in dieser Besprechung erlaubt das nicht." });
    expect(toldOf(fault("Wrong.", { status: 401, path: "/api/session" })).text).toContain("Die Adresse oder das Passwort ist falsch.");
  });

  it("is what the page said itself, as it is", () => {
    expect(failureOf("Sie konnten nicht eingelassen werden", new SpokenError("Kein Platz."))).toEqual({ text: "Sie konnten nicht eingelassen werden: Kein Platz." });
  });

  it("without words of its own, is a general sentence and the English one beside it", () => {
    expect(toldOf(fault("The door is stuck.", { code: 500, subCode: 77 }))).toEqual({ text: "Etwas ist schiefgegangen.", english: "The door is stuck." });
    expect(failureOf("Das Verlassen ist fehlgeschlagen", new Error("The door is stuck."))).toEqual({ text: "Das Verlassen ist fehlgeschlagen.", english: "The door is stuck." });
  });

  it("at the end has a heading and a sentence for the codes", () => {
    const end = { code: 0, subCode: 5854, message: "Your request to join was declined.", wasIn: false };
    expect(headingOf(end)).toBe("Sie wurden nicht eingelassen");
    expect(toldOfEnd(end)).toEqual({ text: "Ihre Anfrage wurde abgelehnt. Bitten Sie den Organisator, Sie einzulassen." });
  });

  it("at an end without words of its own, tells the server's sentence as English", () => {
    const end = { code: 599, subCode: 1, message: "The door is stuck.", wasIn: false };
    expect(toldOfEnd(end)).toEqual({ text: expect.stringContaining("schiefgegangen"), english: "The door is stuck." });
    expect(textOf(end)).toMatch(/schiefgegangen.* The door is stuck\.$/);
    expect(toldOfEnd({ ...end, isSpoken: true, message: "Die Tür klemmt." })).toEqual({ text: "Die Tür klemmt." });
  });
});
