// One call of this page: joins, tells how it goes, and builds the screen's view-model.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import type {
  Call,
  CallAgent,
  CallClient,
  CallEndReason,
  ConnectionStateChangedEvent,
  LocalVideoStream,
  TeamsMeetingIdLocator,
  TeamsMeetingLinkLocator,
} from "@convene/calling";
import type { End } from "../ended/screen";
import type { Devices } from "../shared/devices";
import { MeetingActions } from "./actions";
import { buildMeeting } from "./build";
import type { InviteViewModel, MeetingViewModel, NoticeViewModel } from "./view-model";
import { watchCall } from "./watch";

/** How a meeting is found. */
export type MeetingLocator = TeamsMeetingLinkLocator | TeamsMeetingIdLocator;

/** What a session needs to join. */
export interface SessionOptions {
  readonly client: CallClient;
  readonly token: string;
  readonly name: string;
  readonly title: string;
  readonly locator: MeetingLocator;
  readonly invite: InviteViewModel;
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
  | { readonly kind: "inMeeting"; readonly meeting: MeetingViewModel }
  | { readonly kind: "ended"; readonly end: End };

/** From 900 px on there is room for the panel beside the stage. */
const WIDE = "(min-width: 900px)";

/** A call from joining to its end. */
export class MeetingSession {
  private readonly actions: MeetingActions;
  private readonly unwatch: () => void;
  private openPanel: "people" | "invite" | undefined = window.matchMedia(WIDE).matches ? "people" : undefined;
  private notice: NoticeViewModel | undefined;
  private isScheduled = false;
  private wasIn = false;

  private constructor(
    private readonly agent: CallAgent,
    private readonly call: Call,
    private readonly options: SessionOptions,
  ) {
    this.actions = new MeetingActions({
      call,
      devices: options.devices,
      changed: () => this.schedule(),
      fail: (text) => this.tell(text),
      togglePanel: (panel) => this.togglePanel(panel),
    });
    this.unwatch = watchCall(call, () => this.schedule());
    agent.on("connectionStateChanged", this.handleConnection);
  }

  /** Joins. @throws if the token is refused or the server cannot be reached. */
  static async join(options: SessionOptions): Promise<MeetingSession> {
    const credential = new AzureCommunicationTokenCredential(options.token);
    const agent = await options.client.createCallAgent(credential, { displayName: options.name });
    const call = agent.join(options.locator as TeamsMeetingLinkLocator, {
      audioOptions: { muted: !options.microphoneOn },
      videoOptions: { localVideoStreams: options.video ? [options.video] : [] },
    });
    return new MeetingSession(agent, call, options);
  }

  /** Where the session is now. */
  stage(): SessionStage {
    switch (this.call.state) {
      case "InLobby":
        return { kind: "inLobby" };
      case "Connected":
      case "LocalHold":
      case "RemoteHold":
        this.wasIn = true;
        return { kind: "inMeeting", meeting: this.build() };
      case "Disconnected":
        return { kind: "ended", end: endOf(this.call.callEndReason, this.wasIn) };
      default:
        return { kind: "connecting" };
    }
  }

  /** Leaves, or stops waiting. */
  leave(): void {
    this.actions.leave();
  }

  /** What the person has on now, for the next time. */
  mediaState(): { microphoneOn: boolean; cameraOn: boolean } {
    return { microphoneOn: !this.call.isMuted, cameraOn: this.call.localVideoStreams.some((each) => each.mediaStreamType === "Video") };
  }

  /** Frees the connection. */
  async dispose(): Promise<void> {
    this.unwatch();
    this.agent.off("connectionStateChanged", this.handleConnection);
    await this.agent.dispose();
  }

  private readonly handleConnection: ConnectionStateChangedEvent = ({ newValue }) => {
    if (newValue === "Connected") this.notice = undefined;
    else this.tell("The connection to the server is lost. Trying to get it back…");
    this.schedule();
  };

  private build(): MeetingViewModel {
    return buildMeeting(this.call, this.actions, {
      title: this.options.title,
      ownName: this.options.name,
      invite: this.options.invite,
      isPeopleOpen: this.openPanel === "people",
      isInviteOpen: this.openPanel === "invite",
      notice: this.notice,
    });
  }

  private togglePanel(panel: "people" | "invite"): void {
    this.openPanel = this.openPanel === panel ? undefined : panel;
    this.schedule();
  }

  private tell(text: string): void {
    this.notice = {
      text,
      isError: true,
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
  const { code, subCode, message } = error as { code?: unknown; subCode?: unknown; message?: unknown };
  return {
    code: typeof code === "number" ? code : 500,
    subCode: typeof subCode === "number" ? subCode : 0,
    message: typeof message === "string" ? message : undefined,
    wasIn: false,
  };
}
