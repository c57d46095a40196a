/** What a person reads where the server hands out no tokens by itself. */
export const NO_TOKENS =
  "This server does not hand out tokens to apps' users: it runs without --dev, or this page was not opened on its own machine. " +
  "Join from an app with callAgent.join({ meetingLink }), or paste an access token on the home page, or open the meeting's join link.";
