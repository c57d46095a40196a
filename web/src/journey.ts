// A person's way through a meeting: PreJoin, connecting, the lobby, the meeting, its end. One screen at a time.

import { CallClient } from "@convene/calling";
import { endedScreen, type End } from "./ended/screen";
import { endOfError, MeetingSession, type Enter, type OwnedMeeting, type SessionStage } from "./meeting/session";
import type { InviteViewModel, MeetingViewModel } from "./meeting/view-model";
import { loadMeetingScreen, type MakeMeetingScreen } from "./meeting/ui/load";
import type { Line } from "./ringing/line";
import { preJoinScreen, type JoinAccount, type PreJoinViewModel } from "./prejoin/screen";
import { mayTakeFocus, type View } from "./shared/dom";
import { Devices } from "./shared/devices";
import { carryOver } from "./shared/language";
import { setPageTitle } from "./shared/page-title";
import { rememberInside, rememberMedia, rememberName, rememberedMedia, type MediaState } from "./shared/remembered";
import { commonWords } from "./shared/strings/common";
import { joiningWords } from "./shared/strings/joining";
import { meetingWords } from "./shared/strings/meeting";
import { waitingScreen, type WaitingViewModel } from "./waiting/screen";

/** Set before the SDK's own listener ends the call. */
let pageGoesAway = false;
addEventListener("pagehide", () => (pageGoesAway = true), { capture: true });

/** What a journey needs to know. */
export interface JourneyOptions {
  readonly root: HTMLElement;
  /** The meeting's subject, where it is known before joining. */
  readonly title: string | undefined;
  readonly enter: Enter;
  /** The line of who is signed in, if this is their way. */
  readonly line?: Line;
  /** Whether it is a call that rang: nobody joins it again. */
  readonly rang?: boolean;
  /** What is on at first, if not what was on last. */
  readonly media?: MediaState;
  readonly invite: InviteViewModel;
  readonly name: string;
  /** For the meeting's organizer: what changes its options. */
  readonly owned: OwnedMeeting | undefined;
  /** Gets a token for somebody of this name. Asked once. */
  readonly token: (name: string) => Promise<string>;
  /** As whom somebody comes who did not start the meeting: as themselves, or as a guest who may sign in on a page. */
  readonly account: JoinAccount | undefined;
  /** Goes in at once, as after a reload. */
  readonly skipPreJoin: boolean;
  /** Leaves this journey; `undefined` where there is nothing else. */
  readonly home: (() => void) | undefined;
  /** Told of each step, more than once of one that goes on. */
  readonly follow?: (step: JourneyStep) => void;
}

/** Where a journey is. */
export type JourneyStep =
  | { readonly kind: "preJoin" | WaitingViewModel["state"] | "inMeeting"; readonly microphoneOn: boolean }
  | { readonly kind: "ended"; readonly end: End };

/** Each screen with what it shows. */
type Shown =
  | { readonly kind: "preJoin"; readonly view: View<PreJoinViewModel> }
  | { readonly kind: "waiting"; readonly view: View<WaitingViewModel> }
  | { readonly kind: "meeting"; readonly view: View<MeetingViewModel> }
  | { readonly kind: "ended" };

/** Runs one journey in one element. */
export class Journey {
  private readonly client: CallClient;
  private devices: Devices | undefined;
  private session: MeetingSession | undefined;
  private token: Promise<string> | undefined;
  private makeMeetingScreen: MakeMeetingScreen | undefined;
  private shown: Shown | undefined;
  private name: string;
  private microphoneOn: boolean;
  private cameraOn: boolean;
  private isLeaving = false;
  private isAbandoned = false;

  constructor(private readonly options: JourneyOptions) {
    this.client = options.line?.client ?? new CallClient();
    this.name = options.name;
    const media = options.media ?? rememberedMedia();
    this.microphoneOn = media.microphoneOn;
    this.cameraOn = media.cameraOn;
  }

  /** Under which name. */
  get ownName(): string {
    return this.name;
  }

  /** Whether it is not over yet. */
  get isUnderWay(): boolean {
    return this.shown?.kind !== "ended";
  }

