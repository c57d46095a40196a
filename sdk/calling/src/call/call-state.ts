import type { CallEndReason, CallState } from '../api/common.js';
import { Emitter } from '../util/emitter.js';

/** Where a call is; the only source of `call.state`. */
export type CallPhase =
  | { readonly kind: 'created' }
  | { readonly kind: 'joining' }
  | { readonly kind: 'waiting' }
  /** In the call at the server; media is being set up. */
  | { readonly kind: 'entering' }
  /** In the call, which rings at others; nobody has come yet. */
  | { readonly kind: 'ringing' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'ended'; readonly reason: CallEndReason };

const STATE: Record<CallPhase['kind'], CallState> = {
  created: 'None',
  joining: 'Connecting',
  waiting: 'InLobby',
  entering: 'Connecting',
  ringing: 'Ringing',
  connected: 'Connected',
  leaving: 'Disconnecting',
  ended: 'Disconnected',
};

/** From where each phase may be entered. What comes late or twice is passed over. */
const FROM: Record<CallPhase['kind'], readonly CallPhase['kind'][]> = {
  created: [],
  joining: ['created'],
  waiting: ['joining', 'entering', 'ringing', 'connected'],
  entering: ['joining', 'waiting'],
  ringing: ['entering'],
  connected: ['entering', 'ringing'],
  leaving: ['created', 'joining', 'waiting', 'entering', 'ringing', 'connected'],
  ended: ['created', 'joining', 'waiting', 'entering', 'ringing', 'connected', 'leaving'],
};

/**
 * A call's life: created, joining, perhaps waiting, entering, perhaps ringing, perhaps waiting for who answered, connected, perhaps waiting again, leaving, ended. It holds no timer and does nothing by itself.
 *
 * Each `handle*` says what happened and returns whether the phase changed.
 */
export class CallLifecycle {
  readonly events = new Emitter<{ stateChanged: () => void; ended: (reason: CallEndReason) => void }>();
  private phase: CallPhase = { kind: 'created' };
  private held: 'LocalHold' | 'RemoteHold' | undefined;

  get kind(): CallPhase['kind'] {
    return this.phase.kind;
  }

  get state(): CallState {
    return this.phase.kind === 'connected' && this.held ? this.held : STATE[this.phase.kind];
  }

  get endReason(): CallEndReason | undefined {
    return this.phase.kind === 'ended' ? this.phase.reason : undefined;
  }

  /** True from the server's word that this client is in the call until its end. */
  get isIn(): boolean {
    return this.phase.kind === 'entering' || this.phase.kind === 'ringing' || this.phase.kind === 'connected';
  }

  get isEnded(): boolean {
    return this.phase.kind === 'ended';
  }

  handleJoining(): boolean {
    return this.enter({ kind: 'joining' });
  }

  handleWaiting(): boolean {
    return this.enter({ kind: 'waiting' });
  }

  handleEntered(): boolean {
    return this.enter({ kind: 'entering' });
  }

  handleRinging(): boolean {
    return this.enter({ kind: 'ringing' });
  }

  handleMediaConnected(): boolean {
    return this.enter({ kind: 'connected' });
  }

  /** Who holds the call, if anybody does; it counts while the call is connected. */
  handleHeld(held: 'LocalHold' | 'RemoteHold' | undefined): void {
    const before = this.state;
    this.held = held;
    if (this.state !== before) {
      this.events.emit('stateChanged');
    }
  }

  handleLeaving(): boolean {
    return this.enter({ kind: 'leaving' });
  }

  /** The reason stands before the state changes, and `ended` comes after `stateChanged`. */
  handleEnded(reason: CallEndReason): boolean {
    const ended = this.enter({ kind: 'ended', reason });
    if (ended) {
      this.events.emit('ended', reason);
    }
    return ended;
  }

  /** Resolves at the end, or after that time. */
  untilEnded(limitMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.events.off('ended', done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.events.on('ended', done);
      if (this.isEnded) {
        done();
      }
    });
  }

  private enter(next: CallPhase): boolean {
    if (!FROM[next.kind].includes(this.phase.kind)) {
      return false;
    }
    const before = this.state;
    this.phase = next;
    if (this.state !== before) {
      this.events.emit('stateChanged');
    }
    return true;
  }
}
