import { asCallingError, failure, type CallingError } from '../errors.js';
import { log } from '../util/logger.js';
import type { Session } from './session.js';

/** How long before its end a token is renewed, at most. Longer: short tokens are renewed all the time. Shorter: a slow app server ends calls. */
const AHEAD_MAX_MS = 300_000;
/** The share of a token's time that is kept for renewing it. */
const AHEAD_SHARE = 0.1;
/** Attempts come no closer than that; the last one is made that long before the token's end. */
const ATTEMPT_MIN_MS = 1_000;
/** The longest time that a browser's timer takes. */
const TIMER_MAX_MS = 2_147_483_647;

/**
 * Renews a session's token before it expires: asks the credential, and offers what is new to the server.
 *
 * A credential that has only the same token, or fails, is asked again, each time after half of what is left. When the token has expired, the
 * server ends the session; `explain` then says why there was no new token.
 */
export class TokenRenewal {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private problem: string | undefined;
  private expiresAt = 0;
  private closed = false;

  /** @param token the token of the session's hello */
  constructor(
    private readonly session: Session,
    private token: string,
    private readonly getToken: () => Promise<string>,
  ) {
    session.events.on('refreshed', (expiresInMs) => this.schedule(expiresInMs));
    this.schedule(session.expiresInMs);
  }

  /** The token that the session lives on. */
  get current(): string {
    return this.token;
  }

  /** The server's reason for ending the session, with what is known here of a failed renewal. */
  explain(reason: CallingError): CallingError {
    if (reason.code !== 401 || this.problem === undefined) {
      return reason;
    }
    return failure('invalidToken', `The access token expired and could not be refreshed: ${this.problem} Get a new token from the app's server and join again.`, reason);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private schedule(expiresInMs: number): void {
    this.problem = undefined;
    this.expiresAt = Date.now() + expiresInMs;
    this.wait(expiresInMs - Math.min(AHEAD_MAX_MS, expiresInMs * AHEAD_SHARE));
  }

  private wait(ms: number): void {
    clearTimeout(this.timer);
    if (!this.closed) {
      this.timer = setTimeout(() => void this.renew(), Math.min(Math.max(ms, 0), TIMER_MAX_MS));
    }
  }

  private async renew(): Promise<void> {
    try {
      const token = await this.getToken();
      if (this.closed) {
        return;
      }
      if (token !== this.token) {
        this.token = token;
        this.session.refresh(token);
        return;
      }
      this.problem = 'the credential has no newer one.';
    } catch (error) {
      this.problem = asCallingError(error).message;
      log.warning(`The access token could not be refreshed: ${this.problem}`);
    }
    const left = this.expiresAt - Date.now();
    if (left > ATTEMPT_MIN_MS) {
      this.wait(Math.max(left / 2, ATTEMPT_MIN_MS));
    }
  }
}
