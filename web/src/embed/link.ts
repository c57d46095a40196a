// Whether a link can be a meeting's, before anything is shown. Whether there is such a meeting says the server.

const GIVE = "Give the join link that the meeting's Invite shows.";

/** What is wrong with a link, in a sentence without the link itself, which may have a passcode in it. */
export function problemOfLink(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (!url || !["https:", "http:"].includes(url.protocol)) return `The attribute "link" is no web address. ${GIVE}`;
  if (/(^|\.)teams\.(microsoft|live)\.com$/.test(url.hostname)) {
    return `The attribute "link" leads to Microsoft's own Teams service, whose protocol is closed. ${GIVE}`;
  }
  if (!/^\/(?:l\/meetup-join|meet)\/./.test(url.pathname)) return `The attribute "link" is no meeting's. ${GIVE}`;
  return undefined;
}
