import { getIdentifierRawId, type CommunicationIdentifier } from '@azure/communication-common';
import { failure } from '../errors.js';

/**
 * An identifier as it goes to the server.
 *
 * @param wanted what to say about anything else
 * @throws CommunicationServicesError 400
 */
export function rawIdOf(identifier: CommunicationIdentifier, wanted: string): string {
  const rawId: unknown = typeof identifier === 'object' && identifier !== null
    ? (getIdentifierRawId(identifier) ?? (identifier as { rawId?: unknown }).rawId)
    : undefined;
  if (typeof rawId !== 'string' || rawId === '') {
    throw failure('invalidArgument', wanted);
  }
  return rawId;
}
