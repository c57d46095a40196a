import type { CallCommon } from '../api/call.js';
import type { ErrorBody, Event } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';

/** What a call tells of being handed over. */
export interface CallTransferEvents {
  /** The other one hands this client over. */
  requested: (asked: Extract<Event, { type: 'transferRequested' }>) => void;
  /** This client follows, into that call. */
  accepted: (targetCall: CallCommon) => void;
  /** The other one, whom this client hands over, does not come to anybody. */
  failed: (reason: ErrorBody) => void;
}

/** Handing over, from either side. Its end is the call's, with 0/7015. */
export class CallTransfer {
  readonly events = new Emitter<CallTransferEvents>();

  handleEvent(event: Extract<Event, { type: 'transferRequested' | 'transferFailed' }>): void {
    if (event.type === 'transferRequested') {
      this.events.emit('requested', event);
    } else {
      this.events.emit('failed', event.reason);
    }
  }

  /** The call to which this client is handed over has begun here. */
  handleAccepted(targetCall: CallCommon): void {
    this.events.emit('accepted', targetCall);
  }
}
