import type { CommunicationIdentifier } from '@azure/communication-common';
import type { AdmitAllOperationResult, Lobby, LobbyEvents, RemoteParticipant } from '../api/participant.js';
import { failure } from '../errors.js';
import type { LobbyOutcome, Reply, Request, WaiterView } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { rawIdOf } from './identifier.js';
import { Participant } from './remote-participant.js';

const ABOUT = 'The lobby needs the identifier of somebody in lobby.participants.';
/** Those who wait have no video, and are not heard. */
const NO_PORTS = {
  handleDemandChanged: () => undefined,
  mute: () => Promise.reject(failure('forbidden', 'Nobody hears those who wait in the lobby.')),
};

/** The people who wait, for those who may admit them. */
export class CallLobby implements Lobby {
  private readonly emitter = new Emitter<LobbyEvents>();
  private readonly byUser = new Map<string, Participant>();

  constructor(private readonly request: (request: Request) => Promise<Reply>) {}

  get participants(): ReadonlyArray<RemoteParticipant> {
    return [...this.byUser.values()];
  }

  on<K extends keyof LobbyEvents>(event: K, listener: LobbyEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof LobbyEvents>(event: K, listener: LobbyEvents[K]): void {
    this.emitter.off(event, listener);
  }

  /**
   * Lets somebody in, with all their devices.
   *
   * @throws CommunicationServicesError 403 if our role does not allow it, 404 if this person does not wait
   */
  async admit(participant: CommunicationIdentifier): Promise<void> {
    await this.request({ type: 'admit', user: rawIdOf(participant, ABOUT) });
  }

  /**
   * Sends somebody away, with all their devices.
   *
   * @throws CommunicationServicesError 403 if our role does not allow it, 404 if this person does not wait
   */
  async reject(participant: CommunicationIdentifier): Promise<void> {
    await this.request({ type: 'reject', user: rawIdOf(participant, ABOUT) });
  }

  /**
   * Lets everybody in who waits.
   *
   * @throws CommunicationServicesError 403 if our role does not allow it
   */
  async admitAll(): Promise<AdmitAllOperationResult> {
    const reply = await this.request({ type: 'admitAll' });
    if (reply.type !== 'admittedAll') {
      throw failure('protocolBroken', `The server answered admitAll with ${reply.type}. Update the older of client and server.`);
    }
    return { successCount: reply.admitted, failureCount: reply.failed };
  }

  /** @internal Everybody who waits, on entering the call and on coming back. Nobody for those who may no longer know. */
  handleView(waiters: readonly WaiterView[]): void {
    const removed = [...this.byUser].filter(([user]) => !waiters.some((waiter) => waiter.user === user));
    for (const [user, participant] of removed) {
      this.byUser.delete(user);
      participant.handleGone('Disconnected', undefined);
    }
    const added = waiters.filter((waiter) => !this.byUser.has(waiter.user)).map((waiter) => this.add(waiter));
    this.tell(added, removed.map(([, participant]) => participant));
  }

  /** @internal */
  handleKnocked(waiter: WaiterView): void {
    const known = this.byUser.get(waiter.user);
    if (known) {
      known.handleName(waiter.displayName);
    } else {
      this.tell([this.add(waiter)], []);
    }
  }

  /** @internal */
  handleLeft(user: string, outcome: LobbyOutcome): void {
    const participant = this.byUser.get(user);
    if (participant) {
      this.byUser.delete(user);
      participant.handleGone(outcome === 'admitted' ? 'Connected' : 'Disconnected', undefined);
      this.tell([], [participant]);
    }
  }

  /** @internal The call is over for this client. */
  handleEnded(): void {
    const removed = [...this.byUser.values()];
    this.byUser.clear();
    this.tell([], removed);
  }

  private add(waiter: WaiterView): Participant {
    const waitingSince = new Date(Date.now() - waiter.waitedMs);
    const participant = new Participant(waiter, 'InLobby', NO_PORTS, waitingSince);
    this.byUser.set(waiter.user, participant);
    return participant;
  }

  private tell(added: Participant[], removed: Participant[]): void {
    if (added.length > 0 || removed.length > 0) {
      this.emitter.emit('lobbyParticipantsUpdated', { added, removed });
    }
  }
}
