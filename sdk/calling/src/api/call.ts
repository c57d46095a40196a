// A call. Names as in ACS.

import type {
  CommunicationIdentifier, CommunicationUserIdentifier, MicrosoftTeamsUserIdentifier, PhoneNumberIdentifier,
} from '@azure/communication-common';
import type { LocalAudioStream } from '../streams/local-audio-stream.js';
import type { LocalVideoStream } from '../streams/local-video-stream.js';
import type { EventSource } from '../util/emitter.js';
import type { CallAgentCommon } from './agent.js';
import type {
  BaseFeature, CallConstraints, CallDirection, CallEndReason, CallerInfo, CallState, CollectionUpdatedEvent, Disposable, DtmfTone, FeatureFactory,
  ParticipantRole, PropertyChangedEvent, VideoConstraints,
} from './common.js';
import type { CallKind } from './enums.js';
import type { Lobby, RemoteParticipant } from './participant.js';
import type { RemoteAudioStream } from './streams.js';

export interface VideoOptions {
  localVideoStreams?: LocalVideoStream[];
  constraints?: VideoConstraints;
}

export interface AudioOptions {
  muted?: boolean;
  localAudioStreams?: LocalAudioStream[];
}

export interface JoinCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
}

export interface AcceptCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
}

export interface HangUpOptions {
  forEveryone: boolean;
}

export interface AddPhoneNumberOptions {
  alternateCallerId?: PhoneNumberIdentifier;
}

/** Read live: its values come and change while the call goes on. */
export interface CallInfoCommon {
  getServerCallId(): Promise<string>;
  readonly threadId: string | undefined;
  readonly participantId: string;
  onCallInfoChanged(event: 'callInfoChanged', listener: PropertyChangedEvent): void;
  offCallInfoChanged(event: 'callInfoChanged', listener: PropertyChangedEvent): void;
}

export interface CallInfo extends CallInfoCommon {
  readonly groupId: string | undefined;
  /** Ours beyond ACS: the meeting's subject, from the moment of being in the call. */
  readonly subject?: string | undefined;
}

export interface CallFeature extends BaseFeature {}

export interface CallFeatureContext {
  callAgent: CallAgentCommon;
  call: CallCommon;
}

export type CallFeatureCtor<TFeature extends CallFeature> = new (context: CallFeatureContext) => TFeature;

export interface CallFeatureFactory<TFeature extends CallFeature> extends FeatureFactory {
  callApiCtor: CallFeatureCtor<TFeature>;
}

export interface CallEvents {
  stateChanged: PropertyChangedEvent;
  idChanged: PropertyChangedEvent;
  isMutedChanged: PropertyChangedEvent;
  isIncomingAudioMutedChanged: PropertyChangedEvent;
  isScreenSharingOnChanged: PropertyChangedEvent;
  isLocalVideoStartedChanged: PropertyChangedEvent;
  remoteParticipantsUpdated: CollectionUpdatedEvent<RemoteParticipant>;
  localVideoStreamsUpdated: CollectionUpdatedEvent<LocalVideoStream>;
  localAudioStreamsUpdated: CollectionUpdatedEvent<LocalAudioStream>;
  remoteAudioStreamsUpdated: CollectionUpdatedEvent<RemoteAudioStream>;
  roleChanged: PropertyChangedEvent;
  mutedByOthers: PropertyChangedEvent;
  callerInfoChanged: PropertyChangedEvent;
  transferorInfoChanged: PropertyChangedEvent;
}

export interface CallCommon extends Disposable, EventSource<CallEvents> {
  readonly kind: CallKind;
  readonly id: string;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: CallerInfo | undefined;
  readonly state: CallState;
  readonly callEndReason?: CallEndReason | undefined;
  readonly direction: CallDirection;
  readonly isMuted: boolean;
  readonly isIncomingAudioMuted: boolean;
  readonly isScreenSharingOn: boolean;
  readonly isLocalVideoStarted: boolean;
  readonly localVideoStreams: ReadonlyArray<LocalVideoStream>;
  readonly localAudioStreams: ReadonlyArray<LocalAudioStream>;
  readonly remoteAudioStreams: ReadonlyArray<RemoteAudioStream>;
  readonly remoteParticipants: ReadonlyArray<RemoteParticipant>;
  readonly role: ParticipantRole;
  readonly lobby: Lobby;
  feature<TFeature extends CallFeature>(factory: CallFeatureFactory<TFeature>): TFeature;
  hangUp(options?: HangUpOptions): Promise<void>;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  muteAllRemoteParticipants(): Promise<void>;
  muteIncomingAudio(): Promise<void>;
  unmuteIncomingAudio(): Promise<void>;
  sendDtmf(dtmfTone: DtmfTone): Promise<void>;
  startVideo(localVideoStream: LocalVideoStream): Promise<void>;
  stopVideo(localVideoStream: LocalVideoStream): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  startScreenSharing(localVideoStream?: LocalVideoStream): Promise<void>;
  stopScreenSharing(): Promise<void>;
  startAudio(localAudioStream: LocalAudioStream): Promise<void>;
  stopAudio(): Promise<void>;
  setConstraints(constraints: CallConstraints): Promise<void>;
}

/** Ours beyond ACS: what those who lead a call can do. Each rejects with 403 for those who may not, and with 404 for somebody who is not there. */
export interface ConveneManaging {
  /** Somebody in the call waits in its lobby again. */
  putBackIntoLobby(participant: CommunicationIdentifier): Promise<void>;
  /** Gives somebody in the call the role `Co-organizer`, `Presenter`, `Attendee` or `Consumer`. */
  setRole(participant: CommunicationIdentifier, role: ParticipantRole): Promise<void>;
  /** Lets somebody come back who was removed. */
  liftBar(participant: CommunicationIdentifier): Promise<void>;
}

/** Ours beyond ACS: an app that records or transcribes what it receives tells everybody so. Each rejects with 403 for those who may not. */
export interface ConveneAnnouncing {
  /** Everybody's `Features.Recording` says it, also to those who come later, until `Ended` or until this participant leaves. */
  announceRecording(state: 'Started' | 'Paused' | 'Ended'): Promise<void>;
  /** Everybody's `Features.Transcription` says it. */
  announceTranscription(active: boolean): Promise<void>;
}

export interface Call extends CallCommon {
  readonly info: CallInfo;
  /** The old name of `feature`, kept for code of 2021. */
  api<TFeature extends CallFeature>(factory: CallFeatureFactory<TFeature>): TFeature;
  addParticipant(identifier: CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier): RemoteParticipant;
  addParticipant(identifier: PhoneNumberIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
  /** Ours beyond ACS. */
  readonly convene: ConveneManaging & ConveneAnnouncing;
}
