import type { CommunicationIdentifier, MicrosoftTeamsUserIdentifier } from '@azure/communication-common';
import type { CustomContext } from '../api/agent.js';
import type { CallCommon, CallFeature } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type TransferState = 'None' | 'Transferring' | 'Transferred' | 'Failed';
export type TransferAcceptedEventType = 'transferAccepted';

export interface TransferErrorCode {
  code: number;
  subCode?: number;
}

export interface Transfer extends EventSource<{ stateChanged: PropertyChangedEvent }> {
  readonly state: TransferState;
  readonly error?: TransferErrorCode;
}

export interface TransferEventArgs {
  targetCall: CallCommon;
}
export type TransferAcceptedEvent = (args: TransferEventArgs) => void;

export interface TransferToParticipantLocator {
  targetParticipant: CommunicationIdentifier;
}
export interface TransferToCallLocator {
  targetCallId: string;
}
export interface TransferToVoicemailLocator {
  targetParticipantVoicemail: MicrosoftTeamsUserIdentifier;
}
export interface TransferToParticipantOptions {
  disableForwardingAndUnanswered?: boolean;
  customContext?: CustomContext;
}
export interface TransferToCallOptions {
  customContext?: CustomContext;
}
export interface TransferToVoicemailOptions {}

export interface TransferEvents {
  transferAccepted: TransferAcceptedEvent;
}

export interface TransferCallFeature extends CallFeature, EventSource<TransferEvents> {
  transfer(target: TransferToParticipantLocator, options?: TransferToParticipantOptions): Transfer;
  transfer(target: TransferToCallLocator, options?: TransferToCallOptions): Transfer;
  transfer(target: TransferToVoicemailLocator, options?: TransferToVoicemailOptions): Transfer;
}

/** Nobody transfers this call. */
export class TransferFeature extends FeatureBase<TransferEvents> implements TransferCallFeature {
  readonly name = 'Transfer';

  transfer(): Transfer {
    throw notSupported('Transferring a call');
  }
}
