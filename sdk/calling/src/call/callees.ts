import type { CommunicationIdentifier } from '@azure/communication-common';
import type { StartCallOptions } from '../api/agent.js';
import { failure, notSupported } from '../errors.js';
import { rawIdOf } from './identifier.js';

const ABOUT = 'startCall needs a list of whom to call, for example [{ communicationUserId }].';

/**
 * Whom `startCall` calls, as it goes to the server.
 *
 * @throws CommunicationServicesError 400 for no list of identifiers, 501 for telephone numbers, and for options that Convene does not have
 */
export function calleesOf(participants: unknown, options: StartCallOptions | undefined): string[] {
  if (options?.alternateCallerId !== undefined) {
    throw notSupported('alternateCallerId (calling telephone numbers)', 'Call users of your app.');
  }
  if (options?.customContext !== undefined) {
    throw notSupported('customContext', 'Send what the other side needs by your app\'s server, or by a data channel once it has answered.');
  }
  if (!Array.isArray(participants) || participants.length === 0) {
    throw failure('invalidArgument', ABOUT);
  }
  return participants.map((participant: CommunicationIdentifier) => callee(participant, ABOUT));
}

/**
 * Whom `addParticipant` calls, as it goes to the server.
 *
 * @throws CommunicationServicesError 400 for no identifier, 501 for telephone numbers
 */
export function calleeOf(identifier: CommunicationIdentifier): string {
  return callee(identifier, 'addParticipant needs whom to call, for example { communicationUserId }.');
}

function callee(identifier: CommunicationIdentifier, about: string): string {
  const user = rawIdOf(identifier, about);
  if (user.startsWith('4:')) {
    throw notSupported('Calling telephone numbers', 'Call users of your app.');
  }
  return user;
}
