import type { AcceptCallOptions, Call } from '../api/call.js';
import type { IncomingCallKind } from '../api/enums.js';
import type { Entry } from '../call/entry.js';
import type { CallingError } from '../errors.js';
import type { RingView } from '../signaling/protocol.gen.js';
import { RingingCall } from './incoming-call.js';

/** What the incoming calls need of their agent. */
export interface IncomingCallsPorts {
  readonly kind: IncomingCallKind;
  /** Begins the call; resolves once this client is in it. */
  enter(entry: Entry, options: AcceptCallOptions, caller: RingingCall['caller']): Promise<Call>;
  decline(ring: string): Promise<void>;
  tell(call: RingingCall): void;
}

/** The calls that ring at this agent now. */
export class IncomingCalls {
  private readonly byRing = new Map<string, RingingCall>();

  constructor(private readonly ports: IncomingCallsPorts) {}

  /** Somebody calls; told once. */
  handleRings(view: RingView): void {
    if (this.byRing.has(view.ring)) {
      return;
    }
    const { ring, callId } = view;
    const call: RingingCall = new RingingCall(view, {
      accept: (options) => this.ports.enter({ kind: 'accept', ring, callId }, options, call.caller).then((entered) => this.accepted(ring, entered)),
      decline: () => this.ports.decline(ring),
    }, this.ports.kind);
    this.byRing.set(ring, call);
    this.ports.tell(call);
  }

  handleOver(ring: string, reason: { code: number; subCode: number; message: string }): void {
    const call = this.byRing.get(ring);
    this.byRing.delete(ring);
    call?.handleOver(reason);
  }

  /** The line is lost or closed: what still rings when it is back is told anew. */
  handleLost(reason: CallingError): void {
    for (const ring of [...this.byRing.keys()]) {
      this.handleOver(ring, reason);
    }
  }

  private accepted(ring: string, call: Call): Call {
    this.byRing.delete(ring);
    return call;
  }
}
