import type { HomeWords } from "../home";

export const home: HomeWords = {
  nav: { samples: "Codebeispiele", apis: "REST-APIs", signIn: "Anmelden", signOut: "Abmelden", signOutEverywhere: "Überall abmelden" },
  heading: "Besprechungen, an denen jede App teilnehmen kann",
  lead: "Starten Sie eine Besprechung, und senden Sie den Link. Andere öffnen ihn im Browser oder in Ihrer eigenen App, warten im Wartebereich, und Sie lassen sie herein.",
  facts: {
    lobby: "Ein Wartebereich: Sie sehen, wer wartet und mit welcher Art von Identität, bevor jemand hereinkommt.",
    link: "Ein Link, oder eine Besprechungs-ID mit Kenncode.",
    apps: "Apps, die für Azure Communication Services geschrieben sind, nehmen mit dem Code teil, den sie schon haben.",
  },
  yourName: "Ihr Name",
  yourNameHint: "Die anderen sehen ihn.",
  start: { heading: "Besprechung starten", subject: "Betreff", example: "Wochenbesprechung", lobby: "Wartebereich", button: "Besprechung starten" },
  join: {
    heading: "An einer Besprechung teilnehmen",
    where: "Besprechungslink oder Besprechungs-ID",
    passcode: "Kenncode",
    useToken: "Zugriffstoken verwenden",
    token: "Zugriffstoken",
    tokenHint: "Von convene token issue, mit dem Bereich voip. Es bleibt in diesem Tab.",
    button: "Teilnehmen",
  },
  noTokensForStart:
    "Dieser Server gibt dieser Seite keine Zugriffstoken: Er läuft ohne --dev, oder die Seite wurde nicht auf seinem eigenen Rechner geöffnet. " +
    "Melden Sie sich an, um eine Besprechung zu starten (convene account create legt ein Konto an), oder nehmen Sie unten mit einem Zugriffstoken von convene token issue teil.",
  noTokensForApps:
    "Dieser Server gibt Benutzern von Apps keine Zugriffstoken: Er läuft ohne --dev, oder diese Seite wurde nicht auf seinem eigenen Rechner geöffnet. " +
    "Nehmen Sie aus einer App mit callAgent.join({ meetingLink }) teil, fügen Sie auf der Startseite ein Zugriffstoken ein, oder öffnen Sie den Link der Besprechung.",
};
