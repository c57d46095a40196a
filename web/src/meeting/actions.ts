// What a person can do in the meeting. Each runs once at a time; a failure becomes a notice, never silence.

import { getIdentifierRawId } from "@azure/communication-common";
import { Features } from "@convene/calling";
import type { Call, ParticipantRole, RaiseHandCallFeature, Reaction, RemoteParticipant } from "@convene/calling";
import type { Devices } from "../shared/devices";
import { confirm } from "./confirm";
import type { MeetingOptions } from "./options/meeting-options";
import { nameOf } from "./people/build";
import type { Panel, Popover } from "./session";

/** What the actions need of the page around them. */
export interface ActionContext {
  readonly call: Call;
  readonly devices: Devices;
  readonly changed: () => void;
  readonly fail: (text: string) => void;
  readonly togglePanel: (panel: Panel) => void;
  readonly togglePopover: (popover: Popover) => void;
  readonly openPopover: (popover: Popover) => void;
  /** `undefined` for everybody but the organizer. */
  readonly options: MeetingOptions | undefined;
}

/** The actions of one call. */
export class MeetingActions {
  private readonly busy = new Set<string>();

  constructor(private readonly context: ActionContext) {}

  /** True while an action of this name is under way. */
  isBusy(action: string): boolean {
    return this.busy.has(action);
  }

  setMicrophone(on: boolean): void {
    const { call } = this.context;
    this.run("microphone", "The microphone could not be switched", () => (on ? call.unmute() : call.mute()));
  }

  setCamera(on: boolean): void {
    const { call, devices } = this.context;
    this.run("camera", "The camera could not be switched", async () => {
      if (on) {
        await call.startVideo(devices.startCamera());
        return;
      }
      const stream = call.localVideoStreams.find((each) => each.mediaStreamType === "Video");
      if (stream) await call.stopVideo(stream);
      devices.stopCamera();
    });
  }

  setScreen(on: boolean): void {
    const { call } = this.context;
    this.run("screen", "The screen could not be shared", () => (on ? call.startScreenSharing() : call.stopScreenSharing()));
  }

  admit(person: RemoteParticipant): void {
    const { lobby } = this.context.call;
    this.decide(person, "could not be let in", () => lobby.admit(person.identifier));
  }

  reject(person: RemoteParticipant): void {
    const { lobby } = this.context.call;
    this.decide(person, "could not be sent away", () => lobby.reject(person.identifier));
  }

  admitAll(): void {
    const { lobby } = this.context.call;
    this.run("admitAll", "They could not be let in", async () => {
      const { failureCount } = await lobby.admitAll();
      if (failureCount > 0) throw new Error(`${failureCount} of them did not fit into the meeting.`);
    });
  }

  mute(person: RemoteParticipant): void {
    this.decide(person, "could not be muted", () => person.mute());
  }

  muteAll(): void {
    const { call } = this.context;
    this.run("muteAll", "They could not be muted", () => call.muteAllRemoteParticipants());
  }

  setMicrophoneOf(person: RemoteParticipant, permitted: boolean): void {
    const access = this.context.call.feature(Features.MediaAccess);
    this.decide(person, "keeps the right to speak as it was", () =>
      permitted ? access.permitAudio([person.identifier]) : access.forbidAudio([person.identifier]),
    );
  }

  setCameraOf(person: RemoteParticipant, permitted: boolean): void {
    const access = this.context.call.feature(Features.MediaAccess);
    this.decide(person, "keeps the right to be seen as it was", () =>
      permitted ? access.permitVideo([person.identifier]) : access.forbidVideo([person.identifier]),
    );
  }

  setRole(person: RemoteParticipant, role: ParticipantRole): void {
    this.decide(person, "keeps the role", () => this.context.call.convene.setRole(person.identifier, role));
  }

  putBack(person: RemoteParticipant): void {
    this.decide(person, "could not be put back into the lobby", () => this.context.call.convene.putBackIntoLobby(person.identifier));
  }

