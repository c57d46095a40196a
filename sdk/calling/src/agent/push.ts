import type { ConvenePush } from '../api/agent.js';
import { CallingError, failure } from '../errors.js';

/** The first of our own sub codes; a refusal of the server's REST API has that many more as its status. */
const SUB_CODES = 90_000;

/** Hands browsers' push subscriptions over to the server. */
export class AgentPush implements ConvenePush {
  private readonly base: string;

  /** @param signaling the URL of the server's WebSocket */
  constructor(
    signaling: string,
    private readonly getToken: () => Promise<string>,
  ) {
    this.base = signaling.replace(/^ws/, 'http').replace(/\/signaling$/, '/push');
  }

  async getPushKey(): Promise<string> {
    const answer: unknown = await (await this.ask('GET', '/key')).json();
    const key: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'publicKey') : undefined;
    if (typeof key !== 'string') {
      throw failure('protocolBroken', 'The server gave no push key. Is it of another version?');
    }
    return key;
  }

  async registerPush(subscription: PushSubscription | PushSubscriptionJSON): Promise<void> {
    await this.ask('POST', '/devices', subscription);
  }

  async unregisterPush(endpoint: string): Promise<void> {
    await this.ask('DELETE', '/devices', { endpoint });
  }

  private async ask(method: string, path: string, body?: object): Promise<Response> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${await this.getToken()}`, 'content-type': 'application/json' };
    let answer: Response;
    try {
      answer = await fetch(this.base + path, { method, headers, ...sent });
    } catch (cause) {
      throw failure('connectFailed', 'The server cannot be reached. Check the network, and try again.', cause);
    }
    if (!answer.ok) {
      throw new CallingError(answer.status, SUB_CODES + answer.status, await messageOf(answer));
    }
    return answer;
  }
}

/** What the server says of its refusal. */
async function messageOf(answer: Response): Promise<string> {
  try {
    const { error } = (await answer.json()) as { error: { message: string } };
    return error.message;
  } catch {
    return `The server answered ${answer.status}.`;
  }
}
