// ACS's names for what a user of the organization has.

import type {
  CommunicationIdentifier, CommunicationUserIdentifier, MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier, PhoneNumberIdentifier, UnknownIdentifier,
} from '@azure/communication-common';
import type { EventSource } from '../util/emitter.js';
import type {
  CallAgentCommon, ConnectionStateChangedEvent, ConveneStartOptions, CustomContext, IncomingCallCommon, TeamsMeetingIdLocator, TeamsMeetingLinkLocator,
} from './agent.js';
import type { AcceptCallOptions, CallCommon, CallInfoCommon, JoinCallOptions } from './call.js';
import type { CollectionUpdatedEvent } from './common.js';
import type { RemoteParticipant } from './participant.js';

export interface TeamsMeetingCoordinatesLocator {
  threadId: string;
  organizerId: string;
  tenantId: string;
  messageId: string;
}

export interface AddTeamsParticipantOptions {
  threadId?: string;
}

export interface OnBehalfOfOptions {
  userId: MicrosoftTeamsUserIdentifier | MicrosoftTeamsAppIdentifier;
}

export interface StartTeamsCallOptions extends JoinCallOptions {
  customContext?: CustomContext;
  onBehalfOfOptions?: OnBehalfOfOptions;
  /** Ours beyond ACS. */
  convene?: ConveneStartOptions;
}

export interface StartTeamsGroupCallOptions extends StartTeamsCallOptions {
  threadId?: string;
}

export interface TeamsCallInfo extends CallInfoCommon {}

export interface TeamsCall extends CallCommon {
  readonly info: TeamsCallInfo;
  readonly isEmergencyCall?: boolean | undefined;
  addParticipant(participant: CommunicationIdentifier, options?: AddTeamsParticipantOptions): RemoteParticipant;
  removeParticipant(participant: CommunicationIdentifier): Promise<void>;
}

export interface TeamsIncomingCall extends IncomingCallCommon {
  readonly info: TeamsCallInfo;
  accept(options?: AcceptCallOptions): Promise<TeamsCall>;
}

export type TeamsIncomingCallEvent = (args: { incomingCall: TeamsIncomingCall }) => void;

export interface TeamsCallAgentOptions {}

export interface TeamsCallAgentEvents {
  callsUpdated: CollectionUpdatedEvent<TeamsCall>;
  incomingCall: TeamsIncomingCallEvent;
  connectionStateChanged: ConnectionStateChangedEvent;
}

/** Whom a user of the organization calls. */
export type TeamsTarget = CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier | PhoneNumberIdentifier | MicrosoftTeamsAppIdentifier | UnknownIdentifier;

export interface TeamsCallAgent extends CallAgentCommon, EventSource<TeamsCallAgentEvents> {
  readonly calls: ReadonlyArray<TeamsCall>;
  startCall(participant: TeamsTarget, options?: StartTeamsCallOptions): TeamsCall;
  startCall(participants: TeamsTarget[], options?: StartTeamsGroupCallOptions): TeamsCall;
  join(meetingLocator: TeamsMeetingLinkLocator, options?: JoinCallOptions): TeamsCall;
  join(meetingLocator: TeamsMeetingIdLocator, options?: JoinCallOptions): TeamsCall;
}
