import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { IncomingCall, IncomingCallEvents } from '../api/agent.js';
import type { AcceptCallOptions, Call, CallInfo } from '../api/call.js';
import type { CallEndReason, CallerInfo } from '../api/common.js';
import { IncomingCallKind } from '../api/enums.js';
import { CallDetails } from '../call/call-info.js';
import { identifierOf } from '../call/remote-participant.js';
import { endReasonOf } from '../call/roster.js';
import { failure } from '../errors.js';
import type { RingView } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';

/** What an incoming call needs of its agent. */
export interface IncomingCallPorts {
  accept(options: AcceptCallOptions): Promise<Call>;
  decline(): Promise<void>;
}

/** A call that rings, from the first ring until it is accepted here, or over. */
export class RingingCall implements IncomingCall {
  readonly id: string;
  readonly info: CallInfo;
  private readonly emitter = new Emitter<IncomingCallEvents>();
  /** @internal */
  readonly caller: { readonly identifier: CommunicationIdentifierKind; readonly displayName: string };
  private taken: 'no' | 'accepted' | 'over' = 'no';
  private endReason: CallEndReason | undefined;

  constructor(ring: RingView, private readonly ports: IncomingCallPorts, readonly kind: IncomingCallKind) {
    this.id = ring.callId;
    const details = new CallDetails(undefined);
    details.handleRing(ring.callId);
    this.info = details;
    this.caller = { identifier: identifierOf(ring.caller), displayName: ring.displayName };
  }

  get callerInfo(): CallerInfo {
    return { identifier: { ...this.caller.identifier }, displayName: this.caller.displayName };
  }

  get callEndReason(): CallEndReason | undefined {
    return this.endReason && { ...this.endReason };
  }

  on<K extends keyof IncomingCallEvents>(event: K, listener: IncomingCallEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof IncomingCallEvents>(event: K, listener: IncomingCallEvents[K]): void {
    this.emitter.off(event, listener);
  }

  /**
   * Answers the call. Resolves with the call once this client is in it.
   *
   * @throws CommunicationServicesError 412 if it is accepted already or rings no more, 404 if another device was faster
   */
  async accept(options?: AcceptCallOptions): Promise<Call> {
    this.mustRing();
    this.taken = 'accepted';
    return this.ports.accept(options ?? {});
  }

  /**
   * Declines the call: it stops ringing on all devices of this user.
   *
   * @throws CommunicationServicesError 412 if it is accepted already or rings no more
   */
  async reject(): Promise<void> {
    this.mustRing();
    await this.ports.decline();
  }

  /** @internal It rings no more, and was not accepted here. The reason stands before the event. */
  handleOver(reason: { code: number; subCode: number; message: string }): void {
    if (this.taken !== 'over') {
      this.taken = 'over';
      this.endReason = endReasonOf(reason);
      this.emitter.emit('callEnded', { callEndReason: { ...this.endReason } });
    }
  }

  private mustRing(): void {
    if (this.taken !== 'no') {
      throw failure('callEnded', this.taken === 'accepted' ? 'This call was accepted already.' : 'This call rings no more.');
    }
  }
}
