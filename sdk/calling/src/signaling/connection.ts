import { CallingError, asCallingError, failure } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import type { Event, Reply, Request } from './protocol.gen.js';
import { openSession, type Session } from './session.js';
import type { Connect } from './transport.js';

/** Waits between attempts to connect again, in milliseconds; the last one repeats. */
const BACKOFF_MS = [300, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
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
  /** The session is gone, and with it every call in it. */
  lost: (reason: CallingError) => void;
  stateChanged: (state: ConnectionPhase) => void;
}

/** Where a connection is. */
export type ConnectionPhase =
  | { readonly kind: 'connected'; readonly session: Session }
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
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private refusedToken: string | undefined;

  constructor(
    private readonly route: Route,
    session: Session,
  ) {
    this.phase = { kind: 'connected', session };
    this.attach(session);
    globalThis.addEventListener?.('online', this.handleOnline);
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

  /** Closes the line for good. */
  close(): void {
    this.enter({ kind: 'closed', reason: failure('agentDisposed', 'The call agent is disposed. Create a new one.') });
  }

  private attach(session: Session): void {
    session.events.on('event', (call, event) => this.events.emit('event', call, event));
    session.events.on('closed', (reason) => this.handleLost(reason));
  }

  private handleLost(reason: CallingError): void {
    this.events.emit('lost', reason);
    if (this.phase.kind === 'connected') {
      this.enter({ kind: 'reconnecting', reason });
      this.schedule();
    }
  }

  private readonly handleOnline = (): void => {
    if (this.phase.kind === 'reconnecting' && this.retry !== undefined) {
      clearTimeout(this.retry);
      this.retry = undefined;
      void this.reopen();
    }
  };

  private schedule(): void {
    const wait = BACKOFF_MS[Math.min(this.attempt, BACKOFF_MS.length - 1)] ?? 15_000;
    this.attempt += 1;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.reopen();
    }, wait * (0.75 + Math.random() / 2));
  }

  private async reopen(): Promise<void> {
    let token: string | undefined;
    try {
      token = await this.route.getToken();
      if (token === this.refusedToken) {
        this.enter({ kind: 'closed', reason: failure('invalidToken', 'The server refused the access token and there is no newer one. Create a new call agent.') });
        return;
      }
      const session = await openSession(this.route.connect(this.route.url), token, this.route.client);
      if (this.phase.kind !== 'reconnecting') {
        session.close();
        return;
      }
      this.attempt = 0;
      this.refusedToken = undefined;
      this.attach(session);
      this.enter({ kind: 'connected', session });
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
      globalThis.removeEventListener?.('online', this.handleOnline);
      if (this.phase.kind === 'connected') {
        this.phase.session.close();
      }
    }
    this.phase = next;
    this.events.emit('stateChanged', next);
  }
}
