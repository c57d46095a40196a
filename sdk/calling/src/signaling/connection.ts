import type { IceServer } from '../api/agent.js';
import { CallingError, asCallingError, failure } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import type { Event, Relay, Reply, Request, RingView } from './protocol.gen.js';
import { openSession, type Session } from './session.js';
import { TokenRenewal } from './token-renewal.js';
import type { Connect } from './transport.js';

/**
 * Waits between attempts to connect again, in milliseconds; the last one repeats while calls may still be saved. Longer: people see each other that
 * much later once the network is back. Shorter: many pages crowd a server that restarts.
 */
const BACKOFF_MS = [0, 500, 1_000, 1_000] as const;
/** The wait when no call can be saved any more. Longer: the agent comes back late. Shorter: many pages crowd a server that restarts. */
const BACKOFF_LATE_MS = 15_000;
/** How long one attempt may take while calls may still be saved. Longer: a lost first packet costs seconds. Shorter: slow networks never connect. */
const ATTEMPT_MAX_MS = 5_000;
/** How long calls wait for a connection. The server keeps a place for 30 s, and for 60 s after it restarted. */
const SAVE_CALLS_MAX_MS = 60_000;
/** A session that lives shorter than this is not followed by another one at once. */
const STABLE_MS = 3_000;
/** How long a request waits for a session that is being opened again. */
const SESSION_WAIT_MAX_MS = 10_000;

/** How to reach the server, again and again. */
export interface Route {
  readonly url: string;
  readonly connect: Connect;
  getToken(): Promise<string>;
  /** The client's name for the server's logs. */
  readonly client: string;
}

/** What a connection tells. */
export interface ConnectionEvents {
  event: (call: number, event: Event) => void;
  rings: (ring: RingView) => void;
  ringOver: (ring: string, reason: CallingError) => void;
  /** Every call is over: the server ended the session, or the network stayed away for too long. */
  lost: (reason: CallingError) => void;
  stateChanged: (state: ConnectionPhase) => void;
}

/** Where a connection is. */
export type ConnectionPhase =
  | { readonly kind: 'connected'; readonly session: Session }
  /** Calls go on until `lost`; they resume when the phase is `connected` again. */
  | { readonly kind: 'reconnecting'; readonly reason: CallingError }
  | { readonly kind: 'closed'; readonly reason: CallingError };

/**
 * The agent's line to its server: one session at a time; after a loss it opens the next one by itself.
 *
 * It gives up only when the server refuses the token and the app has no other one.
 */
export class Connection {
  readonly events = new Emitter<ConnectionEvents>();
  private phase: ConnectionPhase;
  private renewal: TokenRenewal;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  /** Runs while calls may still be saved. */
  private saving: ReturnType<typeof setTimeout> | undefined;
  private connectedAt = performance.now();
  private refusedToken: string | undefined;
  private relay: Relay | undefined;

  /** @param token the one that the session was opened with */
  constructor(
    private readonly route: Route,
    session: Session,
    token: string,
  ) {
    this.phase = { kind: 'connected', session };
    this.renewal = this.attach(session, token);
    globalThis.addEventListener?.('online', this.handleOnline);
    globalThis.addEventListener?.('pagehide', this.handlePageHide);
  }

  get state(): ConnectionPhase {
    return this.phase;
  }

  /**
   * Asks for something to be done, on the session that is open now or within the next seconds.
   *
   * @throws CommunicationServicesError as `Session.request`
   */
  request(call: number, request: Request): Promise<Reply> {
    if (this.phase.kind === 'connected') {
      return this.phase.session.request(call, request);
    }
    return this.nextSession().then((session) => session.request(call, request));
  }

  /** The operator's TURN servers, as the last session named them. */
  get relays(): readonly IceServer[] {
    const { relay } = this;
    return relay ? [relay] : [];
  }

  /** There is reason to doubt the line, for example because media stopped arriving. */
  doubt(): void {
    if (this.phase.kind === 'connected') {
      this.phase.session.doubt();
    } else {
      this.hurry();
    }
  }

  /** Closes the line for good. */
  close(): void {
    this.enter({ kind: 'closed', reason: failure('agentDisposed', 'The call agent is disposed. Create a new one.') });
  }

  private attach(session: Session, token: string): TokenRenewal {
    const renewal = new TokenRenewal(session, token, () => this.route.getToken());
    this.relay = session.relay;
    session.events.on('refreshed', () => (this.relay = session.relay));
    session.events.on('event', (call, event) => this.events.emit('event', call, event));
    session.events.on('rings', (ring) => this.events.emit('rings', ring));
    session.events.on('ringOver', (ring, reason) => this.events.emit('ringOver', ring, reason));
    session.events.on('closed', (reason, dismissed) => {
      renewal.close();
      this.handleClosed(renewal.explain(reason), dismissed, renewal.current);
    });
    return renewal;
  }

