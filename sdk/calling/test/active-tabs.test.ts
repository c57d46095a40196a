import { describe, expect, it, vi } from 'vitest';
import { ActiveTabs, type TabPlatform } from '../src/util/active-tabs.js';
import { settle } from './support/fakes.js';

/** The locks and channels of one origin, for several pages. */
class Origin {
  private readonly held = new Map<string, Promise<void>>();
  private readonly channels = new Set<EventTarget>();
  readonly asked: AbortSignal[] = [];
  open = 0;

  page(id: string): ActiveTabs {
    return new ActiveTabs(this.platform(), id);
  }

  private platform(): TabPlatform {
    const request = async (name: string, options: unknown, given?: unknown): Promise<unknown> => {
      const callback = (given ?? options) as () => Promise<void> | void;
      const shared = given !== undefined;
      if (shared) {
        const { signal } = options as { signal: AbortSignal };
        this.asked.push(signal);
        await Promise.race([this.held.get(name), new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))]);
        return callback();
      }
      let free = (): void => undefined;
      this.held.set(name, new Promise<void>((resolve) => (free = resolve)));
      await callback();
      this.held.delete(name);
      free();
      return undefined;
    };
    const query = (): Promise<LockManagerSnapshot> => Promise.resolve({ held: [...this.held.keys(), 'of somebody else'].map((name) => ({ name, mode: 'exclusive' as const })), pending: [] });
    return { locks: { request, query } as TabPlatform['locks'], createChannel: () => this.channel() };
  }

  private channel(): BroadcastChannel {
    const channel = new EventTarget();
    this.channels.add(channel);
    this.open += 1;
    return Object.assign(channel, {
      postMessage: () => this.channels.forEach((each) => each !== channel && each.dispatchEvent(new Event('message'))),
      close: () => {
        this.channels.delete(channel);
        this.open -= 1;
      },
    }) as unknown as BroadcastChannel;
  }
}

describe('tabs of one origin', () => {
  it('know of agents in each other, not of their own, until the last agent or the tab is gone', async () => {
    const origin = new Origin();
    const [here, there] = [origin.page('a'), origin.page('b')];
    const changed = vi.fn();
    here.events.on('changed', changed);
    here.watch();
    const leaveHere = here.enter();
    await settle();
    expect([here.isActiveElsewhere, changed.mock.calls.length]).toEqual([false, 0]);
    const leave = [there.enter(), there.enter()];
    await settle();
    expect([here.isActiveElsewhere, changed.mock.calls.length]).toEqual([true, 1]);
    leave[0]?.();
    await settle();
    expect(here.isActiveElsewhere).toBe(true);
    leave[1]?.();
    await settle();
    expect([here.isActiveElsewhere, changed.mock.calls.length]).toEqual([false, 2]);
    leaveHere();
  });

  it('learn of agents that were there before', async () => {
    const origin = new Origin();
    origin.page('b').enter();
    const here = origin.page('a');
    here.watch();
    await settle();
    expect(here.isActiveElsewhere).toBe(true);
  });

  it('keep no channel open and no lock asked for when nobody wants to know', async () => {
    const origin = new Origin();
    const there = origin.page('b').enter();
    const here = origin.page('a');
    const end = here.watch();
    await settle();
    expect([origin.open, origin.asked.map((signal) => signal.aborted)]).toEqual([2, [false]]);
    end();
    there();
    await settle();
    expect([origin.open, origin.asked.map((signal) => signal.aborted)]).toEqual([0, [true]]);
  });

  it('know nothing of each other where the browser forbids locks and channels, as in frames of other sites', async () => {
    const refused = (): Promise<never> => Promise.reject(new DOMException('The request was denied.', 'SecurityError'));
    const createChannel = (): never => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    const page = new ActiveTabs({ locks: { request: refused, query: refused }, createChannel }, 'a');
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const leave = page.enter();
    const stop = page.watch();
    await settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect([page.isActiveElsewhere, unhandled.mock.calls]).toEqual([false, []]);
    stop();
    leave();
    process.off('unhandledRejection', unhandled);
  });

  it('know nothing of each other where the browser has no locks', async () => {
    const page = new ActiveTabs(undefined, 'a');
    page.watch();
    page.enter()();
    await settle();
    expect(page.isActiveElsewhere).toBe(false);
  });
});
