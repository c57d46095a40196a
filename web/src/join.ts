// The page behind a join link: the address is the link.

import "./styles/index.css";
import { Journey } from "./journey";
import { inviteOf, inviteOfLink } from "./shared/invitations";
import { NO_TOKENS } from "./shared/no-tokens";
import { isRememberedInside, rememberedHosting, rememberedName } from "./shared/remembered";
import { guestToken, NoTokensHere } from "./shared/server";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("join.html has no element #app.");

const link = location.href;
const hosting = rememberedHosting();
const isHost = hosting !== undefined && [hosting.meeting.joinWebUrl, hosting.meeting.conveneShortJoinUrl].includes(link);

const journey = new Journey({
  root,
  title: isHost ? hosting.meeting.subject : undefined,
  locator: { meetingLink: link },
  invite: isHost ? { ...inviteOf(hosting.meeting), link } : inviteOfLink(link),
  name: isHost ? hosting.organizer.user.displayName : rememberedName(),
  isHost,
  token: isHost ? async () => hosting.organizer.token : guestTokenHere,
  // A reload goes back in. A guest gets a new token, and may have to wait again.
  skipPreJoin: isRememberedInside(link) && rememberedName() !== "",
  home: () => location.assign("/"),
});
void journey.start();

async function guestTokenHere(name: string): Promise<string> {
  try {
    return await guestToken(name);
  } catch (error) {
    if (error instanceof NoTokensHere) throw new Error(NO_TOKENS);
    throw error;
  }
}
