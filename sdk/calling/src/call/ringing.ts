import { CallingError } from '../errors.js';
import type { Event } from '../signaling/protocol.gen.js';
import type { CallLifecycle } from './call-state.js';
import type { Entry } from './entry.js';
import type { Roster } from './roster.js';

/** Whom the call rings at, and when a call that rings counts as connected: once media flows and somebody else is in it. */
export class CallRinging {
  private mediaFlows = false;
  private answered: boolean;

  constructor(
    entry: Entry,
    private readonly roster: Roster,
    private readonly lifecycle: CallLifecycle,
  ) {
    this.answered = entry.kind !== 'start';
    roster.events.on('updated', () => this.look());
  }

  /** Somebody is called, or answers, or does not; or is otherwise another than before. */
  handleEvent(event: Extract<Event, { type: 'participantJoined' | 'participantChanged' | 'ringingChanged' | 'ringEnded' }>): void {
    switch (event.type) {
      case 'participantJoined':
      case 'participantChanged':
        this.roster.handleParticipant(event.participant);
        break;
      case 'ringingChanged':
        this.roster.handleRinging(event.users);
        break;
      case 'ringEnded':
        this.roster.handleRingEnded(event.user, event.reason);
        break;
    }
    this.look();
  }

  /** This client is in the call at the server. */
  handleEntered(): void {
    this.look();
  }

  handleMediaConnected(): void {
    this.mediaFlows = true;
    this.look();
  }

  private look(): void {
    const { participants } = this.roster;
    this.answered ||= participants.some((each) => each.state === 'Connected' || each.state === 'Hold');
    if (this.answered) {
      if (this.mediaFlows) {
        this.lifecycle.handleMediaConnected();
      }
    } else if (participants.length > 0) {
      this.lifecycle.handleRinging();
    }
  }

  /** Media begins anew. */
  handleReset(): void {
    this.mediaFlows = false;
  }

  /** The reason for the end: who hangs up before anybody has come has cancelled the call. */
  explain(reason: CallingError): CallingError {
    const cancelled = !this.answered && this.lifecycle.kind === 'leaving' && reason.code === 0;
    return cancelled ? new CallingError(487, 0, 'You cancelled the call before anybody answered.') : reason;
  }
}
