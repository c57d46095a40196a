import type { CommunicationIdentifier, MicrosoftTeamsUserIdentifier } from '@azure/communication-common';
import type { CustomContext } from '../api/agent.js';
import type { CallCommon, CallFeature, CallFeatureContext } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import { rawIdOf } from '../call/identifier.js';
import { asCallingError, failure, notSupported } from '../errors.js';
import type { TransferTarget } from '../signaling/protocol.gen.js';
import { Emitter, type EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type TransferState = 'None' | 'Transferring' | 'Transferred' | 'Failed';
export type TransferAcceptedEventType = 'transferAccepted';

export interface TransferErrorCode {
  code: number;
  subCode?: number;
}

export interface Transfer extends EventSource<{ stateChanged: PropertyChangedEvent }> {
  readonly state: TransferState;
  readonly error?: TransferErrorCode | undefined;
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

/** One wish to hand the other one over: `None`, `Transferring` once the other one knows, `Transferred` or `Failed`. */
class OwnTransfer implements Transfer {
  private readonly emitter = new Emitter<{ stateChanged: PropertyChangedEvent }>();
  private current: TransferState = 'None';
  private reason: TransferErrorCode | undefined;

  get state(): TransferState {
    return this.current;
  }

  get error(): TransferErrorCode | undefined {
    return this.reason && { ...this.reason };
  }

  on(event: 'stateChanged', listener: PropertyChangedEvent): void {
    this.emitter.on(event, listener);
  }

  off(event: 'stateChanged', listener: PropertyChangedEvent): void {
    this.emitter.off(event, listener);
  }

  handleState(state: Exclude<TransferState, 'Failed'>): void {
    this.current = state;
    this.emitter.emit('stateChanged');
  }

  handleFailed({ code, subCode }: { code: number; subCode?: number }): void {
    this.reason = { code, ...(subCode === undefined ? {} : { subCode }) };
    this.current = 'Failed';
    this.emitter.emit('stateChanged');
  }
}

const ABOUT = 'transfer needs { targetParticipant } or { targetCallId }.';

/** Hands the other one of a call of two over; and tells when this client is handed over. */
export class TransferFeature extends FeatureBase<TransferEvents> implements TransferCallFeature {
  readonly name = 'Transfer';
  private going: OwnTransfer | undefined;

  constructor(private readonly context: CallFeatureContext) {
    super();
    const { ringing, lifecycle } = coreOf(context);
    ringing.transfer.events.on('accepted', (targetCall) => this.emitter.emit('transferAccepted', { targetCall }));
    ringing.transfer.events.on('failed', (reason) => this.over((going) => going.handleFailed(reason)));
    lifecycle.events.on('ended', ({ code, subCode }) => {
      this.over((going) => (code === TRANSFERRED.code && subCode === TRANSFERRED.subCode ? going.handleState('Transferred') : going.handleFailed({ code, ...(subCode === undefined ? {} : { subCode }) })));
    });
  }

  /**
   * Hands the other one over. Where it is to a participant, the other one calls them; where it is to a call of ours, the other one takes our place there. Once
   * somebody else is with the other one, this call ends with 0/7015; if nobody comes, the transfer is `Failed` and the call goes on.
   *
   * @throws CommunicationServicesError 400 for no target, 412 if this client is not in the call, 501 for telephone numbers, voicemail and custom contexts
   */
  transfer(
    target: TransferToParticipantLocator | TransferToCallLocator | TransferToVoicemailLocator,
    options?: TransferToParticipantOptions | TransferToCallOptions | TransferToVoicemailOptions,
  ): Transfer {
    const wanted = wireTarget(target, options);
    const core = coreOf(this.context);
    if (!core.lifecycle.isIn) {
      throw failure('notInCall', 'A call can be transferred once it is Connected.');
    }
    const transfer = new OwnTransfer();
    core.request({ type: 'transfer', target: wanted }).then(
      () => {
        this.going = transfer;
        transfer.handleState('Transferring');
      },
      (error: unknown) => transfer.handleFailed(asCallingError(error)),
    );
    return transfer;
  }

  private over(tell: (going: OwnTransfer) => void): void {
    const { going } = this;
    this.going = undefined;
    if (going) {
      tell(going);
    }
  }
}

/** How a call ends that was handed over. */
const TRANSFERRED = { code: 0, subCode: 7015 };

function wireTarget(target: object, options: TransferToParticipantOptions | undefined): TransferTarget {
  if (options?.customContext !== undefined) {
    throw notSupported('customContext', 'Send what the other side needs by your app\'s server.');
  }
  if (typeof target !== 'object' || target === null) {
    throw failure('invalidArgument', ABOUT);
  }
  if ('targetParticipantVoicemail' in target) {
    throw notSupported('Transferring to voicemail');
  }
  if ('targetCallId' in target && typeof target.targetCallId === 'string' && target.targetCallId !== '') {
    return { kind: 'call', callId: target.targetCallId };
  }
  const user = rawIdOf('targetParticipant' in target ? (target.targetParticipant as CommunicationIdentifier) : (undefined as never), ABOUT);
  if (user.startsWith('4:')) {
    throw notSupported('Transferring to telephone numbers');
  }
  return { kind: 'user', user };
}
