// Signing in, and setting a password by a link.

import { field, h, setTold, setUsable, type View } from "../shared/dom";
import { mark } from "../shared/icons";
import { languageChoice } from "../shared/language";
import { signInWords } from "../shared/strings/sign-in";
import type { Told } from "../shared/strings/telling";

/** What the screen shows. */
export interface SignInViewModel {
  /** Whose account it is, if a link says so. */
  readonly email: string;
  /** A password is set, not asked for. */
  readonly isNew: boolean;
  readonly problem?: Told | undefined;
  /** The organization's provider, if people sign in by one. */
  readonly provider: { readonly label: string; readonly href: string } | undefined;
  /** `undefined` while something is under way. */
  readonly submit: ((email: string, password: string) => void) | undefined;
  /** Another language is spoken. */
  readonly spokeAnew: () => void;
}

/** The server's smallest password, in characters. */
const PASSWORD_MIN = 12;

/** Makes the screen. */
export function signInScreen(first: SignInViewModel): View<SignInViewModel> {
  let current = first;
  const words = signInWords();
  const email = h("input", { type: "email", name: "email", value: first.email, required: true, autocomplete: "username" });
  email.readOnly = first.isNew;
  const password = h("input", { type: "password", name: "password", required: true, autocomplete: first.isNew ? "new-password" : "current-password" });
  if (first.isNew) password.minLength = PASSWORD_MIN;
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const button = h("button", { class: "button primary large", type: "submit" }, first.isNew ? words.newButton : words.button);
  const byProvider = h("div", { class: "by-provider", hidden: true });
  const form = h(
    "form",
    {
      class: "card",
      onsubmit: (event) => {
        event.preventDefault();
        current.submit?.(email.value.trim(), password.value);
      },
    },
    h("h1", {}, first.isNew ? words.newHeading : words.heading),
    problem,
    byProvider,
    field(words.email, email),
    first.isNew ? field(words.password, password, words.passwordHint(PASSWORD_MIN)) : field(words.password, password),
    button,
    first.isNew ? undefined : h("p", { class: "hint" }, words.whoNeedsIt),
  );
  const languages = languageChoice(() => current.spokeAnew());
  const header = h("header", { class: "page-header" }, mark(), h("a", { class: "brand", href: "/" }, "Convene"), languages);
  const element = h("main", { class: "page sign-in" }, header, form);
  return {
    element,
    update(state) {
      current = state;
      setUsable(button, state.submit !== undefined);
      byProvider.hidden = state.provider === undefined;
      if (state.provider && byProvider.childElementCount === 0) {
        const link = h("a", { class: "button primary large", href: state.provider.href }, words.byProvider(state.provider.label));
        byProvider.replaceChildren(link, h("p", { class: "hint" }, words.orByPassword));
      }
      problem.hidden = state.problem === undefined;
      setTold(problem, state.problem ?? { text: "" });
    },
  };
}
