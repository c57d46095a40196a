import type { CommunicationIdentifier } from '@azure/communication-common';
import type { Call, CallFeature } from '../api/call.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type BreakoutRoomState = 'open' | 'closed';
export type BreakoutRoomsUpdated = 'breakoutRoomsUpdated';

export interface TimestampInfo {
  timestamp: Date;
}

export interface Invitee {
  identifier: CommunicationIdentifier;
}

export interface BreakoutRoomsSettings {
  disableReturnToMainMeeting?: boolean;
  roomEndTime?: TimestampInfo;
}

export interface BreakoutRoom {
  threadId: string;
  displayName?: string;
  state: BreakoutRoomState;
  autoMoveParticipantToBreakoutRoom?: boolean;
  invitees?: Invitee[];
  call?: Call;
  join(): Promise<Call>;
  returnToMainMeeting(): Promise<Call>;
}

export interface BreakoutRoomsEvent {
  type: 'breakoutRooms';
  data: BreakoutRoom[] | undefined;
}
export interface AssignedBreakoutRoomsEvent {
  type: 'assignedBreakoutRooms';
  data: BreakoutRoom | undefined;
}
export interface BreakoutRoomsSettingsEvent {
  type: 'breakoutRoomsSettings';
  data: BreakoutRoomsSettings | undefined;
}
export interface JoinBreakoutRoomsEvent {
  type: 'join';
  data: Call;
}
export type BreakoutRoomsEventData = BreakoutRoomsEvent | AssignedBreakoutRoomsEvent | BreakoutRoomsSettingsEvent | JoinBreakoutRoomsEvent;
export type BreakoutRoomsUpdatedListener = (eventData: BreakoutRoomsEventData) => void;

export interface BreakoutRoomsEvents {
  breakoutRoomsUpdated: BreakoutRoomsUpdatedListener;
}

export interface BreakoutRoomsCallFeature extends CallFeature, EventSource<BreakoutRoomsEvents> {
  readonly assignedBreakoutRooms?: BreakoutRoom | undefined;
  readonly breakoutRoomsSettings?: BreakoutRoomsSettings | undefined;
  readonly breakoutRooms?: BreakoutRoom[] | undefined;
}

/** There are no breakout rooms. */
export class BreakoutRooms extends FeatureBase<BreakoutRoomsEvents> implements BreakoutRoomsCallFeature {
  readonly name = 'BreakoutRooms';
  readonly assignedBreakoutRooms = undefined;
  readonly breakoutRoomsSettings = undefined;
  readonly breakoutRooms = undefined;
}
