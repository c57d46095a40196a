// The page behind a join link: the address is the link.

import "./styles/index.css";
import { Journey } from "./journey";
import { joining } from "./meeting/session";
import { answeredJourney } from "./ringing/answered";
import { Line } from "./ringing/line";
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
let journey: Journey | undefined;

await beginToSpeak(() => joiningWords().pageTitle);
const hosting = rememberedHosting();
if (hosting && [hosting.meeting.joinWebUrl, hosting.meeting.conveneShortJoinUrl].includes(link)) host(hosting);
else void join();

function host(hosting: Hosting): void {
  const token = async (): Promise<string> => (await tokensOf(hosting)).token;
  journey = new Journey({
    ...common(hosting.organizer.user.displayName),
    line: lineOf(token, hosting.organizer.user.displayName),
    title: hosting.meeting.subject,
    invite: { ...inviteOf(hosting.meeting), link },
    owned: { id: hosting.meeting.id, meetingsToken: async () => (await tokensOf(hosting)).meetingsToken },
    token,
    account: undefined,
  });
  void journey.start();
}

/** Who is signed in comes as themselves, everybody else as an anonymous guest of this meeting. */
async function join(): Promise<void> {
  // A server that does not say so is not there; joining will tell it.
  const session = await readSession().catch(() => undefined);
  const person = session?.user ?? undefined;
  const own = async (): Promise<string> => (await sessionOrganizer()).token;
  journey = new Journey({
    ...common(rememberedName() || (person?.displayName ?? "")),
    title: undefined,
    invite: inviteOfLink(link),
    owned: undefined,
    token: person ? own : () => visitorToken(link),
    ...(person && { line: lineOf(own, person.displayName) }),
    account: session && accountOf(person),
  });
  void journey.start();
}

/** Who is signed in is called while this page is open. */
function lineOf(token: () => Promise<string>, name: string): Line {
  const line: Line = new Line({
    token,
    isIn: () => journey?.isUnderWay ?? false,
    answer: (answered) => {
      const former = journey;
      const { home } = common("");
      void former?.abandon().then(() => {
        journey = new Journey({ ...answeredJourney(answered, line, former.ownName, token), root: page, home });
        void journey.start();
      });
    },
  });
  line.open(name).catch((error: unknown) => console.warn("This page cannot be called.", error));
  return line;
}

function accountOf(person: Person | undefined): { readonly signedInAs: string } | { readonly signIn: string } {
  return person ? { signedInAs: person.email ?? person.displayName } : { signIn: signInPage(`${location.pathname}${location.search}`) };
}

function common(name: string) {
  return {
    root: page,
    enter: joining({ meetingLink: link }),
    name,
    // A reload goes back in. A guest gets a new token, and may have to wait again.
    skipPreJoin: isRememberedInside(link) && name !== "",
    home: () => location.assign("/"),
  };
}
