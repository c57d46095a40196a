// States, events and options that several objects share. Names as in ACS.

import type { CommunicationIdentifierKind } from '@azure/communication-common';

export type CallState =
  | 'None' | 'Connecting' | 'Ringing' | 'Connected' | 'LocalHold' | 'RemoteHold' | 'InLobby' | 'Disconnecting' | 'Disconnected' | 'EarlyMedia';
export type RemoteParticipantState =
  | 'Idle' | 'Connecting' | 'Ringing' | 'Connected' | 'Hold' | 'InLobby' | 'EarlyMedia' | 'Disconnected';
export type CallDirection = 'Incoming' | 'Outgoing';
export type ConnectionState = 'Connected' | 'Disconnected';
export type ConnectionStateChangedReason = 'invalidToken' | 'connectionIssue';
export type ParticipantRole = 'Unknown' | 'Attendee' | 'Presenter' | 'Organizer' | 'Co-organizer' | 'Consumer' | 'Collaborator';
export type MediaStreamType = 'Video' | 'ScreenSharing' | 'RawMedia' | 'LiveStream' | 'Audio';
export type LocalStreamState = 'Started' | 'Stopped';
export type LocalStreamStopReason = 'appRequested' | 'trackEnded' | 'sessionEnded';
export type ScalingMode = 'Stretch' | 'Crop' | 'Fit';
export type DtmfTone =
  | 'A' | 'B' | 'C' | 'D' | 'Flash' | 'Num0' | 'Num1' | 'Num2' | 'Num3' | 'Num4' | 'Num5' | 'Num6' | 'Num7' | 'Num8' | 'Num9' | 'Pound' | 'Star';

export type PropertyChangedEvent = () => void;
export type PropertyChangedEventWithArgs<TValue = unknown, TReason = unknown> = (args: {
  newValue?: TValue;
  oldValue?: TValue;
  reason?: TReason;
}) => void;
export type CollectionUpdatedEvent<T> = (args: { added: T[]; removed: T[] }) => void;
export type DisplayNameChangedReason = 'editedDisplayName';

/** Why a call ended, or why somebody left it. */
export interface CallEndReason {
  /** 0 for an expected end, otherwise a status of HTTP's and SIP's kind. */
  code: number;
  subCode?: number;
  /** Ours beyond ACS: what happened and what to do next. */
  message?: string;
}

export interface CallerInfo {
  identifier: CommunicationIdentifierKind | undefined;
  displayName?: string;
}

export interface Disposable {
  dispose(): void;
}

/** What every feature's API has. */
export interface BaseFeature extends Disposable {
  name: string;
}

export interface FeatureFactory {}

export interface EndpointDetails {
  participantId: string;
}

export interface ParticipantInfo {
  identifier: CommunicationIdentifierKind;
  displayName?: string;
  hasDisplayNameChanged?: boolean;
  endpointDetails: EndpointDetails[];
}

export interface StreamSize {
  width: number;
  height: number;
}

export interface MediaConstraintRange {
  max?: number;
}

export type VideoSendConstraints = {
  frameHeight?: MediaConstraintRange;
  frameRate?: MediaConstraintRange;
  bitrate?: MediaConstraintRange;
};

export interface VideoConstraints {
  send?: VideoSendConstraints;
}

export interface CallConstraints {
  video?: VideoConstraints;
}