  /** Begins. */
  async start(): Promise<void> {
    // In the background. Joining waits for it, and tells if it failed.
    loadMeetingScreen().catch(() => undefined);
    this.devices = await Devices.open(this.client, () => this.handleDevices());
    if (!this.options.skipPreJoin) this.showPreJoin();
    await this.devices.ask();
    // Who joined while the browser still asked is in without camera and microphone.
    if (this.isAbandoned || (this.shown && this.shown.kind !== "preJoin")) return;
    this.startDevices();
    if (this.options.skipPreJoin) await this.join(this.name);
    else this.showPreJoin();
  }

  /** Leaves the meeting or its lobby, or gives up joining. */
  leave(): void {
    if (this.session) this.session.leave();
    else if (this.shown?.kind === "waiting") this.isLeaving = true;
    else if (this.shown?.kind === "preJoin") this.showEnded({ code: 0, subCode: 0, message: undefined, wasIn: false });
  }

  /** Leaves wherever this is, and shows nothing any more: something else takes the place. */
  async abandon(): Promise<void> {
    this.isAbandoned = true;
    const { session } = this;
    this.session = undefined;
    rememberInside(undefined);
    this.devices?.stopCamera();
    this.devices?.stopMicrophone();
    this.dropShown();
    session?.leave();
    await session?.dispose();
  }

  /** Turns the microphone on or off, before joining and in the meeting. */
  setMicrophone(on: boolean): void {
    if (this.session) this.session.setMicrophone(on);
    else if (this.shown?.kind === "preJoin" && on !== this.microphoneOn) this.switchMicrophone();
    else if (this.shown?.kind === "waiting") this.microphoneOn = on;
  }

  private handleDevices(): void {
    if (this.shown?.kind === "preJoin") this.showPreJoin();
    else this.changed();
  }

  private startDevices(): void {
    const { devices } = this;
    if (this.cameraOn && devices?.hasCamera) devices.startCamera();
    if (this.microphoneOn && devices?.hasMicrophone) devices.startMicrophone();
  }

  private async join(name: string): Promise<void> {
    const { devices, options } = this;
    if (!devices) return;
    this.name = name;
    this.isLeaving = false;
    rememberName(name);
    this.showWaiting("connecting");
    try {
      this.token ??= options.token(name);
      const [token, makeMeetingScreen] = await Promise.all([this.token, loadMeetingScreen()]);
      this.makeMeetingScreen = makeMeetingScreen;
      this.session = await MeetingSession.join({
        client: this.client,
        token,
        name,
        title: options.title ?? commonWords().meeting,
        enter: options.enter,
        line: options.line,
        rang: options.rang ?? false,
        invite: options.invite,
        owned: options.owned,
        devices,
        microphoneOn: this.microphoneOn && devices.hasMicrophone,
        video: this.cameraOn ? devices.stream : undefined,
        changed: () => this.changed(),
      });
      if (this.isAbandoned) return await this.abandon();
      if (this.isLeaving) this.session.leave();
      this.changed();
    } catch (error) {
      this.token = undefined;
      if (!this.isAbandoned) this.showEnded({ ...endOfError(error), rang: options.rang ?? false });
    }
  }

  private changed(): void {
    const stage = this.session?.stage();
    if (stage) this.showStage(stage);
  }

  private showStage(stage: SessionStage): void {
    switch (stage.kind) {
      case "connecting":
      case "inLobby":
      case "putBack":
        this.showWaiting(stage.kind);
        return;
      case "inMeeting":
        rememberMedia(this.session?.mediaState());
        if (!this.options.rang) rememberInside(this.options.invite.link);
        this.showMeeting(stage.meeting);
        return;
      case "ended":
        void this.finish(stage.end);
        return;
    }
  }

  private async finish(end: End): Promise<void> {
    const session = this.session;
    this.session = undefined;
    // A page that goes away has left, too, but a reload means to come back.
    if (!pageGoesAway) rememberInside(undefined);
    this.showEnded(end);
    await session?.dispose();
  }

  private again(): void {
    this.cameraOn = rememberedMedia().cameraOn;
    this.microphoneOn = rememberedMedia().microphoneOn;
    this.startDevices();
    this.showPreJoin();
  }

  private showPreJoin(): void {
    const state = this.preJoinState();
    if (this.shown?.kind !== "preJoin") this.swap({ kind: "preJoin", view: preJoinScreen(state) });
    if (this.shown?.kind === "preJoin") this.shown.view.update(state);
    // Until the browser's question is answered, it is what the person chose.
    this.tell("preJoin", state.isAsking ? this.microphoneOn : state.microphone.isOn);
  }

