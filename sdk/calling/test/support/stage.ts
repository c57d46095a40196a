// An agent of Ana's that is connected to a fake server.

import { vi } from 'vitest';
import type { CallAgent } from '../../src/api/agent.js';
import { credential, FakeStream, installDevices, TestClient, token, world, type World } from './fakes.js';

export interface Stage {
  readonly at: World;
  readonly client: TestClient;
  readonly agent: CallAgent;
  readonly end: () => Promise<void>;
}

/** Begins one; `end` puts back what was there before. */
export async function stage(): Promise<Stage> {
  vi.stubGlobal('MediaStream', FakeStream);
  installDevices();
  const at = world();
  const client = new TestClient(at);
  const agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
  const end = async (): Promise<void> => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
  return { at, client, agent, end };
}
