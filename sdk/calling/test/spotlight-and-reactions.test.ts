import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { Features } from '../src/features/index.js';
import { ANA, BEN, credential, FakeStream, kind, OLGA, refused, settle, TestClient, token, world, type World } from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let agent: CallAgent;
let call: Call;

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  at = world();
  const client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
  at.server.answer = kind;
  call = agent.join(LINK);
  await settle();
  at.connections.at(-1)?.become('connected');
  await settle();
  at.server.requests.length = 0;
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

describe('the spotlight', () => {
  it('is listed in its order, and told by who came and who left', async () => {
    const feature = call.feature(Features.Spotlight);
    const seen: unknown[] = [];
    feature.on('spotlightChanged', ({ added, removed }) => seen.push([added.map(({ order }) => order), removed.length, added.length]));
    at.server.event({ type: 'spotlightChanged', users: [OLGA, BEN] });
    expect(feature.getSpotlightedParticipants()).toMatchObject([
      { identifier: { kind: 'microsoftTeamsUser', rawId: OLGA }, order: 1 },
      { identifier: { kind: 'microsoftTeamsUser', rawId: BEN }, order: 2 },
    ]);
    at.server.event({ type: 'spotlightChanged', users: [OLGA, BEN] });
    at.server.event({ type: 'spotlightChanged', users: [BEN, ANA] });
    expect(seen).toEqual([[[1, 2], 0, 2], [[2], 1, 1]]);
    await call.hangUp();
    expect(feature.getSpotlightedParticipants()).toEqual([]);
  });

  it('is changed for those who are named, or for oneself', async () => {
    const feature = call.feature(Features.Spotlight);
    expect(feature.maxParticipantsToSpotlight).toBe(7);
    await feature.startSpotlight([{ rawId: BEN, microsoftTeamsUserId: '33333333-3333-4333-8333-333333333333', isAnonymous: true }]);
    await feature.startSpotlight();
    await feature.stopSpotlight([{ rawId: BEN, microsoftTeamsUserId: '33333333-3333-4333-8333-333333333333', isAnonymous: true }]);
    await feature.stopSpotlight();
    await feature.stopAllSpotlight();
    expect(at.server.requests).toEqual([
      { type: 'spotlight', users: [BEN] },
      { type: 'spotlight', users: [ANA] },
      { type: 'endSpotlight', users: [BEN] },
      { type: 'endSpotlight', users: [ANA] },
      { type: 'endSpotlight', users: null },
    ]);
  });

  it('is refused to those who do not lead', async () => {
    at.server.answer = () => refused(403, 10403);
    await expect(call.feature(Features.Spotlight).startSpotlight()).rejects.toMatchObject({ code: 403 });
  });
});

describe('reactions', () => {
  it('are sent by their names, and seen from everybody', async () => {
    const feature = call.feature(Features.Reaction);
    const seen: unknown[] = [];
    feature.on('reaction', ({ identifier, reactionMessage }) => seen.push([identifier, reactionMessage]));
    await feature.sendReaction({ reactionType: 'laugh' });
    expect(at.server.requests).toEqual([{ type: 'react', reaction: 'laugh' }]);
    at.server.event({ type: 'reacted', user: BEN, reaction: 'heart' });
    expect(seen, 'the raw id, as UI libraries look participants up by it').toEqual([[BEN, { reactionType: 'heart' }]]);
  });

  it('that there are not are refused with the names of those that there are', async () => {
    const sent = call.feature(Features.Reaction).sendReaction({ reactionType: 'wave' as never });
    await expect(sent).rejects.toMatchObject({ code: 400, message: expect.stringContaining('like, heart, laugh, surprised, applause') });
    expect(at.server.requests).toEqual([]);
  });
});