  private preJoinState(): PreJoinViewModel {
    const { devices, options } = this;
    const hasCamera = devices?.hasCamera ?? false;
    const hasMicrophone = devices?.hasMicrophone ?? false;
    return {
      title: options.title ?? joiningWords().preJoin.title,
      name: this.name,
      account: options.account,
      canRename: !options.owned && this.token === undefined,
      preview: devices?.stream,
      microphone: { isOn: this.microphoneOn && hasMicrophone, toggle: hasMicrophone ? () => this.switchMicrophone() : undefined },
      camera: { isOn: this.cameraOn && hasCamera, toggle: hasCamera ? () => this.switchCamera() : undefined },
      devices: devices?.fields(),
      isAsking: devices?.isAsking ?? true,
      invite: options.owned ? options.invite : undefined,
      join: devices && !devices.isAsking ? (name) => void this.join(name) : undefined,
      joinWithout: devices?.isAsking ? (name) => void this.join(name) : undefined,
      back: options.home && (() => this.home()),
      spokeAnew: () => this.showAnew(),
    };
  }

  /** In another language. */
  private showAnew(): void {
    if (this.shown?.kind !== "preJoin") return;
    const former = this.shown.view.element;
    const view = preJoinScreen(this.preJoinState());
    carryOver(former, view.element);
    this.swap({ kind: "preJoin", view });
    this.showPreJoin();
  }

  private switchMicrophone(): void {
    this.microphoneOn = !this.microphoneOn;
    if (this.microphoneOn) this.devices?.startMicrophone();
    else this.devices?.stopMicrophone();
    this.rememberChoices();
  }

  private switchCamera(): void {
    this.cameraOn = !this.cameraOn;
    if (this.cameraOn) this.devices?.startCamera();
    else this.devices?.stopCamera();
    this.rememberChoices();
  }

  private rememberChoices(): void {
    rememberMedia({ microphoneOn: this.microphoneOn, cameraOn: this.cameraOn });
    this.showPreJoin();
  }

  private showWaiting(state: WaitingViewModel["state"]): void {
    if (this.shown?.kind !== "waiting") this.swap({ kind: "waiting", view: waitingScreen() });
    if (this.shown?.kind !== "waiting") return;
    const cancel = (): void => (this.session || !this.options.home ? this.leave() : this.home());
    this.shown.view.update({ state, title: this.options.title, name: this.name, cancel });
    if (!this.session?.isEnding) this.tell(state, this.session?.mediaState().microphoneOn ?? this.microphoneOn);
  }

  private showMeeting(meeting: MeetingViewModel): void {
    if (this.shown?.kind === "meeting") this.shown.view.update(meeting);
    else if (this.makeMeetingScreen) this.swapToMeeting(this.makeMeetingScreen(), meeting);
    this.tell("inMeeting", this.session?.mediaState().microphoneOn ?? false);
    const { waiting } = meeting.controls.people;
    setPageTitle(meetingWords().pageTitle(meeting.title, waiting));
  }

  private swapToMeeting(view: View<MeetingViewModel>, meeting: MeetingViewModel): void {
    this.swap({ kind: "meeting", view }, () => view.update(meeting));
  }

  private showEnded(end: End): void {
    this.devices?.stopCamera();
    this.devices?.stopMicrophone();
    this.dropShown();
    this.shown = { kind: "ended" };
    const again = this.options.rang ? undefined : (): void => this.again();
    this.options.root.replaceChildren(endedScreen(end, again, this.options.home && (() => this.home())));
    this.options.follow?.({ kind: "ended", end });
  }

  private home(): void {
    this.devices?.stopCamera();
    this.devices?.stopMicrophone();
    this.dropShown();
    this.options.home?.();
  }

  private swap(next: Exclude<Shown, { kind: "ended" }>, fill = (): void => undefined): void {
    this.dropShown();
    this.shown = next;
    this.options.root.replaceChildren(next.view.element);
    fill();
    // Whoever works by keyboard or screen reader goes on at the new screen's beginning.
    if (mayTakeFocus()) next.view.element.querySelector<HTMLElement>("[data-first-focus]")?.focus();
  }

  private tell(kind: Exclude<JourneyStep["kind"], "ended">, microphoneOn: boolean): void {
    this.options.follow?.({ kind, microphoneOn });
  }

  private dropShown(): void {
    if (this.shown && this.shown.kind !== "ended") this.shown.view.dispose?.();
    this.shown = undefined;
    setPageTitle("Convene");
  }
}
