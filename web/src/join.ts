// The page behind a join link: the address is the link.

import "./styles/index.css";
import { Journey } from "./journey";
import { inviteOf, inviteOfLink } from "./shared/invitations";
import { isRememberedInside, rememberedHosting, rememberedName } from "./shared/remembered";
import { visitorToken } from "./shared/server";
import { tokensOf } from "./shared/session";

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
  owned: isHost ? { id: hosting.meeting.id, meetingsToken: async () => (await tokensOf(hosting)).meetingsToken } : undefined,
  // Everybody else comes as an anonymous guest of this meeting.
  token: isHost ? async () => (await tokensOf(hosting)).token : () => visitorToken(link),
  // A reload goes back in. A guest gets a new token, and may have to wait again.
  skipPreJoin: isRememberedInside(link) && rememberedName() !== "",
  home: () => location.assign("/"),
});
void journey.start();
