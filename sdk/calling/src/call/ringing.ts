import { asCallingError, CallingError, failure } from '../errors.js';
import type { Event, Reply, Request } from '../signaling/protocol.gen.js';
import type { CallLifecycle } from './call-state.js';
import type { Entry } from './entry.js';
import type { Participant } from './remote-participant.js';
import type { Roster } from './roster.js';
import { CallTransfer } from './transfer.js';

/** Who comes, goes, is called and handed over. */
type RingingEvent =
  | 'participantJoined' | 'participantChanged' | 'participantLeft' | 'ringingChanged' | 'ringEnded' | 'transferRequested' | 'transferFailed';

/** Whom the call rings at, and when a call that rings counts as connected: once media flows and somebody else is in it. */
export class CallRinging {
  readonly transfer = new CallTransfer();
  private mediaFlows = false;
  private answered: boolean;

  constructor(
    entry: Entry,
    private readonly roster: Roster,
    private readonly lifecycle: CallLifecycle,
    private readonly request: (request: Request) => Promise<Reply>,
  ) {
    this.answered = entry.kind === 'follow' ? entry.users.length === 0 : entry.kind !== 'start';
    roster.events.on('updated', () => this.look());
  }

  /**
   * Calls somebody into the call. The participant is there at once, and gone again, with the reason, if nobody comes; who is there already is given back.
   *
   * @throws CommunicationServicesError 412 if this client is not in the call
   */
  add(user: string): Participant {
    if (!this.lifecycle.isIn) {
      throw failure('notInCall', 'Somebody can be added once this client is in the call. Wait until its state is Ringing or Connected.');
    }
    const known = this.roster.of(user);
    if (known) {
      return known;
    }
    const participant = this.roster.handleCalling(user);
    this.request({ type: 'addParticipant', user }).catch((error: unknown) => {
      if (this.roster.of(user) === participant) {
        this.roster.handleRingEnded(user, asCallingError(error));
      }
    });
    return participant;
  }

  /** Somebody is called, or answers, or does not; or is otherwise another than before. */
  handleEvent(event: Extract<Event, { type: RingingEvent }>): void {
    switch (event.type) {
      case 'participantJoined':
      case 'participantChanged':
        this.roster.handleParticipant(event.participant);
        break;
      case 'participantLeft':
        this.roster.handleLeft(event.user, event.reason);
        break;
      case 'transferRequested':
      case 'transferFailed':
        this.transfer.handleEvent(event);
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

  /** Back in the lobby: media begins anew, and somebody is there who let it come to that. */
  handleReset(): void {
    this.mediaFlows = false;
    this.answered = true;
  }

  /** The reason for the end: who hangs up before anybody has come has cancelled the call. */
  explain(reason: CallingError): CallingError {
    const cancelled = !this.answered && this.lifecycle.kind === 'leaving' && reason.code === 0;
    return cancelled ? new CallingError(487, 0, 'You cancelled the call before anybody answered.') : reason;
  }
}
