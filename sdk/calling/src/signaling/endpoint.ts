import { failure } from '../errors.js';

/** Where a server's address may stand, best first. */
export interface EndpointSources {
  /** `CallClientOptions.networkConfiguration.proxy.url`. */
  readonly option: string | undefined;
  /** A build-time constant of the bundler: `__CONVENE_ENDPOINT__`. */
  readonly baked: string | undefined;
  /** The token's `iss` claim. */
  readonly issuer: string | undefined;
  /** The page's `globalThis.CONVENE_ENDPOINT`. */
  readonly global: string | undefined;
  /** The page's own origin. */
  readonly origin: string | undefined;
}

declare const __CONVENE_ENDPOINT__: string | undefined;

/** The sources as this page has them. */
export function endpointSources(option: string | undefined, issuer: string | undefined): EndpointSources {
  const global: unknown = Reflect.get(globalThis, 'CONVENE_ENDPOINT');
  const location: unknown = Reflect.get(globalThis, 'location');
  const origin: unknown = typeof location === 'object' && location !== null ? Reflect.get(location, 'origin') : undefined;
  return {
    option,
    baked: typeof __CONVENE_ENDPOINT__ === 'string' ? __CONVENE_ENDPOINT__ : undefined,
    issuer,
    global: typeof global === 'string' ? global : undefined,
    origin: typeof origin === 'string' && origin !== 'null' ? origin : undefined,
  };
}

/** True for names and addresses that never leave this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The WebSocket URL of the server.
 *
 * An `iss` that is no URL (another issuer's token) is passed over; a wrong explicit option is an error.
 *
 * @throws CommunicationServicesError 400 if there is no address, or it would send the token unprotected over a network
 */
export function signalingUrl(sources: EndpointSources): string {
  if (sources.option !== undefined && !parse(sources.option)) {
    throw failure('invalidArgument', 'networkConfiguration.proxy.url is not an http, https, ws or wss URL.');
  }
  const candidates = [sources.option, sources.baked, sources.issuer, sources.global, sources.origin];
  const base = candidates.map((text) => (text === undefined ? undefined : parse(text))).find((url) => url !== undefined);
  if (!base) {
    throw failure(
      'invalidArgument',
      'The server\'s address is unknown: the token has no URL in its iss claim. Set networkConfiguration.proxy.url in the CallClient\'s options.',
    );
  }
  const secure = base.protocol === 'https:' || base.protocol === 'wss:';
  if (!secure && !isLoopback(base.hostname)) {
    throw failure('invalidArgument', `The server's address ${base.origin} is not protected by TLS. Use https, or a loopback host while developing.`);
  }
  const path = base.pathname.replace(/\/+$/, '');
  return `${secure ? 'wss' : 'ws'}://${base.host}${path}/signaling`;
}
