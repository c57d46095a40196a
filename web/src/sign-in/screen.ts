// Signing in, and setting a password by a link.

import { field, h, setText, type View } from "../shared/dom";
import { mark } from "../shared/icons";

/** What the screen shows. */
export interface SignInViewModel {
  /** Whose account it is, if a link says so. */
  readonly email: string;
  /** A password is set, not asked for. */
  readonly isNew: boolean;
  readonly problem?: string | undefined;
  /** The organization's provider, if people sign in by one. */
  readonly provider: { readonly label: string; readonly href: string } | undefined;
  /** `undefined` while something is under way. */
  readonly submit: ((email: string, password: string) => void) | undefined;
}

/** The server's smallest password, in characters. */
const PASSWORD_MIN = 12;

/** Makes the screen. */
export function signInScreen(first: SignInViewModel): View<SignInViewModel> {
  let current = first;
  const email = h("input", { type: "email", name: "email", value: first.email, required: true, autocomplete: "username" });
  email.readOnly = first.isNew;
  const password = h("input", { type: "password", name: "password", required: true, autocomplete: first.isNew ? "new-password" : "current-password" });
  if (first.isNew) password.minLength = PASSWORD_MIN;
  const problem = h("p", { class: "warning", role: "alert", hidden: true });
  const button = h("button", { class: "button primary large", type: "submit" }, first.isNew ? "Set password and sign in" : "Sign in");
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
    h("h1", {}, first.isNew ? "Choose a password" : "Sign in"),
    problem,
    byProvider,
    field("E-mail address", email),
    first.isNew ? field("Password", password, `At least ${PASSWORD_MIN} characters.`) : field("Password", password),
    button,
    first.isNew ? undefined : h("p", { class: "hint" }, "Accounts are for people who organize meetings. To join one, open its link: no account is needed."),
  );
  const element = h("main", { class: "page sign-in" }, h("header", { class: "page-header" }, mark(), h("a", { class: "brand", href: "/" }, "Convene")), form);
  return {
    element,
    update(state) {
      current = state;
      button.disabled = state.submit === undefined;
      byProvider.hidden = state.provider === undefined;
      if (state.provider && byProvider.childElementCount === 0) {
        const link = h("a", { class: "button primary large", href: state.provider.href }, `Sign in with ${state.provider.label}`);
        byProvider.replaceChildren(link, h("p", { class: "hint" }, "Or by an address and a password of this server:"));
      }
      problem.hidden = state.problem === undefined;
      setText(problem, state.problem ?? "");
    },
  };
}
