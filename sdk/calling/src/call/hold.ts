import { failure } from '../errors.js';
import type { CallLifecycle } from './call-state.js';
import type { Entry } from './entry.js';
import type { Roster } from './roster.js';

/** What holding needs of the rest of the call. */
export interface HoldPorts {
  /** Tells the server, which sees to it that nothing goes either way. */
  tell(held: boolean): Promise<void>;
  /** Sends nothing, or goes on. */
  pause(paused: boolean): Promise<void>;
}

/** Whether the call is held, here or by the other one of two. */
export class CallHold {
  private held = false;

  constructor(
    private readonly entry: Entry,
    private readonly roster: Roster,
    private readonly lifecycle: CallLifecycle,
    private readonly ports: HoldPorts,
  ) {}

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
      await this.ports.tell(this.held);
    }
  }

  /** Somebody else is otherwise than before. */
  handleOthers(): void {
    this.look();
  }

  /** Out of the call, into its lobby: who comes back holds nothing. */
  async handleReset(): Promise<void> {
    this.held = false;
    await this.ports.pause(false);
    this.look();
  }

  private async change(held: boolean): Promise<void> {
    if (held === this.held) {
      return;
    }
    this.held = held;
    try {
      // Nothing is heard of this client from the moment that it holds the call; it is heard again once the server lets it.
      await (held ? this.ports.pause(true) : this.ports.tell(false));
      await (held ? this.ports.tell(true) : this.ports.pause(false));
    } catch (error) {
      this.held = !held;
      await this.ports.pause(!held);
      throw error;
    } finally {
      this.look();
    }
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
