import { createClientLogger, type AzureLogger } from '@azure/logger';

let target: Pick<AzureLogger, 'info' | 'warning'> = createClientLogger('convene-calling');

/** The SDK's own log, switched on with `setLogLevel` of `@azure/logger`. Tokens, links and names never go into it. */
export const log = {
  info: (message: string): void => target.info(message),
  warning: (message: string): void => target.warning(message),
};

/** Sends the log of the whole page to the app's own logger from now on. */
export function logTo(logger: AzureLogger): void {
  target = logger;
}
