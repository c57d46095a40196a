// The page behind a join link: the address is the link.

import "./styles/index.css";
import { Journey } from "./journey";
import { inviteOf, inviteOfLink, withoutLanguage } from "./shared/invitations";
import { beginToSpeak } from "./shared/language";
import { isRememberedInside, rememberedHosting, rememberedName, type Hosting } from "./shared/remembered";
import { visitorToken } from "./shared/server";
import { joiningWords } from "./shared/strings/joining";
import { readSession, sessionOrganizer, signInPage, tokensOf, type Person } from "./shared/session";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("join.html has no element #app.");
const page: HTMLElement = root;

const link = withoutLanguage(location.href);

await beginToSpeak(() => joiningWords().pageTitle);
const hosting = rememberedHosting();
if (hosting && [hosting.meeting.joinWebUrl, hosting.meeting.conveneShortJoinUrl].includes(link)) host(hosting);
else void join();

function host(hosting: Hosting): void {
  const journey = new Journey({
    ...common(hosting.organizer.user.displayName),
    title: hosting.meeting.subject,
    invite: { ...inviteOf(hosting.meeting), link },
    owned: { id: hosting.meeting.id, meetingsToken: async () => (await tokensOf(hosting)).meetingsToken },
    token: async () => (await tokensOf(hosting)).token,
    account: undefined,
  });
  void journey.start();
}

/** Who is signed in comes as themselves, everybody else as an anonymous guest of this meeting. */
async function join(): Promise<void> {
  // A server that does not say so is not there; joining will tell it.
  const session = await readSession().catch(() => undefined);
  const person = session?.user ?? undefined;
  const journey = new Journey({
    ...common(rememberedName() || (person?.displayName ?? "")),
    title: undefined,
    invite: inviteOfLink(link),
    owned: undefined,
    token: person ? async () => (await sessionOrganizer()).token : () => visitorToken(link),
    account: session && accountOf(person),
  });
  void journey.start();
}

function accountOf(person: Person | undefined): { readonly signedInAs: string } | { readonly signIn: string } {
  return person ? { signedInAs: person.email ?? person.displayName } : { signIn: signInPage(`${location.pathname}${location.search}`) };
}

function common(name: string) {
  return {
    root: page,
    locator: { meetingLink: link },
    name,
    // A reload goes back in. A guest gets a new token, and may have to wait again.
    skipPreJoin: isRememberedInside(link) && name !== "",
    home: () => location.assign("/"),
  };
}
