import { createClientLogger } from '@azure/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import { credential, fixtureHello, OLGA, settle, TestClient, token, world, type World } from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let client: TestClient;

beforeEach(() => {
  vi.useFakeTimers();
  at = world();
  client = new TestClient(at);
});

afterEach(async () => {
  await client.dispose();
  vi.useRealTimers();
});

const create = (...tokens: string[]): Promise<CallAgent> => client.createCallAgent(credential(...tokens), { displayName: 'Ana' });

describe('creating an agent', () => {
  it('says hello, with the token in the first message and nowhere else, to the server that the token names', async () => {
    const text = token();
    await create(text);
    expect(at.server.line.url).toBe('ws://localhost:8080/signaling');
    expect(at.server.line.received).toEqual([{ ...fixtureHello(), token: text }]);
  });

  it('goes to another server when the client\'s options say so', async () => {
    client = new TestClient(at, { networkConfiguration: { proxy: { url: 'https://other.example' } } });
    await create(token());
    expect(at.server.line.url).toBe('wss://other.example/signaling');
  });

  it('names the app to the server\'s log when the app names itself, and nothing that could break a log line', async () => {
    client = new TestClient(at, { diagnostics: { appName: 'My shop\n"x"', appVersion: '2.1', tags: ['a'] } });
    await create(token());
    expect(at.server.line.received[0]).toMatchObject({ client: '@convene/calling 1.46.0 My shopx/2.1' });
  });

  it('gives the app\'s TURN servers to its calls, and its logger what goes wrong', async () => {
    const logger = createClientLogger('test');
    const lines: string[] = [];
    logger.warning = Object.assign((line: string) => lines.push(line), logger.warning);
    const iceServers = [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }];
    client = new TestClient(at, { logger, networkConfiguration: { turn: { iceServers } } });
    const agent = await create(token());
    agent.join(LINK, { videoOptions: { constraints: { send: { bitrate: { max: 500_000 } } } } });
    await settle();
    expect([at.connections[0]?.iceServers, at.connections[0]?.limits]).toEqual([iceServers, { bitrate: { max: 500_000 } }]);
    at.server.line.sayText('no JSON');
    expect(lines).toEqual(['The server\'s message cannot be read: the text is not JSON.']);
  });

  it('gives its calls the operator\'s TURN servers where the app has none, and the newest credentials', async () => {
    const relay = { urls: ['turn:turn.example.org:3478?transport=udp'], username: '1767225600:8:acs:ana', credential: 'by the secret' };
    at.server.relay = relay;
    client = new TestClient(at, {});
    const agent = await create(token());
    agent.join(LINK);
    await settle();
    expect(at.connections[0]?.iceServers).toEqual([relay]);
    at.server.line.say({ type: 'refreshed', expiresInMs: 86_400_000, relay: { ...relay, credential: 'a newer one' } });
    agent.join({ groupId: '6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11' });
    await settle();
    expect(at.connections[1]?.iceServers).toEqual([{ ...relay, credential: 'a newer one' }]);
    at.server.line.say({ type: 'refreshed', expiresInMs: 86_400_000 });
    agent.join({ groupId: '0f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11' });
    await settle();
    expect(at.connections[2]?.iceServers).toEqual([]);
  });

  it('rejects with the server\'s reason, and may be tried again', async () => {
    at.server.refusesHello = { code: 401, subCode: 10009, name: 'unauthenticated', message: 'No.' };
    await expect(create(token())).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 401, subCode: 10009, message: 'No.' });
    at.server.refusesHello = undefined;
    await expect(create(token())).resolves.toMatchObject({ connectionState: 'Connected', displayName: 'Ana' });
  });

  it('rejects when the server cannot be reached, or does not answer', async () => {
    at.server.reachable = false;
    await expect(create(token())).rejects.toMatchObject({ code: 490, subCode: 40114 });
    at.server.reachable = true;
    at.server.handle = () => undefined;
    const pending = expect(create(token())).rejects.toMatchObject({ code: 490, subCode: 40114 });
    await vi.advanceTimersByTimeAsync(15_000);
    await pending;
  });

  it('rejects tokens that cannot work before it connects, and things that are no credential', async () => {
    await expect(create('nonsense')).rejects.toMatchObject({ code: 401 });
    await expect(create(token({ acsScope: 'chat' }))).rejects.toMatchObject({ code: 403 });
    await expect(client.createCallAgent('token' as never)).rejects.toMatchObject({ code: 400 });
    const broken = { ...credential(), getToken: () => Promise.reject(new Error('our backend is down')) };
    await expect(client.createCallAgent(broken)).rejects.toMatchObject({ code: 401, message: expect.stringContaining('our backend is down') });
    expect(at.server.lines).toEqual([]);
  });

  it('rejects a second one for the same identity with 409/40228 until the first is disposed of', async () => {
    const first = await create(token());
    await expect(new TestClient(at).createCallAgent(credential(token()))).rejects.toMatchObject({ code: 409, subCode: 40228 });
    const other = await create(token({ skypeid: OLGA.slice(2) }));
    await first.dispose();
    await expect(create(token())).resolves.toBeDefined();
    await other.dispose();
  });
});

