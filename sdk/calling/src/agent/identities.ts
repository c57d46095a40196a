import { failure } from '../errors.js';

/** The users for whom a call agent exists in this page. Two agents of one user would take each other's calls. */
const inUse = new Set<string>();

/**
 * Takes a user; call the result to give it back.
 *
 * @throws CommunicationServicesError 409/40228 if the user has an agent already
 */
export function claimIdentity(user: string): () => void {
  if (inUse.has(user)) {
    throw failure('duplicateAgent', 'There is a call agent for this identity already. Dispose of it before creating another one.');
  }
  inUse.add(user);
  return () => void inUse.delete(user);
}
