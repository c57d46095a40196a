// The types of a call that moves from one device of its user to another. ACS exports them without a key in `Features`; they are here so that code that
// names them compiles.

import type { CommunicationIdentifier } from '@azure/communication-common';
import type { EventSource } from '../util/emitter.js';
import type { CallAgentFeature } from './agent.js';
import type { Call, JoinCallOptions } from './call.js';
import type { TeamsCall, TeamsMeetingCoordinatesLocator } from './teams.js';

export interface ActiveCallDetailsCommon {
  callId: string;
  userJoinTime: Date;
}

export interface ActiveCallDetails extends ActiveCallDetailsCommon {
  participants: CommunicationIdentifier[];
}

export interface ActiveMeetingDetails extends ActiveCallDetailsCommon {
  meetingLocator: TeamsMeetingCoordinatesLocator;
}

export interface ActiveCallTransferOptions {
  isTransfer: boolean;
  joinCallOptions?: JoinCallOptions;
}

export type ActiveCallsUpdatedEvent = (args: { activeCalls: (ActiveCallDetails | ActiveMeetingDetails)[] }) => void;
export type NoActiveCallsEvent = () => void;

export interface ActiveCallTransferEvents {
  activeCallsUpdated: ActiveCallsUpdatedEvent;
  noActiveCalls: NoActiveCallsEvent;
}

export interface ActiveCallTransferFeature extends CallAgentFeature, EventSource<ActiveCallTransferEvents> {
  activeCallTransfer(activeCall: ActiveCallDetails | ActiveMeetingDetails, options?: ActiveCallTransferOptions): Promise<Call | TeamsCall>;
  getActiveCallDetails(): Promise<(ActiveCallDetails | ActiveMeetingDetails)[] | undefined>;
}
