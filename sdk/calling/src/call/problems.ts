import { asCallingError, CallingError, failure } from '../errors.js';
import type { Reply, Request } from '../signaling/protocol.gen.js';
import { log } from '../util/logger.js';

/** The server answered something else than what it was asked for. */
export function unexpected(request: Request['type'], reply: Reply): CallingError {
  return failure('protocolBroken', `The server answered ${request} with ${reply.type}. Update the older of client and server.`);
}

/** The reason of an end that this client asked for. */
export function ownEnd(forEveryone: boolean): CallingError {
  return forEveryone ? new CallingError(0, 4097, 'The meeting was ended for everybody.') : new CallingError(0, 0, 'You left the call.');
}

/** A reason for the end of a call. */
export function asEnd(reason: { code: number; subCode: number; message: string }): CallingError {
  return new CallingError(reason.code, reason.subCode, reason.message);
}

/** What goes wrong beside the call is logged; the call goes on. */
export function warn(what: string): (error: unknown) => void {
  return (error) => log.warning(`${what}: ${asCallingError(error).message}`);
}
