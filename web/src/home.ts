// The page at `/`: the home screen, then the journey that it starts. A reload returns to a meeting that this tab hosts.

import "./styles/index.css";
import { homeScreen, isMeetingId, type HomeViewModel, type JoinRequest, type StartRequest } from "./home/screen";
import { Journey, type JourneyOptions } from "./journey";
import { joining } from "./meeting/session";
import { answeredJourney } from "./ringing/answered";
import { Line, type Answered } from "./ringing/line";
import { beginToSpeak, carryOver } from "./shared/language";
import { inviteOf, inviteOfLink } from "./shared/invitations";
import { isRememberedInside, rememberHosting, rememberName, rememberedHosting, rememberedName, type Hosting } from "./shared/remembered";
import { readSession, sessionOrganizer, signOut, tokensOf, type Session } from "./shared/session";
import { createMeeting, guestToken, newOrganizer, NoTokensHere } from "./shared/server";
import { homeWords } from "./shared/strings/home";
import { SpokenError, toldOf, type Told } from "./shared/strings/telling";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("index.html has no element #app.");
const page: HTMLElement = root;

let journey: Journey | undefined;
let line: Line | undefined;

await beginToSpeak(() => "Convene");
const hosting = rememberedHosting();
if (hosting) host(hosting, isRememberedInside(hosting.meeting.joinWebUrl));
else showHome();

function showHome(): void {
  let session: Session | undefined;
  let failure: { readonly error: unknown } | undefined;
  let isBusy = false;
  const state = (): HomeViewModel => ({
    name: session?.user?.displayName ?? rememberedName(),
    account: session && {
      email: session.user?.email ?? session.user?.displayName,
      signOut: (everywhere) => void attempt(() => leave(everywhere)),
    },
    start: isBusy ? undefined : (request) => void attempt(() => start(request)),
    join: isBusy ? undefined : (request) => join(request),
    problem: failure && problemOf(failure.error),
    spokeAnew,
  });
  let view = homeScreen(state());
  view.update(state());
  page.replaceChildren(view.element);
  void attempt(showSession);

  function spokeAnew(): void {
    const former = view;
    view = homeScreen(state());
    view.update(state());
    carryOver(former.element, view.element);
    page.replaceChildren(view.element);
  }

  async function showSession(): Promise<void> {
    session = await readSession();
    listen(session);
    view.update(state());
  }

  async function leave(everywhere: boolean): Promise<void> {
    await signOut(everywhere);
    await showSession();
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    failure = undefined;
    isBusy = true;
    view.update(state());
    try {
      await work();
    } catch (error) {
      failure = { error };
    }
    isBusy = false;
    view.update(state());
  }
}

async function start(request: StartRequest): Promise<void> {
  rememberName(request.name);
  const { user } = await readSession();
  const given = user ? await sessionOrganizer() : await newOrganizer(request.name);
  const organizer = { ...given, user: { ...given.user, displayName: request.name } };
  const meeting = await createMeeting(organizer, request.subject, request.lobby);
  const hosting = { organizer, meeting, isSignedIn: user !== null };
  rememberHosting(hosting);
  host(hosting, false);
}

function host(hosting: Hosting, goesBackIn: boolean): void {
  const { organizer, meeting } = hosting;
  run({
    title: meeting.subject,
    enter: joining({ meetingLink: meeting.joinWebUrl }),
    line: lineOf(async () => (await tokensOf(hosting)).token),
    invite: inviteOf(meeting),
    name: organizer.user.displayName,
    owned: { id: meeting.id, meetingsToken: async () => (await tokensOf(hosting)).meetingsToken },
    token: async () => (await tokensOf(hosting)).token,
    account: undefined,
    skipPreJoin: goesBackIn,
  });
}

function join(request: JoinRequest): void {
  rememberName(request.name);
  const { where, passcode, token } = request;
  run({
    title: undefined,
    enter: joining(isMeetingId(where) ? { meetingId: where.replace(/\D/g, ""), ...(passcode && { passcode }) } : { meetingLink: where }),
    // Whoever is signed in is called while they are in somebody else's meeting, too.
    ...(token === undefined && line && { line }),
    invite: isMeetingId(where) ? { link: "", meetingId: where, passcode: passcode || undefined } : inviteOfLink(where),
    name: request.name,
    owned: undefined,
    token: async (name) => token ?? ownToken(name),
    account: undefined,
    skipPreJoin: false,
  });
}

/** Who is signed in joins as themselves; elsewhere a development server makes a user. */
async function ownToken(name: string): Promise<string> {
  const { user } = await readSession();
  return user ? (await sessionOrganizer()).token : guestToken(name).catch(explain);
}

function run(options: Omit<JourneyOptions, "root" | "home">): void {
  journey = new Journey({
    ...options,
    root: page,
    home: () => {
      journey = undefined;
      rememberHosting(undefined);
      showHome();
    },
  });
  void journey.start();
}

/** Who is signed in is called while this page is open. */
function listen({ user }: Session): void {
  if (!user) {
    void line?.close();
    line = undefined;
    return;
  }
  lineOf(async () => (await sessionOrganizer()).token)
    .open(user.displayName)
    .catch((error: unknown) => console.warn("This page cannot be called.", error));
}

function lineOf(token: () => Promise<string>): Line {
  line ??= new Line({ token, isIn: () => journey?.isUnderWay ?? false, answer: (answered) => void goInto(answered, token) });
  return line;
}

async function goInto(answered: Answered, token: () => Promise<string>): Promise<void> {
  const former = journey;
  const name = former?.ownName ?? (await readSession()).user?.displayName ?? "";
  rememberHosting(undefined);
  await former?.abandon();
  if (line) run(answeredJourney(answered, line, name, token));
}

function explain(error: unknown): never {
  throw error instanceof NoTokensHere ? new SpokenError(homeWords().noTokensForApps) : error;
}

function problemOf(error: unknown): Told {
  return error instanceof NoTokensHere ? { text: homeWords().noTokensForStart } : toldOf(error);
}
