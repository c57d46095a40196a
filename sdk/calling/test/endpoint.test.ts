import { describe, expect, it } from 'vitest';
import { signalingUrl, type EndpointSources } from '../src/signaling/endpoint.js';
import { readToken } from '../src/signaling/token.js';
import { token } from './support/fakes.js';

const NOW = 1_800_000_000_000;
const NONE: EndpointSources = { option: undefined, baked: undefined, issuer: undefined, global: undefined, origin: undefined };
const url = (sources: Partial<EndpointSources>): string => signalingUrl({ ...NONE, ...sources });

describe('the server\'s address', () => {
  it('is the token\'s issuer, unless the page says otherwise', () => {
    const sources = { issuer: 'https://issuer.example', global: 'https://global.example', origin: 'https://page.example' };
    expect(url(sources)).toBe('wss://issuer.example/signaling');
    expect(url({ ...sources, baked: 'https://baked.example' })).toBe('wss://baked.example/signaling');
    expect(url({ ...sources, baked: 'https://baked.example', option: 'wss://option.example' })).toBe('wss://option.example/signaling');
  });

  it('is the page\'s global, then its origin, for tokens of issuers that are no URL', () => {
    expect(url({ issuer: 'somebody', global: 'https://global.example', origin: 'https://page.example' })).toBe('wss://global.example/signaling');
    expect(url({ issuer: 'somebody', origin: 'https://page.example:8443' })).toBe('wss://page.example:8443/signaling');
  });

  it('keeps a port and a path', () => {
    expect(url({ issuer: 'http://localhost:8080' })).toBe('ws://localhost:8080/signaling');
    expect(url({ issuer: 'https://example.org/convene/' })).toBe('wss://example.org/convene/signaling');
  });

  it.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://127.9.9.9', 'http://[::1]:1', 'ws://app.localhost'])('may be unprotected on this machine: %s', (issuer) => {
    expect(url({ issuer })).toMatch(/^ws:\/\//);
  });

  it.each(['http://meet.example', 'ws://10.0.0.1', 'http://localhost.example', 'http://notlocalhost', 'http://127.0.0.1.example'])('may not be unprotected elsewhere: %s', (issuer) => {
    expect(() => url({ issuer })).toThrow(/not protected by TLS/);
  });

  it('is never guessed: a wrong option is an error, and so is nothing at all', () => {
    expect(() => url({ option: 'meet.example', issuer: 'https://issuer.example' })).toThrow(/proxy\.url is not/);
    expect(() => url({ option: 'ftp://meet.example' })).toThrow(/proxy\.url is not/);
    expect(() => url({ issuer: 'javascript:alert(1)' })).toThrow(/address is unknown/);
  });
});

describe('a token', () => {
  it('names the user, the issuer and the scopes', () => {
    expect(readToken(token({ skypeid: 'orgid:44', acsScope: 'chat,voip' }), NOW)).toMatchObject({ user: '8:orgid:44', issuer: 'http://localhost:8080', scopes: ['chat', 'voip'] });
    expect(readToken(token({ acsScope: 'voip.join chat' }), NOW).scopes).toEqual(['voip.join', 'chat']);
  });

  it.each(['', 'abc', 'a.b', 'a.b.c', 'a.e30.c', `a.${Buffer.from('"text"').toString('base64url')}.c`])('that is malformed is refused with 401: %s', (text) => {
    expect(() => readToken(text, NOW)).toThrow(expect.objectContaining({ code: 401, subCode: 10009 }));
  });

  it('that has expired is refused with 401, that does not allow calls with 403', () => {
    expect(() => readToken(token({ exp: NOW / 1000 - 1 }), NOW)).toThrow(expect.objectContaining({ code: 401, message: expect.stringContaining('expired') }));
    expect(() => readToken(token({ acsScope: 'chat' }), NOW)).toThrow(expect.objectContaining({ code: 403 }));
    expect(() => readToken(token({ acsScope: 'voipers' }), NOW)).toThrow(expect.objectContaining({ code: 403 }));
  });
});
