import { speaking } from "./speaking";

const english = {
  nav: { samples: "Samples for developers", apis: "REST APIs", signIn: "Sign in", signOut: "Sign out", signOutEverywhere: "Sign out everywhere" },
  heading: "Meetings that any app can join",
  lead: "Start a meeting and share its link. People open it in their browser or in your own app, wait in the lobby, and you let them in.",
  facts: {
    lobby: "A lobby: you see who waits, and what kind of identity it is, before anybody comes in.",
    link: "One link, or a meeting id with a passcode.",
    apps: "Apps written for Azure Communication Services join with the code they have.",
  },
  yourName: "Your name",
  yourNameHint: "The others see it.",
  start: { heading: "Start a meeting", subject: "Subject", example: "Weekly review", lobby: "Lobby", button: "Start a meeting" },
  join: {
    heading: "Join a meeting",
    where: "Join link or meeting id",
    passcode: "Passcode",
    useToken: "Use an access token",
    token: "Access token",
    tokenHint: "From convene token issue, with the scope voip. It stays in this tab.",
    button: "Join",
  },
  noTokensForStart:
    "This server does not hand out tokens to this page: it runs without --dev, or the page was not opened on its own machine. " +
    "Sign in to start a meeting (convene account create makes an account), or join below with an access token of convene token issue.",
  noTokensForApps:
    "This server does not hand out tokens to apps' users: it runs without --dev, or this page was not opened on its own machine. " +
    "Join from an app with callAgent.join({ meetingLink }), or paste an access token on the home page, or open the meeting's join link.",
};

export type HomeWords = typeof english;
export const homeWords = speaking("home", english);
