// One call of this page: joins, tells how it goes, and builds the screen's view-model.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import type {
  Call,
  CallAgent,
  CallClient,
  CallEndReason,
  JoinCallOptions,
  LocalVideoStream,
  TeamsMeetingIdLocator,
  TeamsMeetingLinkLocator,
} from "@convene/calling";
import type { End } from "../ended/screen";
import type { Line } from "../ringing/line";
import type { Devices } from "../shared/devices";
import { changeMeeting, readMeeting } from "../shared/server";
import { meetingWords } from "../shared/strings/meeting";
import { toldOf, type Told } from "../shared/strings/telling";
import { MeetingActions } from "./actions";
import { buildMeeting } from "./build";
import { MeetingChat } from "./chat/meeting-chat";
import { KnockSound } from "./people/knock-sound";
import { LayoutChoice } from "./layout/choice";
import { MeetingOptions } from "./options/meeting-options";
import { CallQuality } from "./quality/call-quality";
import { CallSigns } from "./quality/signs";
import { ShownReactions } from "./reactions/reactions";
import type { InviteViewModel, MeetingViewModel, NoticeViewModel } from "./view-model";
import { watchCall } from "./watch";

/** How a meeting is found. */
export type MeetingLocator = TeamsMeetingLinkLocator | TeamsMeetingIdLocator;

/** Comes into a call. */
export type Enter = (agent: CallAgent, options: JoinCallOptions) => Call | Promise<Call>;

/** Joins a meeting. */
export function joining(locator: MeetingLocator): Enter {
  return (agent, options) => agent.join(locator as TeamsMeetingLinkLocator, options);
}

/** A meeting that this page may change. */
export interface OwnedMeeting {
  readonly id: string;
  readonly meetingsToken: () => Promise<string>;
}

/** What lies over the stage, one at a time. */
export type Popover = "invite" | "devices" | "quality";

/** What stands beside the stage, one at a time. */
export type Panel = "people" | "chat";

/** What a session needs to join. */
export interface SessionOptions {
  readonly client: CallClient;
  readonly token: string;
  readonly name: string;
  readonly title: string;
  readonly enter: Enter;
  /** The line of who is signed in; it stays open after the call. `undefined` for everybody else. */
  readonly line: Line | undefined;
  /** Whether it is a call that rang. */
  readonly rang: boolean;
  readonly invite: InviteViewModel;
  /** For the organizer: what changes the meeting's options. */
  readonly owned: OwnedMeeting | undefined;
  readonly devices: Devices;
  readonly microphoneOn: boolean;
  readonly video: LocalVideoStream | undefined;
  /** Something changed; at most once per task. */
  readonly changed: () => void;
}

/** The stages that a session passes; the call's state is where they come from. */
export type SessionStage =
  | { readonly kind: "connecting" }
  | { readonly kind: "inLobby" }
  | { readonly kind: "putBack" }
  | { readonly kind: "inMeeting"; readonly meeting: MeetingViewModel }
  | { readonly kind: "ended"; readonly end: End };

/** From 900 px on there is room for the panel beside the stage. */
const WIDE = "(min-width: 900px)";

/** A call from joining to its end. */
export class MeetingSession {
  private readonly actions: MeetingActions;
  private readonly unwatch: () => void;
  private readonly meetingOptions: MeetingOptions | undefined;
  private readonly reactions: ShownReactions;
  private readonly knockSound = new KnockSound(() => this.schedule());
  private readonly layout = new LayoutChoice(() => this.schedule());
  private readonly signs: CallSigns;
  private readonly quality: CallQuality;
  private readonly chat: MeetingChat;
  private panel: Panel | undefined = window.matchMedia(WIDE).matches ? "people" : undefined;
  private popover: Popover | undefined;
  private notice: NoticeViewModel | undefined;
  private isScheduled = false;
  private wasIn = false;

  private constructor(
    private readonly agent: CallAgent,
    private readonly call: Call,
    private readonly options: SessionOptions,
  ) {
    this.meetingOptions = options.owned && this.optionsOf(options.owned);
    this.actions = new MeetingActions({
      call,
      devices: options.devices,
      changed: () => this.schedule(),
      fail: (told) => this.tell(told, true),
      togglePanel: (panel) => this.togglePanel(panel),
      togglePopover: (popover) => this.showPopover(this.popover === popover ? undefined : popover),
      openPopover: (popover) => this.showPopover(popover),
      options: this.meetingOptions,
    });
    this.unwatch = watchCall(call, () => this.schedule());
    this.reactions = new ShownReactions(call, () => this.schedule());
    this.signs = new CallSigns(call, () => this.schedule());
    this.quality = new CallQuality(call, () => this.schedule());
    this.chat = new MeetingChat({
      call,
      token: options.token,
      ownName: options.name,
      changed: () => this.schedule(),
      fail: (told) => this.tell(told, true),
    });
    call.on("mutedByOthers", this.handleMutedByOthers);
  }

