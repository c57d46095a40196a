import type { PropertyChangedEvent } from '../api/common.js';
import type { CallInfo } from '../api/call.js';
import type { CallingError } from '../errors.js';
import type { CallView } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';

/** What is known of the call. An instance that is read live: UI libraries keep it from the moment of joining. */
export class CallDetails implements CallInfo {
  private readonly emitter = new Emitter<{ callInfoChanged: PropertyChangedEvent }>();
  private thread: string | undefined;
  private meetingSubject: string | undefined;
  private participant = '';
  private serverCallId: string | undefined;
  private ended: CallingError | undefined;

  constructor(private readonly group: string | undefined) {}

  get groupId(): string | undefined {
    return this.group;
  }

  get threadId(): string | undefined {
    return this.thread;
  }

  get subject(): string | undefined {
    return this.meetingSubject;
  }

  get participantId(): string {
    return this.participant;
  }

  /**
   * The call's id at the server; waits until this client is in the call.
   *
   * @throws CommunicationServicesError if the call ends before
   */
  getServerCallId(): Promise<string> {
    if (this.serverCallId !== undefined) {
      return Promise.resolve(this.serverCallId);
    }
    return new Promise<string>((resolve, reject) => {
      const look = (): void => {
        if (this.serverCallId !== undefined) {
          this.emitter.off('callInfoChanged', look);
          resolve(this.serverCallId);
        } else if (this.ended) {
          this.emitter.off('callInfoChanged', look);
          reject(this.ended);
        }
      };
      this.emitter.on('callInfoChanged', look);
      look();
    });
  }

  onCallInfoChanged(event: 'callInfoChanged', listener: PropertyChangedEvent): void {
    this.emitter.on(event, listener);
  }

  offCallInfoChanged(event: 'callInfoChanged', listener: PropertyChangedEvent): void {
    this.emitter.off(event, listener);
  }

  /** @internal The call rings here; nothing more is known of it. */
  handleRing(callId: string): void {
    this.serverCallId = callId;
  }

  /** @internal `callId`: of a call that rang here. */
  handleWaiting(participantId: string, callId?: string): void {
    this.participant = participantId;
    this.serverCallId = callId ?? this.serverCallId;
    this.emitter.emit('callInfoChanged');
  }

  /** @internal */
  handleView(view: CallView): void {
    this.participant = view.participantId;
    this.thread = view.threadId;
    this.meetingSubject = view.subject;
    this.serverCallId = view.callId;
    this.emitter.emit('callInfoChanged');
  }

  /** @internal */
  handleEnded(reason: CallingError): void {
    this.ended = reason;
    this.emitter.emit('callInfoChanged');
  }
}
