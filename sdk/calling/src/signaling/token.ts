import { failure } from '../errors.js';

/** What the SDK reads from an access token. Nothing here is verified: the server does that. */
export interface TokenClaims {
  /** The user's raw id, for example `8:acs:…`. */
  readonly user: string;
  /** The `iss` claim as it stands in the token: the server's own public URL. */
  readonly issuer: string | undefined;
  /** When the token expires, in milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  readonly scopes: readonly string[];
}

const CALLING_SCOPES = ['voip', 'voip.join'];

/** Decodes a JWT's payload. */
function payloadOf(token: string): Record<string, unknown> {
  const parts = token.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || !payload) {
    throw failure('invalidToken', 'The access token is not a JWT. Get a token from the app\'s server and pass it unchanged.');
  }
  try {
    const base64 = payload.replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && value !== null) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw failure('invalidToken', 'The access token\'s payload cannot be read. Get a new token from the app\'s server.', cause);
  }
  throw failure('invalidToken', 'The access token\'s payload is not an object. Get a new token from the app\'s server.');
}

/**
 * Reads a token's claims and checks what can be checked here.
 *
 * @param now milliseconds since 1970
 * @throws CommunicationServicesError 401 if the token is malformed or expired, 403 if its scopes do not allow calls
 */
export function readToken(token: string, now: number): TokenClaims {
  const payload = payloadOf(token);
  const skypeId = payload['skypeid'];
  if (typeof skypeId !== 'string' || skypeId === '') {
    throw failure('invalidToken', 'The access token names no user (claim skypeid). Issue it with the identity API.');
  }
  const expiresAt = typeof payload['exp'] === 'number' ? payload['exp'] * 1000 : undefined;
  if (expiresAt !== undefined && expiresAt <= now) {
    throw failure('invalidToken', 'The access token has expired. Get a new one from the app\'s server.');
  }
  const scope = payload['acsScope'];
  const scopes = typeof scope === 'string' ? scope.split(/[\s,]+/).filter(Boolean) : [];
  if (!scopes.some((name) => CALLING_SCOPES.includes(name))) {
    throw failure('scopeMissing', 'The access token does not allow calls. Issue a token with the scope voip, or voip.join.');
  }
  const issuer = typeof payload['iss'] === 'string' ? payload['iss'] : undefined;
  return { user: skypeId.startsWith('8:') ? skypeId : `8:${skypeId}`, issuer, expiresAt, scopes };
}
