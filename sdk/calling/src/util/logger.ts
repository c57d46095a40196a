import { createClientLogger } from '@azure/logger';

/** The SDK's own log, switched on with `setLogLevel` of `@azure/logger`. Tokens, links and names never go into it. */
export const log = createClientLogger('convene-calling');
