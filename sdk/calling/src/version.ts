/** The package's version; package.json holds the same (a test compares them). */
export const VERSION = '1.46.0';

/** Longer names of apps are cut: they stand in every line that the server logs about a session. */
const APP_NAME_MAX = 60;

/** What the server writes into its logs about this client: the SDK, and the app if it names itself. */
export function clientName(app?: { readonly appName?: string; readonly appVersion?: string }): string {
  const named = [app?.appName, app?.appVersion].filter(Boolean).join('/').replace(/[^\w./ -]/g, '').slice(0, APP_NAME_MAX);
  return `@convene/calling ${VERSION}${named === '' ? '' : ` ${named}`}`;
}
