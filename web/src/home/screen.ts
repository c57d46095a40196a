// The home screen: what Convene is, start a meeting, join one.

import { field, h, setTold, setUsable, type View } from "../shared/dom";
import { icon, mark } from "../shared/icons";
import { languageChoice } from "../shared/language";
import { lobbyWords } from "../shared/meeting-words";
import type { LobbyScope } from "../shared/server";
import { commonWords } from "../shared/strings/common";
import { homeWords } from "../shared/strings/home";
import type { Told } from "../shared/strings/telling";

/** What the screen shows. */
export interface HomeViewModel {
  readonly name: string;
  /** Who is signed in, if anybody; `undefined` until the server has said so. */
  readonly account: Account | undefined;
  /** `undefined` while something is under way. */
  readonly start: ((request: StartRequest) => void) | undefined;
  readonly join: ((request: JoinRequest) => void) | undefined;
  readonly problem: Told | undefined;
  /** Another language is spoken. */
  readonly spokeAnew: () => void;
}

/** The session of this browser. */
export interface Account {
  readonly email: string | undefined;
  readonly signOut: (everywhere: boolean) => void;
}

/** What a person asks for when starting a meeting. */
export interface StartRequest {
  readonly name: string;
  readonly subject: string;
  readonly lobby: LobbyScope;
}

/** What a person asks for when joining. */
export interface JoinRequest {
  readonly name: string;
  /** The link, or a meeting id. */
  readonly where: string;
  readonly passcode: string;
  /** An access token, where the server hands out none. */
  readonly token: string | undefined;
}

/** Those of the lobby's choices that make sense before anybody is invited. */
const LOBBY: readonly LobbyScope[] = ["organization", "organizationAndFederated", "organizer", "everyone"];

/** Makes the screen. */
export function homeScreen(first: HomeViewModel): View<HomeViewModel> {
  let current = first;
  const words = homeWords();
  const name = h("input", { type: "text", name: "name", value: first.name, maxlength: 100, required: true, autocomplete: "name" });
  name.setAttribute("form", START_FORM);
  const account = h("span", { class: "account" });
  let shown: string | undefined;
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const start = startForm((subject, lobby) => named((given) => current.start?.({ name: given, subject, lobby })));
  const join = joinForm((request) => named((given) => current.join?.({ ...request, name: given })));
  const nameCard = h("div", { class: "card" }, field(words.yourName, name, words.yourNameHint));
  const forms = h("div", { class: "home-forms" }, problem, nameCard, start.element, join.element);
  const element = h("main", { class: "page home" }, header(account, languageChoice(() => current.spokeAnew())), h("div", { class: "home-columns" }, hero(), forms));

  function named(then: (name: string) => void): void {
    if (name.reportValidity() && name.value.trim()) then(name.value.trim());
  }

  function showAccount(of: Account | undefined): void {
    const key = of && (of.email ?? "nobody");
    if (!of || key === shown) return;
    shown = key;
    const out = (text: string, everywhere: boolean): HTMLElement =>
      h("button", { class: "button small", type: "button", onclick: () => current.account?.signOut(everywhere) }, text);
    const signedIn = of.email === undefined ? [h("a", { href: "/sign-in" }, words.nav.signIn)] : [of.email, " ", out(words.nav.signOut, false), " ", out(words.nav.signOutEverywhere, true)];
    account.replaceChildren(...signedIn);
    if (of.email !== undefined && !name.value) name.value = current.name;
  }

  return {
    element,
    update(state) {
      current = state;
      showAccount(state.account);
      setUsable(start.button, state.start !== undefined);
      setUsable(join.button, state.join !== undefined);
      problem.hidden = state.problem === undefined;
      setTold(problem, state.problem ?? { text: "" });
      if (state.problem !== undefined) join.showToken();
    },
  };
}

/** The name's field belongs to this form, so that Enter in it starts a meeting. */
const START_FORM = "start-form";

function header(account: HTMLElement, languages: HTMLElement): HTMLElement {
  const words = homeWords().nav;
  const samples = h("a", { href: "/samples/" }, words.samples);
  const nav = h("nav", {}, samples, " · ", h("a", { href: "/api.html" }, words.apis), " · ", account);
  return h("header", { class: "page-header" }, mark(), h("span", { class: "brand" }, "Convene"), nav, languages);
}

function hero(): HTMLElement {
  const words = homeWords();
  const fact = (symbol: SVGSVGElement, text: string): HTMLElement => h("li", {}, symbol, h("span", {}, text));
  const facts = h(
    "ul",
    { class: "facts" },
    fact(icon("door"), words.facts.lobby),
    fact(icon("link"), words.facts.link),
    fact(icon("people"), words.facts.apps),
  );
  return h("section", { class: "hero" }, h("h1", {}, words.heading), h("p", { class: "lead" }, words.lead), facts);
}

function startForm(submit: (subject: string, lobby: LobbyScope) => void): { element: HTMLElement; button: HTMLButtonElement } {
  const words = homeWords().start;
  const subject = h("input", { type: "text", name: "subject", maxlength: 200, placeholder: words.example });
  const choices = lobbyWords().filter(([scope]) => LOBBY.includes(scope));
  const lobby = h("select", { name: "lobby" }, ...choices.map(([value, text]) => h("option", { value }, text)));
  const button = h("button", { class: "button primary large", type: "submit" }, words.button);
  const element = h(
    "form",
    {
      id: START_FORM,
      class: "card",
      onsubmit: (event) => {
        event.preventDefault();
        submit(subject.value.trim() || commonWords().meeting, lobby.value as LobbyScope);
      },
    },
    h("h2", {}, words.heading),
    field(words.subject, subject),
    field(words.lobby, lobby),
    button,
  );
  return { element, button };
}

function joinForm(submit: (request: Omit<JoinRequest, "name">) => void): {
  element: HTMLElement;
  button: HTMLButtonElement;
  showToken: () => void;
} {
  const words = homeWords().join;
  const where = h("input", { type: "text", name: "where", required: true, autocomplete: "off", spellcheck: "false" });
  const passcode = h("input", { type: "text", name: "passcode", autocomplete: "off", spellcheck: "false" });
  const passcodeField = field(words.passcode, passcode);
  const token = h("textarea", { name: "token", rows: 3, autocomplete: "off", spellcheck: "false" });
  const button = h("button", { class: "button large", type: "submit" }, words.button);
  const tokenDetails = h(
    "details",
    {},
    h("summary", {}, words.useToken),
    field(words.token, token, words.tokenHint),
  );
  where.addEventListener("input", () => showPasscode());
  const element = h(
    "form",
    {
      class: "card",
      onsubmit: (event) => {
        event.preventDefault();
        submit({ where: where.value.trim(), passcode: passcode.value.trim(), token: token.value.trim() || undefined });
      },
    },
    h("h2", {}, words.heading),
    field(words.where, where),
    passcodeField,
    tokenDetails,
    button,
  );
  showPasscode();

  function showPasscode(): void {
    passcodeField.hidden = !isMeetingId(where.value);
  }

  return { element, button, showToken: () => (tokenDetails.open = true) };
}

/** Digits, perhaps with spaces or dashes between them, are a meeting id; all else is a link. */
export function isMeetingId(text: string): boolean {
  return /^[\d\s-]*\d[\d\s-]*$/.test(text);
}
