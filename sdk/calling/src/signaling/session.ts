import { CallingError, failure, refusal } from '../errors.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import { DecodeError, decodeServerMessage } from './decode.js';
import { PROTOCOL_VERSIONS, type ClientMessage, type Event, type Relay, type Reply, type Request, type RingView, type ServerMessage } from './protocol.gen.js';
import type { Transport } from './transport.js';

/** How long the server may take to welcome, and to answer a request. Longer: a dead server is noticed later. Shorter: slow networks fail. */
const ANSWER_MAX_MS = 15_000;
/** Heartbeats that may stay unanswered before the session counts as lost. */
const MISSED_PONGS_MAX = 2;
/** How long a server that is probed may stay silent. Longer: a dead line is noticed late. Shorter: a slow network loses its line. */
const PROBE_MAX_MS = 2_000;

/** What a session tells. */
export interface SessionEvents {
  /** Something happened in the call with that handle. */
  event: (call: number, event: Event) => void;
  /** Somebody calls. */
  rings: (ring: RingView) => void;
  /** A call rings no more here. */
  ringOver: (ring: string, reason: CallingError) => void;
  /** The session is over. Comes once. `dismissed`: the server ended it, and with it this client's places in calls. */
  closed: (reason: CallingError, dismissed: boolean) => void;
  /** A new token was taken; from now on it expires in `expiresInMs`. */
  refreshed: (expiresInMs: number) => void;
}

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: CallingError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * One authenticated WebSocket, from `hello` to its end. Made by `openSession`; it never reconnects (`Connection` does).
 */
export class Session {
  readonly events = new Emitter<SessionEvents>();
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private missedPongs = 0;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private probe: ReturnType<typeof setTimeout> | undefined;
  private ended: CallingError | undefined;

  constructor(
    private readonly transport: Transport,
    /** Who the server says this client is. */
    readonly user: string,
    heartbeatMs: number,
    /** When the token of the hello expires, in milliseconds from the welcome. */
    readonly expiresInMs: number,
    /** The operator's TURN servers, with credentials for as long as the token. */
    public relay: Relay | undefined,
  ) {
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
  }

  /**
   * Asks for something to be done in the call with that handle.
   *
   * @throws CommunicationServicesError the server's refusal, or 496/7 if the session ends first, or 408 without an answer
   */
  request(call: number, request: Request): Promise<Reply> {
    if (this.ended) {
      return Promise.reject(this.ended);
    }
    const id = this.nextId;
    this.nextId += 1;
    return new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(failure('timedOut', `The server did not answer the request ${request.type} in time. Check the network and try again.`));
      }, ANSWER_MAX_MS);
      this.pending.set(id, { resolve, reject, timer });
      this.send({ type: 'request', id, call, request });
    });
  }

  /** Offers a new token; `refreshed` follows, or the server ends the session. */
  refresh(token: string): void {
    this.send({ type: 'refresh', token });
  }

  /** There is reason to doubt the line: it is lost unless the server says something within two seconds. */
  doubt(): void {
    if (!this.ended && this.probe === undefined) {
      this.probe = setTimeout(() => this.lose('The server no longer answers. Check the network.'), PROBE_MAX_MS);
      this.send({ type: 'ping' });
    }
  }

  /** Ends the session from this side, and leaves its calls. */
  close(): void {
    this.end(failure('networkLost', 'The session was closed.'), 'leaving');
  }

  handleFrame(frame: string): void {
    this.missedPongs = 0;
    clearTimeout(this.probe);
    this.probe = undefined;
    const message = decode(frame);
    if (message) {
      this.handleMessage(message);
    }
  }

  handleTransportClosed(): void {
    this.lose('The connection to the server was lost. Check the network.');
  }

  private lose(message: string): void {
    this.end(failure('networkLost', message), 'lost');
  }

  private handleMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'response': {
        const pending = this.pending.get(message.id);
        this.pending.delete(message.id);
        clearTimeout(pending?.timer);
        if (message.error) {
          pending?.reject(refusal(message.error));
        } else if (message.reply) {
          pending?.resolve(message.reply);
        }
        return;
      }
      case 'event':
        this.events.emit('event', message.call, message.event);
        return;
      case 'rings':
        this.events.emit('rings', message.ring);
        return;
      case 'ringOver':
        this.events.emit('ringOver', message.ring, refusal(message.reason));
        return;
      case 'goodbye':
        this.end(refusal(message.error), 'dismissed');
        return;
      case 'refreshed':
        this.relay = message.relay;
        this.events.emit('refreshed', message.expiresInMs);
        return;
      case 'pong':
      case 'welcome':
        return;
    }
  }

  private beat(): void {
    if (this.missedPongs >= MISSED_PONGS_MAX) {
      this.lose('The server no longer answers. Check the network.');
      return;
    }
    this.missedPongs += 1;
    this.send({ type: 'ping' });
  }

  private send(message: ClientMessage): void {
    this.transport.send(JSON.stringify(message));
  }

  private end(reason: CallingError, how: 'leaving' | 'lost' | 'dismissed'): void {
    if (this.ended) {
      return;
    }
    this.ended = reason;
    clearInterval(this.heartbeat);
    clearTimeout(this.probe);
    this.transport.close(how === 'leaving');
    for (const pending of this.pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(reason);
    }
    this.pending.clear();
    if (how !== 'leaving') {
      this.events.emit('closed', reason, how === 'dismissed');
    }
  }
}

function decode(frame: string): ServerMessage | undefined {
  try {
    return decodeServerMessage(frame);
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    log.warning(error.message);
    return undefined;
  }
}

/**
 * Says hello over a fresh transport and waits for the welcome.
 *
 * @param limitMs how long that may take
 * @throws CommunicationServicesError the server's refusal (401 for a token), or 490/40114 if the server cannot be reached
 */
export function openSession(transport: Transport, token: string, client: string, limitMs = ANSWER_MAX_MS): Promise<Session> {
  return new Promise<Session>((resolve, reject) => {
    let session: Session | undefined;
    const fail = (error: CallingError): void => {
      clearTimeout(timer);
      transport.close(true);
      reject(error);
    };
    const timer = setTimeout(() => fail(failure('connectFailed', 'The server did not answer in time. Check the network and the server\'s address.')), limitMs);
    transport.handle({
      opened: () => {
        const hello: ClientMessage = { type: 'hello', versions: [...PROTOCOL_VERSIONS], token, client };
        transport.send(JSON.stringify(hello));
      },
      received: (frame) => {
        if (session) {
          session.handleFrame(frame);
          return;
        }
        const message = decode(frame);
        if (message?.type === 'welcome') {
          clearTimeout(timer);
          session = new Session(transport, message.user, message.heartbeatMs, message.expiresInMs, message.relay);
          resolve(session);
        } else if (message?.type === 'goodbye') {
          fail(refusal(message.error));
        }
      },
      closed: () => {
        if (session) {
          session.handleTransportClosed();
        } else {
          fail(failure('connectFailed', 'The server could not be reached. Check the network and the server\'s address.'));
        }
      },
    });
  });
}
