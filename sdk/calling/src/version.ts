/** The package's version; package.json holds the same (a test compares them). */
export const VERSION = '1.46.0';

/** What the server writes into its logs about this client. */
export const CLIENT_NAME = `@convene/calling ${VERSION}`;
