import type { CallEndReason } from '../api/common.js';
import type { ParticipantView } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { Participant, type ParticipantPorts } from './remote-participant.js';

/** What a roster tells. */
export interface RosterEvents {
  updated: (change: { added: Participant[]; removed: Participant[] }) => void;
  /** What these may send was changed. */
  accessChanged: (participants: Participant[]) => void;
  speakersChanged: () => void;
  /** Somebody holds the call, or has taken it up again. */
  heldChanged: () => void;
}

/** A server's reason as `callEndReason`. */
export function endReasonOf(reason: { code: number; subCode: number; message: string }): CallEndReason {
  return { code: reason.code, subCode: reason.subCode, message: reason.message };
}

/** Everybody else in the call, one participant per identifier. */
export class Roster {
  readonly events = new Emitter<RosterEvents>();
  private readonly byUser = new Map<string, Participant>();
  private speaking: readonly string[] = [];

  constructor(private readonly ports: ParticipantPorts) {}

  get participants(): Participant[] {
    return [...this.byUser.values()];
  }

  /** Who speaks now, loudest first, this client left out. */
  get speakers(): Participant[] {
    return this.speaking.flatMap((user) => this.byUser.get(user) ?? []);
  }

  /** The whole roster, on entering the call and on coming back. */
  handleView(views: readonly ParticipantView[]): void {
    const present = new Set(views.map((view) => view.user));
    const removed = this.participants.filter((each) => !present.has(each.user) && !each.isCalled);
    for (const participant of removed) {
      this.byUser.delete(participant.user);
      participant.handleGone('Disconnected', undefined);
    }
    const added = views.flatMap((view) => this.merge(view));
    this.tell(added, removed);
  }

  /** Somebody came, or something about them changed; either is understood for known and unknown users. */
  handleParticipant(view: ParticipantView): void {
    this.tell(this.merge(view), []);
  }

  handleLeft(user: string, reason: { code: number; subCode: number; message: string }): void {
    const participant = this.byUser.get(user);
    if (participant) {
      this.byUser.delete(user);
      participant.handleGone('Disconnected', endReasonOf(reason));
      this.tell([], [participant]);
    }
  }

  /** The participant of that raw id. */
  of(user: string): Participant | undefined {
    return this.byUser.get(user);
  }

  /** This client calls somebody into the call. */
  handleCalling(user: string): Participant {
    const participant = new Participant({ user, displayName: '' }, 'Connecting', this.ports);
    this.byUser.set(user, participant);
    this.tell([participant], []);
    return participant;
  }

  /** Whom the call rings at: the whole list. Who came is told otherwise, and so is who does not come. */
  handleRinging(users: readonly string[]): void {
    users.forEach((user) => this.byUser.get(user)?.handleRings());
    const removed = this.participants.filter((each) => each.state === 'Ringing' && !users.includes(each.user));
    for (const participant of removed) {
      this.byUser.delete(participant.user);
      participant.handleGone('Disconnected', undefined);
    }
    const added = users.filter((user) => !this.byUser.has(user)).map((user) => new Participant({ user, displayName: '' }, 'Ringing', this.ports));
    added.forEach((participant) => this.byUser.set(participant.user, participant));
    this.tell(added, removed);
  }

  /** Somebody at whom the call rang does not come. */
  handleRingEnded(user: string, reason: { code: number; subCode: number; message: string }): void {
    if (this.byUser.get(user)?.isCalled) {
      this.handleLeft(user, reason);
    }
  }

  handleSpeaking(users: readonly string[]): void {
    for (const [user, participant] of this.byUser) {
      participant.handleSpeaking(users.includes(user));
    }
    this.speaking = users;
    this.events.emit('speakersChanged');
  }

  /** The call is over for this client. */
  handleEnded(): void {
    const removed = this.participants;
    this.byUser.clear();
    for (const participant of removed) {
      participant.handleGone('Disconnected', undefined);
    }
    this.tell([], removed);
  }

  private merge(view: ParticipantView): Participant[] {
    const known = this.byUser.get(view.user);
    const participant = known ?? new Participant(view, 'Connected', this.ports);
    this.byUser.set(view.user, participant);
    const before = participant.forbidden;
    const held = participant.state === 'Hold';
    participant.handleView(view);
    if (held !== (participant.state === 'Hold')) {
      this.events.emit('heldChanged');
    }
    if (before.join() !== view.forbidden.join()) {
      this.events.emit('accessChanged', [participant]);
    }
    return known ? [] : [participant];
  }

  private tell(added: Participant[], removed: Participant[]): void {
    if (added.length > 0 || removed.length > 0) {
      this.events.emit('updated', { added, removed });
    }
  }
}