  remove(person: RemoteParticipant): void {
    this.decide(person, "could not be removed", async () => {
      const sure = await confirm({
        heading: `Remove ${nameOf(person)} from the meeting?`,
        text: "They are out at once, and cannot come back with the same identity.",
        yes: "Remove",
        no: "Cancel",
      });
      if (sure) await this.context.call.removeParticipant(person.identifier);
    });
  }

  setHand(up: boolean): void {
    const hands = this.context.call.feature(Features.RaiseHand);
    this.run("hand", up ? "Your hand could not be raised" : "Your hand could not be lowered", () => (up ? hands.raiseHand() : hands.lowerHand()));
  }

  lowerHand(person: RemoteParticipant): void {
    const hands = this.context.call.feature(Features.RaiseHand);
    this.decide(person, "keeps the hand up", () => hands.lowerHands([person.identifier as HandOwner]));
  }

  lowerAllHands(): void {
    const hands = this.context.call.feature(Features.RaiseHand);
    this.run("lowerAllHands", "The hands could not be lowered", () => hands.lowerAllHands());
  }

  setSpotlight(person: RemoteParticipant, on: boolean): void {
    const spotlight = this.context.call.feature(Features.Spotlight);
    this.decide(person, on ? "could not be put into the spotlight" : "stays in the spotlight", () =>
      on ? spotlight.startSpotlight([person.identifier]) : spotlight.stopSpotlight([person.identifier]),
    );
  }

  setOwnSpotlight(on: boolean): void {
    const spotlight = this.context.call.feature(Features.Spotlight);
    const whatFailed = on ? "You could not be put into the spotlight" : "You stay in the spotlight";
    this.run("spotlight", whatFailed, () => (on ? spotlight.startSpotlight() : spotlight.stopSpotlight()));
  }

  react(reactionType: Reaction): void {
    const reactions = this.context.call.feature(Features.Reaction);
    this.run("reaction", "Your reaction was not sent", () => reactions.sendReaction({ reactionType }));
  }

  togglePanel(panel: Panel): void {
    this.context.togglePanel(panel);
  }

  togglePopover(popover: Popover): void {
    this.context.togglePopover(popover);
  }

  openPopover(popover: Popover): void {
    this.context.openPopover(popover);
  }

  /** `undefined` for everybody but the organizer. */
  get openOptions(): (() => void) | undefined {
    const { options } = this.context;
    return options && (() => options.open());
  }

  leave(): void {
    this.run("leave", "Leaving failed", () => this.context.call.hangUp());
  }

  endForAll(): void {
    this.run("leave", "The meeting could not be ended", async () => {
      const sure = await confirm({
        heading: "End the meeting for everybody?",
        text: "Everybody leaves, also those who wait in the lobby.",
        yes: "End for everybody",
        no: "Go on",
      });
      if (sure) await this.context.call.hangUp({ forEveryone: true });
    });
  }

  private decide(person: RemoteParticipant, whatFailed: string, work: () => Promise<void>): void {
    this.run(decisionOn(person), `${nameOf(person)} ${whatFailed}`, work);
  }

  private run(action: string, whatFailed: string, work: () => Promise<void>): void {
    if (this.busy.has(action)) return;
    this.busy.add(action);
    this.context.changed();
    work()
      .catch((error: unknown) => {
        // Closing the browser's own dialog for choosing a screen is no failure.
        if (error instanceof DOMException && error.name === "NotAllowedError" && action === "screen") return;
        this.context.fail(`${whatFailed}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.busy.delete(action);
        this.context.changed();
      });
  }
}

/** Everybody in a call is of one of the kinds that raise hands. */
type HandOwner = Parameters<RaiseHandCallFeature["lowerHands"]>[0][number];

function decisionOn(person: RemoteParticipant): string {
  return `person ${getIdentifierRawId(person.identifier)}`;
}