describe('the line to the server', () => {
  it('is kept with pings, and is lost after two that nobody answers', async () => {
    const agent = await create(token());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(at.server.line.received.filter((message) => message.type === 'ping')).toHaveLength(4);
    expect(agent.connectionState).toBe('Connected');
    const line = at.server.line;
    at.server.handle = () => undefined;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(agent.connectionState).toBe('Connected');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(agent.connectionState).toBe('Disconnected');
    expect(line.closed).toBe(true);
  });

  it('is opened again with growing waits, at once when the browser is online again', async () => {
    const listeners = new Map<string, () => void>();
    vi.stubGlobal('addEventListener', (name: string, listener: () => void) => listeners.set(name, listener));
    const agent = await create(token());
    vi.unstubAllGlobals();
    at.server.reachable = false;
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(10_000);
    const attempts = at.server.lines.length - 1;
    expect(attempts).toBeGreaterThanOrEqual(7);
    expect(attempts).toBeLessThanOrEqual(14);
    at.server.reachable = true;
    listeners.get('online')?.();
    await settle();
    expect(agent.connectionState).toBe('Connected');
  });

  it('takes a new token after a refusal, and gives up when there is none', async () => {
    const agent = await create(token(), token({ jti: 'second' }));
    const seen: unknown[] = [];
    agent.on('connectionStateChanged', ({ newValue, reason }) => seen.push([newValue, reason]));
    at.server.line.say({ type: 'goodbye', error: { code: 401, subCode: 10009, name: 'unauthenticated', message: 'Revoked.' } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen).toEqual([['Disconnected', 'invalidToken'], ['Connected', undefined]]);
    at.server.refusesHello = { code: 401, subCode: 10009, name: 'unauthenticated', message: 'Revoked.' };
    at.server.line.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    const lines = at.server.lines.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(at.server.lines).toHaveLength(lines);
    const call = agent.join(LINK);
    await settle();
    expect(call.callEndReason).toMatchObject({ code: 401, subCode: 10009 });
  });

  it('lets a call that is joined meanwhile wait for it, ten seconds at most', async () => {
    const agent = await create(token());
    at.server.reachable = false;
    at.server.line.drop();
    const early = agent.join(LINK);
    const late = agent.join(LINK);
    await settle();
    expect(early.state).toBe('Connecting');
    await late.hangUp();
    expect(late.callEndReason).toMatchObject({ code: 0, subCode: 0 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(early.callEndReason).toMatchObject({ code: 496, subCode: 7 });
  });

  it('passes over what it cannot read', async () => {
    const agent = await create(token());
    at.server.line.sayText('{"type":"fanfare"}');
    at.server.line.sayText('no JSON');
    at.server.event({ type: 'ended', end: { reason: { code: 0, subCode: 0, name: 'hungUp', message: '' } } }, 99);
    expect(agent.connectionState).toBe('Connected');
  });

  it('gives up a request that the server does not answer', async () => {
    const agent = await create(token());
    at.server.answer = () => 'silence';
    const call = agent.join(LINK);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(call.callEndReason).toMatchObject({ code: 408, subCode: 4506 });
  });
});

describe('disposing of an agent', () => {
  it('hangs up its calls, closes the line, and joins no more', async () => {
    const agent = await create(token());
    const call = agent.join(LINK);
    await settle();
    const line = at.server.line;
    const seen: unknown[] = [];
    agent.on('connectionStateChanged', (change) => seen.push(change));
    await agent.dispose();
    await agent.dispose();
    expect(seen).toEqual([{ oldValue: 'Connected', newValue: 'Disconnected' }]);
    expect([call.state, call.callEndReason?.subCode]).toEqual(['Disconnected', 0]);
    expect(line.closed).toBe(true);
    expect(agent.connectionState).toBe('Disconnected');
    expect(() => agent.join(LINK)).toThrow(/disposed/);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(at.server.lines).toHaveLength(1);
  });

  it('is done by the client, too', async () => {
    const agent = await create(token());
    await client.dispose();
    expect(agent.connectionState).toBe('Disconnected');
  });
});
