import type { SignInWords } from "../sign-in";

export const signIn: SignInWords = {
  title: "Bei Convene anmelden",
  heading: "Anmelden",
  button: "Anmelden",
  newHeading: "Passwort wählen",
  newButton: "Passwort festlegen und anmelden",
  email: "E-Mail-Adresse",
  password: "Passwort",
  passwordHint: (characters) => `Mindestens ${characters} Zeichen.`,
  whoNeedsIt: "Konten sind für Personen, die Besprechungen organisieren. Um teilzunehmen, öffnen Sie den Link der Besprechung: Dafür brauchen Sie kein Konto.",
  byProvider: (provider) => `Mit ${provider} anmelden`,
  orByPassword: "Oder mit Adresse und Passwort dieses Servers:",
  providerFailed: "Die Anmeldung ist fehlgeschlagen.",
};
