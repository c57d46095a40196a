// Other people in a call, and in its lobby. Names as in ACS.

import type { CommunicationIdentifier } from '@azure/communication-common';
import type { EventSource } from '../util/emitter.js';
import type {
  CallEndReason, CollectionUpdatedEvent, DisplayNameChangedReason, ParticipantInfo, ParticipantRole, PropertyChangedEvent,
  PropertyChangedEventWithArgs, RemoteParticipantState,
} from './common.js';
import type { RemoteVideoStream } from './streams.js';

export interface RemoteParticipantEvents {
  stateChanged: PropertyChangedEvent;
  isMutedChanged: PropertyChangedEvent;
  displayNameChanged: PropertyChangedEventWithArgs<string, DisplayNameChangedReason>;
  roleChanged: PropertyChangedEvent;
  isSpeakingChanged: PropertyChangedEvent;
  videoStreamsUpdated: CollectionUpdatedEvent<RemoteVideoStream>;
}

export interface RemoteParticipant extends ParticipantInfo, EventSource<RemoteParticipantEvents> {
  readonly state: RemoteParticipantState;
  readonly callEndReason?: CallEndReason | undefined;
  /** Always one `Video` and one `ScreenSharing` stream; `isAvailable` says whether it is sent. */
  readonly videoStreams: ReadonlyArray<RemoteVideoStream>;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  readonly role: ParticipantRole;
  /** Ours beyond ACS: since when this person waits, for those in the lobby. */
  readonly waitingSince?: Date | undefined;
  mute(): Promise<void>;
}

export interface AdmitLobbyParticipantOptions {}

export interface RejectLobbyParticipantOptions {}

export interface AdmitAllOperationResult {
  successCount: number;
  failureCount: number;
}

export interface LobbyEvents {
  lobbyParticipantsUpdated: CollectionUpdatedEvent<RemoteParticipant>;
}

export interface Lobby extends EventSource<LobbyEvents> {
  /** Who waits, with state `InLobby`. Empty for those who may not manage the lobby. */
  readonly participants: ReadonlyArray<RemoteParticipant>;
  admit(participant: CommunicationIdentifier, options?: AdmitLobbyParticipantOptions): Promise<void>;
  reject(participant: CommunicationIdentifier, options?: RejectLobbyParticipantOptions): Promise<void>;
  admitAll(options?: AdmitLobbyParticipantOptions): Promise<AdmitAllOperationResult>;
}
