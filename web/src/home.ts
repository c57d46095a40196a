// The page at `/`: the home screen, then the journey that it starts. A reload returns to a meeting that this tab hosts.

import "./styles/index.css";
import { homeScreen, isMeetingId, type HomeViewModel, type JoinRequest, type StartRequest } from "./home/screen";
import { Journey, type JourneyOptions } from "./journey";
import { inviteOf, inviteOfLink } from "./shared/invitations";
import { NO_TOKENS } from "./shared/no-tokens";
import { isRememberedInside, rememberHosting, rememberName, rememberedHosting, rememberedName, type Hosting } from "./shared/remembered";
import { createMeeting, guestToken, newOrganizer, NoTokensHere } from "./shared/server";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("index.html has no element #app.");
const page: HTMLElement = root;

const hosting = rememberedHosting();
if (hosting) host(hosting, isRememberedInside(hosting.meeting.joinWebUrl));
else showHome();

function showHome(): void {
  const state = (problem?: string, isBusy = false): HomeViewModel => ({
    name: rememberedName(),
    start: isBusy ? undefined : (request) => void attempt(() => start(request)),
    join: isBusy ? undefined : (request) => join(request),
    problem,
  });
  const view = homeScreen(state());
  view.update(state());
  page.replaceChildren(view.element);

  async function attempt(work: () => Promise<void>): Promise<void> {
    view.update(state(undefined, true));
    try {
      await work();
    } catch (error) {
      view.update(state(problemOf(error)));
    }
  }
}

async function start(request: StartRequest): Promise<void> {
  rememberName(request.name);
  const organizer = await newOrganizer(request.name);
  const meeting = await createMeeting(organizer, request.subject, request.lobby);
  rememberHosting({ organizer, meeting });
  host({ organizer, meeting }, false);
}

function host({ organizer, meeting }: Hosting, goesBackIn: boolean): void {
  run({
    title: meeting.subject,
    locator: { meetingLink: meeting.joinWebUrl },
    invite: inviteOf(meeting),
    name: organizer.user.displayName,
    owned: { id: meeting.id, meetingsToken: organizer.meetingsToken },
    token: async () => organizer.token,
    skipPreJoin: goesBackIn,
  });
}

function join(request: JoinRequest): void {
  rememberName(request.name);
  const { where, passcode, token } = request;
  run({
    title: undefined,
    locator: isMeetingId(where) ? { meetingId: where.replace(/\D/g, ""), ...(passcode && { passcode }) } : { meetingLink: where },
    invite: isMeetingId(where) ? { link: "", meetingId: where, passcode: passcode || undefined } : inviteOfLink(where),
    name: request.name,
    owned: undefined,
    token: async (name) => token ?? guestToken(name).catch(explain),
    skipPreJoin: false,
  });
}

function run(options: Omit<JourneyOptions, "root" | "home">): void {
  const journey = new Journey({
    ...options,
    root: page,
    home: () => {
      rememberHosting(undefined);
      showHome();
    },
  });
  void journey.start();
}

function explain(error: unknown): never {
  throw error instanceof NoTokensHere ? new Error(NO_TOKENS) : error;
}

function problemOf(error: unknown): string {
  if (error instanceof NoTokensHere) {
    return (
      "This server does not hand out tokens to this page: it runs without --dev, or the page was not opened on its own machine. " +
      "Create a meeting with convene meeting create, issue a token with convene token issue, and join below with both."
    );
  }
  return error instanceof Error ? error.message : String(error);
}