  private handleClosed(reason: CallingError, dismissed: boolean, token: string): void {
    if (this.phase.kind !== 'connected') {
      return;
    }
    if (dismissed && reason.code === 401) {
      this.refusedToken = token;
    }
    this.attempt = performance.now() - this.connectedAt < STABLE_MS ? 1 : 0;
    if (dismissed) {
      this.events.emit('lost', reason);
    } else {
      this.saving = setTimeout(() => this.giveCallsUp(), SAVE_CALLS_MAX_MS);
    }
    this.enter({ kind: 'reconnecting', reason });
    this.schedule();
  }

  private giveCallsUp(): void {
    this.saving = undefined;
    this.events.emit('lost', failure('networkLost', 'The connection to the server was lost and did not come back within a minute. Check the network and join again.'));
  }

  private readonly handleOnline = (): void => this.doubt();

  /** A tab that is closed leaves at once. One that the browser keeps may come back: there the browser cuts the line by itself. */
  private readonly handlePageHide = (event: { readonly persisted?: boolean }): void => {
    if (event.persisted !== true) {
      this.close();
    }
  };

  /** Tries again now instead of after the wait. */
  private hurry(): void {
    if (this.phase.kind === 'reconnecting' && this.retry !== undefined) {
      clearTimeout(this.retry);
      this.retry = undefined;
      void this.reopen();
    }
  }

  private schedule(): void {
    const soon = BACKOFF_MS[Math.min(this.attempt, BACKOFF_MS.length - 1)] ?? BACKOFF_LATE_MS;
    const late = this.saving === undefined && this.attempt >= BACKOFF_MS.length;
    this.attempt += 1;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.reopen();
    }, (late ? BACKOFF_LATE_MS : soon) * (0.75 + Math.random() / 2));
  }

  private async reopen(): Promise<void> {
    let token: string | undefined;
    try {
      token = await this.route.getToken();
      if (this.phase.kind !== 'reconnecting') {
        return;
      }
      if (token === this.refusedToken) {
        this.refuse();
        return;
      }
      const limit = this.saving === undefined ? undefined : ATTEMPT_MAX_MS;
      const session = await openSession(this.route.connect(this.route.url), token, this.route.client, limit);
      this.handleOpened(session, token);
    } catch (thrown) {
      const error = asCallingError(thrown);
      log.info(`Connecting again failed: ${error.code}/${error.subCode}.`);
      if (error.code === 401 && token !== undefined) {
        this.refusedToken = token;
      }
      if (this.phase.kind === 'reconnecting') {
        this.schedule();
      }
    }
  }

  private handleOpened(session: Session, token: string): void {
    if (this.phase.kind !== 'reconnecting') {
      session.close();
      return;
    }
    clearTimeout(this.saving);
    this.saving = undefined;
    this.connectedAt = performance.now();
    this.refusedToken = undefined;
    this.renewal = this.attach(session, token);
    this.enter({ kind: 'connected', session });
  }

  private refuse(): void {
    const reason = failure('invalidToken', 'The server refused the access token and there is no newer one. Get a new token from the app\'s server and create a new call agent.');
    if (this.saving !== undefined) {
      this.events.emit('lost', reason);
    }
    this.enter({ kind: 'closed', reason });
  }

  private nextSession(): Promise<Session> {
    if (this.phase.kind === 'closed') {
      return Promise.reject(this.phase.reason);
    }
    return new Promise<Session>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.events.off('stateChanged', changed);
      };
      const timer = setTimeout(() => {
        done();
        reject(failure('networkLost', 'There is no connection to the server. Check the network and try again.'));
      }, SESSION_WAIT_MAX_MS);
      const changed = (state: ConnectionPhase): void => {
        if (state.kind === 'connected') {
          done();
          resolve(state.session);
        } else if (state.kind === 'closed') {
          done();
          reject(state.reason);
        }
      };
      this.events.on('stateChanged', changed);
    });
  }

  private enter(next: ConnectionPhase): void {
    if (this.phase.kind === 'closed') {
      return;
    }
    if (next.kind === 'closed') {
      clearTimeout(this.retry);
      clearTimeout(this.saving);
      this.renewal.close();
      globalThis.removeEventListener?.('online', this.handleOnline);
      globalThis.removeEventListener?.('pagehide', this.handlePageHide);
      if (this.phase.kind === 'connected') {
        this.phase.session.close();
      }
    }
    this.phase = next;
    this.events.emit('stateChanged', next);
  }
}
