// What a person can do in the meeting. Each runs once at a time; a failure becomes a notice, never silence.

import { getIdentifierRawId } from "@azure/communication-common";
import { Features } from "@convene/calling";
import type { Call, ParticipantRole, RaiseHandCallFeature, Reaction, RemoteParticipant } from "@convene/calling";
import type { Devices } from "../shared/devices";
import { meetingWords, type MeetingWords } from "../shared/strings/meeting";
import { ringingWords } from "../shared/strings/ringing";
import { failureOf, SpokenError, type Told } from "../shared/strings/telling";
import { confirm } from "./confirm";
import type { MeetingOptions } from "./options/meeting-options";
import { nameOf } from "./people/build";
import type { Panel, Popover } from "./session";

/** What the actions need of the page around them. */
export interface ActionContext {
  readonly call: Call;
  readonly devices: Devices;
  readonly changed: () => void;
  readonly fail: (told: Told) => void;
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
    this.run("microphone", ({ microphone }) => microphone, () => (on ? call.unmute() : call.mute()));
  }

  setCamera(on: boolean): void {
    const { call, devices } = this.context;
    this.run("camera", ({ camera }) => camera, async () => {
      if (on) {
        await call.startVideo(devices.startCamera());
        return;
      }
      const stream = call.localVideoStreams.find((each) => each.mediaStreamType === "Video");
      if (stream) await call.stopVideo(stream);
      devices.stopCamera();
    });
  }

  setHeld(on: boolean): void {
    const { call } = this.context;
    const words = ringingWords();
    this.run("hold", () => (on ? words.notHeld : words.notResumed), () => (on ? call.hold() : call.resume()));
  }

  setScreen(on: boolean): void {
    const { call } = this.context;
    this.run("screen", ({ screen }) => screen, () => (on ? call.startScreenSharing() : call.stopScreenSharing()));
  }

  admit(person: RemoteParticipant): void {
    const { lobby } = this.context.call;
    this.decide(person, ({ admit }, name) => admit(name), () => lobby.admit(person.identifier));
  }

  reject(person: RemoteParticipant): void {
    const { lobby } = this.context.call;
    this.decide(person, ({ reject }, name) => reject(name), () => lobby.reject(person.identifier));
  }

  admitAll(): void {
    const { lobby } = this.context.call;
    this.run("admitAll", ({ admitAll }) => admitAll, async () => {
      const { failureCount } = await lobby.admitAll();
      if (failureCount > 0) throw new SpokenError(meetingWords().failed.someDidNotFit(failureCount));
    });
  }

  mute(person: RemoteParticipant): void {
    this.decide(person, ({ mute }, name) => mute(name), () => person.mute());
  }

  muteAll(): void {
    const { call } = this.context;
    this.run("muteAll", ({ muteAll }) => muteAll, () => call.muteAllRemoteParticipants());
  }

  setMicrophoneOf(person: RemoteParticipant, permitted: boolean): void {
    const access = this.context.call.feature(Features.MediaAccess);
    this.decide(person, ({ microphoneOf }, name) => microphoneOf(name), () =>
      permitted ? access.permitAudio([person.identifier]) : access.forbidAudio([person.identifier]),
    );
  }

  setCameraOf(person: RemoteParticipant, permitted: boolean): void {
    const access = this.context.call.feature(Features.MediaAccess);
    this.decide(person, ({ cameraOf }, name) => cameraOf(name), () =>
      permitted ? access.permitVideo([person.identifier]) : access.forbidVideo([person.identifier]),
    );
  }

  setRole(person: RemoteParticipant, role: ParticipantRole): void {
    this.decide(person, (failed, name) => failed.role(name), () => this.context.call.convene.setRole(person.identifier, role));
  }

  putBack(person: RemoteParticipant): void {
    this.decide(person, ({ putBack }, name) => putBack(name), () => this.context.call.convene.putBackIntoLobby(person.identifier));
  }

  remove(person: RemoteParticipant): void {
    this.decide(person, ({ remove }, name) => remove(name), async () => {
      const { heading, text, yes, no } = meetingWords().remove;
      const sure = await confirm({ heading: heading(nameOf(person)), text, yes, no });
      if (sure) await this.context.call.removeParticipant(person.identifier);
    });
  }

  setHand(up: boolean): void {
    const hands = this.context.call.feature(Features.RaiseHand);
    this.run("hand", ({ raiseHand, lowerOwnHand }) => (up ? raiseHand : lowerOwnHand), () => (up ? hands.raiseHand() : hands.lowerHand()));
  }

  lowerHand(person: RemoteParticipant): void {
    const hands = this.context.call.feature(Features.RaiseHand);
    this.decide(person, ({ lowerHand }, name) => lowerHand(name), () => hands.lowerHands([person.identifier as HandOwner]));
  }

  lowerAllHands(): void {
    const hands = this.context.call.feature(Features.RaiseHand);
    this.run("lowerAllHands", (failed) => failed.lowerAllHands, () => hands.lowerAllHands());
  }

  setSpotlight(person: RemoteParticipant, on: boolean): void {
    const spotlight = this.context.call.feature(Features.Spotlight);
    this.decide(person, ({ startSpotlight, stopSpotlight }, name) => (on ? startSpotlight : stopSpotlight)(name), () =>
      on ? spotlight.startSpotlight([person.identifier]) : spotlight.stopSpotlight([person.identifier]),
    );
  }

  setOwnSpotlight(on: boolean): void {
    const spotlight = this.context.call.feature(Features.Spotlight);
    this.run("spotlight", ({ startOwnSpotlight, stopOwnSpotlight }) => (on ? startOwnSpotlight : stopOwnSpotlight), () => (on ? spotlight.startSpotlight() : spotlight.stopSpotlight()));
  }

  react(reactionType: Reaction): void {
    const reactions = this.context.call.feature(Features.Reaction);
    this.run("reaction", ({ react }) => react, () => reactions.sendReaction({ reactionType }));
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
    this.run("leave", ({ leave }) => leave, () => this.context.call.hangUp());
  }

  endForAll(): void {
    this.run("leave", ({ end }) => end, async () => {
      const sure = await confirm(meetingWords().end);
      if (sure) await this.context.call.hangUp({ forEveryone: true });
    });
  }

  private decide(person: RemoteParticipant, whatFailed: (failed: Failed, name: string) => string, work: () => Promise<void>): void {
    this.run(decisionOn(person), (failed) => whatFailed(failed, nameOf(person)), work);
  }

  private run(action: string, whatFailed: (failed: Failed) => string, work: () => Promise<void>): void {
    if (this.busy.has(action)) return;
    this.busy.add(action);
    this.context.changed();
    work()
      .catch((error: unknown) => {
        // Closing the browser's own dialog for choosing a screen is no failure.
        if (error instanceof DOMException && error.name === "NotAllowedError" && action === "screen") return;
        this.context.fail(failureOf(whatFailed(meetingWords().failed), error));
      })
      .finally(() => {
        this.busy.delete(action);
        this.context.changed();
      });
  }
}

type Failed = MeetingWords["failed"];

/** Everybody in a call is of one of the kinds that raise hands. */
type HandOwner = Parameters<RaiseHandCallFeature["lowerHands"]>[0][number];

function decisionOn(person: RemoteParticipant): string {
  return `person ${getIdentifierRawId(person.identifier)}`;
}
