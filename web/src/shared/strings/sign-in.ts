import { speaking } from "./speaking";

const english = {
  title: "Sign in to Convene",
  heading: "Sign in",
  button: "Sign in",
  newHeading: "Choose a password",
  newButton: "Set password and sign in",
  email: "E-mail address",
  password: "Password",
  passwordHint: (characters: number) => `At least ${characters} characters.`,
  whoNeedsIt: "Accounts are for people who organize meetings. To join one, open its link: no account is needed.",
  byProvider: (provider: string) => `Sign in with ${provider}`,
  orByPassword: "Or by an address and a password of this server:",
  /** What stands before the provider's own reason, where that is English and the page is not. */
  providerFailed: "Signing in did not work.",
};

export type SignInWords = typeof english;
export const signInWords = speaking("signIn", english);