  /** Joins. @throws if the token is refused or the server cannot be reached. */
  static async join(options: SessionOptions): Promise<MeetingSession> {
    const credential = new AzureCommunicationTokenCredential(options.token);
    const agent = await (options.line?.open(options.name) ?? options.client.createCallAgent(credential, { displayName: options.name }));
    // The microphone that PreJoin has open already; a muted person's stays closed.
    const sound = options.microphoneOn ? options.devices.takeMicrophone() : undefined;
    const call = await options.enter(agent, {
      audioOptions: { muted: !options.microphoneOn, localAudioStreams: sound ? [sound] : [] },
      videoOptions: { localVideoStreams: options.video ? [options.video] : [] },
    });
    return new MeetingSession(agent, call, options);
  }

  /** Where the session is now. */
  stage(): SessionStage {
    switch (this.call.state) {
      case "InLobby":
        this.chat.stop();
        return { kind: this.wasIn ? "putBack" : "inLobby" };
      case "Connected":
      case "LocalHold":
      case "RemoteHold":
        this.wasIn = true;
        this.chat.start();
        return { kind: "inMeeting", meeting: this.build() };
      case "Disconnected":
        return { kind: "ended", end: { ...endOf(this.call.callEndReason, this.wasIn), rang: this.options.rang } };
      default:
        return { kind: "connecting" };
    }
  }

  /** Whether it is on the way out. */
  get isEnding(): boolean {
    return this.call.state === "Disconnecting";
  }

  /** Leaves, or stops waiting. */
  leave(): void {
    this.actions.leave();
  }

  /** Turns the microphone on or off. */
  setMicrophone(on: boolean): void {
    this.actions.setMicrophone(on);
  }

  /** What the person has on now, for the next time. */
  mediaState(): { microphoneOn: boolean; cameraOn: boolean } {
    return { microphoneOn: !this.call.isMuted, cameraOn: this.call.localVideoStreams.some((each) => each.mediaStreamType === "Video") };
  }

  /** Frees the connection. */
  async dispose(): Promise<void> {
    this.unwatch();
    this.reactions.dispose();
    this.signs.dispose();
    this.quality.setOpen(false);
    this.chat.stop();
    this.call.off("mutedByOthers", this.handleMutedByOthers);
    if (!this.options.line) await this.agent.dispose();
  }

  private readonly handleMutedByOthers = (): void => {
    this.tell({ text: meetingWords().notices.mutedByOthers }, false);
  };

  private optionsOf({ id, meetingsToken }: OwnedMeeting): MeetingOptions {
    const server = {
      read: async () => readMeeting(await meetingsToken(), id),
      change: async (change: Parameters<typeof changeMeeting>[2]) => changeMeeting(await meetingsToken(), id, change),
    };
    return new MeetingOptions(server, this.options.invite, () => this.schedule());
  }

  private build(): MeetingViewModel {
    const meeting = buildMeeting(this.call, this.actions, {
      title: this.options.title,
      ownName: this.options.name,
      invite: this.options.invite,
      devices: this.options.devices,
      options: this.meetingOptions?.viewModel(),
      panel: this.panel,
      chat: this.chat.viewModel(this.panel === "chat"),
      popover: this.popover,
      notice: this.notice,
      reactions: this.reactions,
      knockSound: this.knockSound,
      layout: this.layout,
      signs: this.signs,
      quality: this.quality.viewModel(this.signs.connection),
      rang: this.options.rang,
    });
    this.knockSound.hear(meeting.lobby?.waiters.map(({ id }) => id) ?? []);
    return meeting;
  }

  private togglePanel(panel: Panel): void {
    this.panel = this.panel === panel ? undefined : panel;
    this.schedule();
  }

  private showPopover(popover: Popover | undefined): void {
    this.popover = popover;
    this.quality.setOpen(popover === "quality");
    this.schedule();
  }

  private tell(told: Told, isError: boolean): void {
    this.notice = {
      told,
      isError,
      dismiss: () => {
        this.notice = undefined;
        this.schedule();
      },
    };
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.options.changed();
    });
  }
}

function endOf(reason: CallEndReason | undefined, wasIn: boolean): End {
  return { code: reason?.code ?? 0, subCode: reason?.subCode ?? 0, message: reason?.message, wasIn };
}

/** The end that an error on the way in amounts to. */
export function endOfError(error: unknown): End {
  const { code, subCode } = error as { code?: unknown; subCode?: unknown };
  const { text, english } = toldOf(error);
  return {
    code: typeof code === "number" ? code : 500,
    subCode: typeof subCode === "number" ? subCode : 0,
    message: english ?? text,
    isSpoken: english === undefined,
    wasIn: false,
  };
}
