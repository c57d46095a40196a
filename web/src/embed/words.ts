// The few words of <convene-meeting> itself, in every language: the element is one file, which fetches no other.

/** The words of one language. */
export interface ElementWords {
  /** Its tag, for the meeting in the frame. */
  readonly tag: string;
  readonly meeting: string;
  readonly noAddress: string;
  readonly foreign: string;
  readonly noMeeting: string;
  readonly noOrigin: string;
  readonly notShown: (server: string, origin: string) => string;
}

const GIVE = "Give the join link that the meeting's Invite shows.";
const GIVE_DE = "Geben Sie den Besprechungslink an, der in der Besprechung unter „Einladen“ steht.";

/** By the tags of the languages. */
export const ELEMENT_WORDS = {
  en: {
    tag: "en",
    meeting: "Meeting",
    noAddress: `The attribute "link" is no web address. ${GIVE}`,
    foreign: `The attribute "link" leads to Microsoft's own Teams service, whose protocol is closed. ${GIVE}`,
    noMeeting: `The attribute "link" is no meeting's. ${GIVE}`,
    noOrigin: "This page has no origin, as one that is opened from a file, so a meeting cannot be embedded in it. Serve it by a web server.",
    notShown: (server, origin) =>
      `No meeting is shown: ${server} cannot be reached, or its operator has to allow this page's origin by --embed-origins ${origin}.`,
  },
  de: {
    tag: "de",
    meeting: "Besprechung",
    noAddress: `Das Attribut „link“ ist keine Webadresse. ${GIVE_DE}`,
    foreign: `Das Attribut „link“ führt zu Microsofts eigenem Dienst Teams, dessen Protokoll geschlossen ist. ${GIVE_DE}`,
    noMeeting: `Das Attribut „link“ gehört zu keiner Besprechung. ${GIVE_DE}`,
    noOrigin: "Diese Seite hat keinen Ursprung, etwa weil sie aus einer Datei geöffnet wurde, und kann deshalb keine Besprechung einbetten. Liefern Sie sie von einem Webserver aus.",
    notShown: (server, origin) =>
      `Es wird keine Besprechung gezeigt: ${server} ist nicht erreichbar, oder die Betreiber müssen den Ursprung dieser Seite mit --embed-origins ${origin} erlauben.`,
  },
} as const satisfies Record<string, ElementWords>;

/** The words for the first of these tags that there are words for, else English ones. `de-AT` is German. */
export function elementWords(tags: readonly string[]): ElementWords {
  const known: Readonly<Record<string, ElementWords>> = ELEMENT_WORDS;
  const found = tags.map((tag) => known[tag.toLowerCase().split("-")[0] ?? ""]).find((each) => each !== undefined);
  return found ?? ELEMENT_WORDS.en;
}

/** The language that an element has by itself or by what is around it, also out of shadow trees; `undefined` where none is said. */
export function languageAround(element: Element): string | undefined {
  for (let at: Element | null = element; at; ) {
    const said: Element | null = at.closest("[lang]");
    if (said) return said.getAttribute("lang") || undefined;
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return undefined;
}
