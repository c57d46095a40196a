import { createIdentifierFromRawId, type CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallEndReason, EndpointDetails, ParticipantRole, RemoteParticipantState } from '../api/common.js';
import type { RemoteParticipant, RemoteParticipantEvents } from '../api/participant.js';
import type { RemoteVideoStream } from '../api/streams.js';
import type { LegView, ParticipantView, Role, Source } from '../signaling/protocol.gen.js';
import { RemoteVideo, type DemandListener } from '../streams/remote-video-stream.js';
import { Emitter } from '../util/emitter.js';

const ROLES: Record<Role, ParticipantRole> = {
  organizer: 'Organizer',
  coOrganizer: 'Co-organizer',
  presenter: 'Presenter',
  collaborator: 'Collaborator',
  attendee: 'Attendee',
  consumer: 'Consumer',
};

/** A role of the wire in ACS's words. */
export function roleName(role: Role): ParticipantRole {
  return ROLES[role];
}

/** An identifier with its raw id beside it, as ACS hands them out. */
export function identifierOf(rawId: string): CommunicationIdentifierKind {
  return { ...createIdentifierFromRawId(rawId), rawId } as CommunicationIdentifierKind;
}

/** What a participant needs of the rest of the call. */
export interface ParticipantPorts extends DemandListener {
  mute(user: string): Promise<void>;
}

/** Who somebody is, for those who wait and those who are in. */
export interface Person {
  readonly user: string;
  readonly displayName: string;
}

/** One other person, with all legs: in the call, or waiting in its lobby. */
export class Participant implements RemoteParticipant {
  /** The raw id. @internal */
  readonly user: string;
  readonly identifier: CommunicationIdentifierKind;
  private readonly emitter = new Emitter<RemoteParticipantEvents>();
  private readonly camera: RemoteVideo;
  private readonly screen: RemoteVideo;
  private name: string;
  private currentRole: ParticipantRole = 'Unknown';
  private currentState: RemoteParticipantState;
  private endReason: CallEndReason | undefined;
  private legs: readonly LegView[] = [];
  private forbiddenSources: readonly Source[] = [];
  private muted = false;
  private speaking = false;

  constructor(person: Person, state: 'InLobby' | 'Connecting' | 'Ringing' | 'Connected', private readonly ports: ParticipantPorts, readonly waitingSince?: Date) {
    this.user = person.user;
    this.identifier = identifierOf(person.user);
    this.name = person.displayName;
    this.currentState = state;
    this.camera = new RemoteVideo('Video', 'camera', ports);
    this.screen = new RemoteVideo('ScreenSharing', 'screen', ports);
  }

  get displayName(): string {
    return this.name;
  }

  get state(): RemoteParticipantState {
    return this.currentState;
  }

  get callEndReason(): CallEndReason | undefined {
    return this.endReason;
  }

  get endpointDetails(): EndpointDetails[] {
    return this.legs.map((leg) => ({ participantId: leg.participantId }));
  }

  get videoStreams(): ReadonlyArray<RemoteVideoStream> {
    return [...this.videos];
  }

  get isMuted(): boolean {
    return this.muted;
  }

  get isSpeaking(): boolean {
    return this.speaking;
  }

  get role(): ParticipantRole {
    return this.currentRole;
  }

  on<K extends keyof RemoteParticipantEvents>(event: K, listener: RemoteParticipantEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof RemoteParticipantEvents>(event: K, listener: RemoteParticipantEvents[K]): void {
    this.emitter.off(event, listener);
  }

  /**
   * Mutes this person, with all devices; they may unmute themselves.
   *
   * @throws CommunicationServicesError 403 if our role does not allow it, 404 if this person has left
   */
  async mute(): Promise<void> {
    await this.ports.mute(this.user);
  }

  /** @internal What this person may not send now although the role may. */
  get forbidden(): readonly Source[] {
    return this.forbiddenSources;
  }

  /** @internal Whether this person is called into the call, and has not come. */
  get isCalled(): boolean {
    return this.currentState === 'Connecting' || this.currentState === 'Ringing';
  }

  /** @internal Whether sound of this person should be arriving. */
  get isHeard(): boolean {
    return this.legs.some((leg) => !leg.muted && !leg.away && !leg.held);
  }

  /** @internal */
  get videos(): readonly RemoteVideo[] {
    return [this.camera, this.screen];
  }

  /** @internal The whole new state. Muted means: muted on every leg. The first leg that sends a video is shown, one whose connection is lost only if there is no other. */
  handleView(view: ParticipantView): void {
    this.legs = view.legs;
    this.setName(view.displayName);
    this.setRole(roleName(view.role));
    this.setMuted(view.legs.every((leg) => leg.muted));
    this.forbiddenSources = view.forbidden;
    this.show(this.camera, 'camera');
    this.show(this.screen, 'screen');
    this.setState(view.legs.length > 0 && view.legs.every((leg) => leg.held) ? 'Hold' : 'Connected');
  }

  /** @internal The call rings there. */
  handleRings(): void {
    if (this.currentState === 'Connecting') {
      this.setState('Ringing');
    }
  }

  /** @internal */
  handleName(displayName: string): void {
    this.setName(displayName);
  }

  /** @internal */
  handleSpeaking(speaking: boolean): void {
    if (speaking !== this.speaking) {
      this.speaking = speaking;
      this.emitter.emit('isSpeakingChanged');
    }
  }

  /** @internal Is no longer in the call or the lobby. The reason stands before the state changes. */
  handleGone(state: RemoteParticipantState, reason: CallEndReason | undefined): void {
    this.handleSpeaking(false);
    this.camera.handleLeg(undefined);
    this.screen.handleLeg(undefined);
    this.endReason = reason;
    this.setState(state);
  }

  private setState(state: RemoteParticipantState): void {
    if (state !== this.currentState) {
      this.currentState = state;
      this.emitter.emit('stateChanged');
    }
  }

  private show(video: RemoteVideo, source: Source): void {
    const senders = this.legs.filter((leg) => leg.videos.includes(source));
    const shown = senders.find((leg) => !leg.away) ?? senders[0];
    video.handleLeg(shown?.participantId);
    if (shown?.away) {
      video.handleAway();
    }
  }

  private setName(name: string): void {
    const oldValue = this.name;
    if (name !== oldValue) {
      this.name = name;
      this.emitter.emit('displayNameChanged', { oldValue, newValue: name, reason: 'editedDisplayName' });
    }
  }

  private setRole(role: ParticipantRole): void {
    if (role !== this.currentRole) {
      this.currentRole = role;
      this.emitter.emit('roleChanged');
    }
  }

  private setMuted(muted: boolean): void {
    if (muted !== this.muted) {
      this.muted = muted;
      this.emitter.emit('isMutedChanged');
    }
  }
}
