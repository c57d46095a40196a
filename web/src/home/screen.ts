// The home screen: what Convene is, start a meeting, join one.

import { field, h, setText, type View } from "../shared/dom";
import { icon, mark } from "../shared/icons";
import { LOBBY_WORDS } from "../shared/meeting-words";
import type { LobbyScope } from "../shared/server";

/** What the screen shows. */
export interface HomeViewModel {
  readonly name: string;
  /** Who is signed in, if anybody; `undefined` until the server has said so. */
  readonly account: Account | undefined;
  /** `undefined` while something is under way. */
  readonly start: ((request: StartRequest) => void) | undefined;
  readonly join: ((request: JoinRequest) => void) | undefined;
  readonly problem: string | undefined;
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
const LOBBY = LOBBY_WORDS.filter(([scope]) => ["organization", "organizationAndFederated", "organizer", "everyone"].includes(scope));

/** Makes the screen. */
export function homeScreen(first: HomeViewModel): View<HomeViewModel> {
  let current = first;
  const name = h("input", { type: "text", name: "name", value: first.name, maxlength: 100, required: true, autocomplete: "name" });
  name.setAttribute("form", START_FORM);
  const account = h("span", { class: "account" });
  let shown: string | undefined;
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const start = startForm((subject, lobby) => named((given) => current.start?.({ name: given, subject, lobby })));
  const join = joinForm((request) => named((given) => current.join?.({ ...request, name: given })));
  const nameCard = h("div", { class: "card" }, field("Your name", name, "The others see it."));
  const forms = h("div", { class: "home-forms" }, problem, nameCard, start.element, join.element);
  const element = h("main", { class: "page home" }, header(account), h("div", { class: "home-columns" }, hero(), forms));

  function named(then: (name: string) => void): void {
    if (name.reportValidity() && name.value.trim()) then(name.value.trim());
  }

  function showAccount(of: Account | undefined): void {
    const key = of && (of.email ?? "nobody");
    if (!of || key === shown) return;
    shown = key;
    const out = (text: string, everywhere: boolean): HTMLElement =>
      h("button", { class: "button small", type: "button", onclick: () => current.account?.signOut(everywhere) }, text);
    const signedIn = of.email === undefined ? [h("a", { href: "/sign-in" }, "Sign in")] : [of.email, " ", out("Sign out", false), " ", out("Sign out everywhere", true)];
    account.replaceChildren(...signedIn);
    if (of.email !== undefined && !name.value) name.value = current.name;
  }

  return {
    element,
    update(state) {
      current = state;
      showAccount(state.account);
      start.button.disabled = state.start === undefined;
      join.button.disabled = state.join === undefined;
      problem.hidden = state.problem === undefined;
      setText(problem, state.problem ?? "");
      if (state.problem !== undefined) join.showToken();
    },
  };
}

/** The name's field belongs to this form, so that Enter in it starts a meeting. */
const START_FORM = "start-form";

const LEAD =
  "Start a meeting and share its link. People open it in their browser or in your own app, wait in the lobby, and you let them in.";

function header(account: HTMLElement): HTMLElement {
  const samples = h("a", { href: "/samples/" }, "Samples for developers");
  return h("header", { class: "page-header" }, mark(), h("span", { class: "brand" }, "Convene"), h("nav", {}, samples, " · ", h("a", { href: "/api.html" }, "REST APIs"), " · ", account));
}

function hero(): HTMLElement {
  const fact = (symbol: SVGSVGElement, text: string): HTMLElement => h("li", {}, symbol, h("span", {}, text));
  const facts = h(
    "ul",
    { class: "facts" },
    fact(icon("door"), "A lobby: you see who waits, and what kind of identity it is, before anybody comes in."),
    fact(icon("link"), "One link, or a meeting id with a passcode."),
    fact(icon("people"), "Apps written for Azure Communication Services join with the code they have."),
  );
  return h("section", { class: "hero" }, h("h1", {}, "Meetings that any app can join"), h("p", { class: "lead" }, LEAD), facts);
}

function startForm(submit: (subject: string, lobby: LobbyScope) => void): { element: HTMLElement; button: HTMLButtonElement } {
  const subject = h("input", { type: "text", name: "subject", maxlength: 200, placeholder: "Weekly review" });
  const lobby = h("select", { name: "lobby" }, ...LOBBY.map(([value, text]) => h("option", { value }, text)));
  const button = h("button", { class: "button primary large", type: "submit" }, "Start a meeting");
  const element = h(
    "form",
    {
      id: START_FORM,
      class: "card",
      onsubmit: (event) => {
        event.preventDefault();
        submit(subject.value.trim() || "Meeting", lobby.value as LobbyScope);
      },
    },
    h("h2", {}, "Start a meeting"),
    field("Subject", subject),
    field("Lobby", lobby),
    button,
  );
  return { element, button };
}

function joinForm(submit: (request: Omit<JoinRequest, "name">) => void): {
  element: HTMLElement;
  button: HTMLButtonElement;
  showToken: () => void;
} {
  const where = h("input", { type: "text", name: "where", required: true, autocomplete: "off", spellcheck: "false" });
  const passcode = h("input", { type: "text", name: "passcode", autocomplete: "off", spellcheck: "false" });
  const passcodeField = field("Passcode", passcode);
  const token = h("textarea", { name: "token", rows: 3, autocomplete: "off", spellcheck: "false" });
  const button = h("button", { class: "button large", type: "submit" }, "Join");
  const tokenDetails = h(
    "details",
    {},
    h("summary", {}, "Use an access token"),
    field("Access token", token, "From convene token issue, with the scope voip. It stays in this tab."),
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
    h("h2", {}, "Join a meeting"),
    field("Join link or meeting id", where),
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
