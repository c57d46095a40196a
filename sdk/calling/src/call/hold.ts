import { failure } from '../errors.js';
import type { MediaSession } from '../media/media-session.js';
import type { Reply, Request } from '../signaling/protocol.gen.js';
import type { CallLifecycle } from './call-state.js';
import type { Entry } from './entry.js';
import { warn } from './problems.js';
import type { Roster } from './roster.js';

/** Whether the call is held, here or by the other one of two. */
export class CallHold {
  private held = false;

  constructor(
    private readonly entry: Entry,
    private readonly roster: Roster,
    private readonly lifecycle: CallLifecycle,
    private readonly media: MediaSession,
    private readonly request: (request: Request) => Promise<Reply>,
  ) {
    roster.events.on('updated', () => this.look());
    roster.events.on('heldChanged', () => this.look());
    lifecycle.events.on('stateChanged', () => this.handleState());
  }

  /** True if this client holds the call. */
  get isHeld(): boolean {
    return this.held;
  }

  /** @throws CommunicationServicesError 412 if the call is not connected, or the server's refusal */
  async hold(): Promise<void> {
    this.mustBeConnected('hold');
    await this.change(true);
  }

  /** @throws CommunicationServicesError 412 if the call is not connected, or the server's refusal */
  async resume(): Promise<void> {
    this.mustBeConnected('resume');
    await this.change(false);
  }

  /** This client is in the call, or back in it. What was held stays held. */
  async handleEntered(known: boolean): Promise<void> {
    if (known !== this.held) {
      await this.tell(this.held);
    }
  }

  /** Out of the call, into its lobby: who comes back holds nothing. */
  private handleState(): void {
    if (this.lifecycle.kind === 'waiting' && this.held) {
      this.held = false;
      this.media.setPaused(false).catch(warn('The call could not be taken up again'));
      this.look();
    }
  }

  private async change(held: boolean): Promise<void> {
    if (held === this.held) {
      return;
    }
    this.held = held;
    try {
      // Nothing is heard of this client from the moment that it holds the call; it is heard again once the server lets it.
      await (held ? this.media.setPaused(true) : this.tell(false));
      await (held ? this.tell(true) : this.media.setPaused(false));
    } catch (error) {
      this.held = !held;
      await this.media.setPaused(!held);
      throw error;
    } finally {
      this.look();
    }
  }

  /** The server sees to it that nothing goes either way. */
  private async tell(held: boolean): Promise<void> {
    await this.request({ type: 'setHeld', held });
  }

  private look(): void {
    const [first, ...more] = this.roster.participants;
    const byTheOther = this.entry.kind !== 'join' && more.length === 0 && first?.state === 'Hold';
    this.lifecycle.handleHeld(this.held ? 'LocalHold' : byTheOther ? 'RemoteHold' : undefined);
  }

  private mustBeConnected(action: string): void {
    if (this.lifecycle.kind !== 'connected') {
      throw failure('notInCall', `${action} needs a call that is connected; this one is ${this.lifecycle.state}.`);
    }
  }
}
