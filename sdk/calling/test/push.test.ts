import { afterEach, expect, test, vi } from 'vitest';
import { AgentPush } from '../src/agent/push.js';

const SUBSCRIPTION: PushSubscriptionJSON = { endpoint: 'https://push.example/1', keys: { p256dh: 'BP4', auth: 'ahk' } };
const push = new AgentPush('wss://calls.example/base/signaling', async () => 'the token');

function answering(status: number, body: unknown) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response(status === 204 ? null : JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

afterEach(() => void vi.unstubAllGlobals());

test('a push subscription is handed to the server that the token names, and taken back', async () => {
  const fetch = answering(204, undefined);
  await push.registerPush({ ...SUBSCRIPTION, toJSON: () => SUBSCRIPTION } as PushSubscriptionJSON);
  await push.unregisterPush('https://push.example/1');
  const [kept, forgotten] = fetch.mock.calls;
  expect(kept?.[0]).toBe('https://calls.example/base/push/devices');
  expect(kept?.[1]).toMatchObject({ method: 'POST', body: JSON.stringify(SUBSCRIPTION), headers: { authorization: 'Bearer the token' } });
  expect(forgotten?.[1]).toMatchObject({ method: 'DELETE', body: '{"endpoint":"https://push.example/1"}' });
});

test('the key comes from the server, and an answer without one is an error', async () => {
  answering(200, { publicKey: 'BP4z9' });
  expect(await push.getPushKey()).toBe('BP4z9');
  answering(200, {});
  await expect(push.getPushKey()).rejects.toMatchObject({ code: 500, message: expect.stringContaining('no push key') });
});

test('a refusal says why, and a server that cannot be reached is told as such', async () => {
  answering(400, { error: { code: 'BadRequest', message: 'The endpoint is no https URL.' } });
  await expect(push.registerPush(SUBSCRIPTION)).rejects.toMatchObject({ code: 400, subCode: 90400, message: 'The endpoint is no https URL.' });
  answering(502, 'bad gateway');
  await expect(push.registerPush(SUBSCRIPTION)).rejects.toMatchObject({ code: 502, message: 'The server answered 502.' });
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('no route')));
  await expect(push.registerPush(SUBSCRIPTION)).rejects.toMatchObject({ code: 490, subCode: 40114 });
});
