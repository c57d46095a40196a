import { Emitter } from './emitter.js';

/** What pages of one origin call their presence, each with an id of its own behind it. */
const PREFIX = 'convene-calling/';

/** As much of the browser's locks and channels as this needs. */
export interface TabPlatform {
  readonly locks: Pick<LockManager, 'request' | 'query'>;
  createChannel(): BroadcastChannel;
}

/** The browser's own; none in pages without locks (http, but for loopback) and outside of browsers. */
export function browserTabs(): TabPlatform | undefined {
  const locks: unknown = typeof navigator === 'undefined' ? undefined : navigator.locks;
  if (!locks || typeof BroadcastChannel === 'undefined') {
    return undefined;
  }
  return { locks: navigator.locks, createChannel: () => new BroadcastChannel('convene-calling') };
}

/**
 * Whether call agents live in other tabs of the same origin. Each page with an agent holds a lock of its own, which the browser frees when the tab
 * goes, even if it crashes; whoever wants to know queues behind the locks of the others. A channel tells that there is a new one.
 */
export class ActiveTabs {
  readonly events = new Emitter<{ changed: () => void }>();
  private readonly own: string;
  private agents = 0;
  private free: (() => void) | undefined;
  private channel: BroadcastChannel | undefined;
  private others: ReadonlySet<string> = new Set();
  private waiting = new Map<string, AbortController>();
  private watchers = 0;

  /** @param id this page's own; where there are locks there are random ids, too */
  constructor(private readonly platform: TabPlatform | undefined, id: string = platform ? crypto.randomUUID() : '') {
    this.own = `${PREFIX}${id}`;
  }

  get isActiveElsewhere(): boolean {
    return this.others.size > 0;
  }

  /** An agent lives in this page; call the result once when it is disposed of. */
  enter(): () => void {
    this.agents += 1;
    if (this.agents === 1) {
      this.hold();
    }
    return () => {
      this.agents -= 1;
      if (this.agents === 0) {
        this.free?.();
        this.free = undefined;
        this.closeIfUnused();
      }
    };
  }

  /** Somebody in this page wants to know; call the result once to end it. */
  watch(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) {
      this.open();
      void this.look();
    }
    return () => {
      this.watchers -= 1;
      if (this.watchers === 0) {
        this.waiting.forEach((each) => each.abort());
        this.waiting.clear();
        this.closeIfUnused();
      }
    };
  }

  private hold(): void {
    this.open();
    const held = new Promise<void>((resolve) => {
      this.free = resolve;
    });
    this.platform?.locks
      .request(this.own, async () => {
        this.channel?.postMessage('entered');
        await held;
      })
      // The page may not ask, as one in a frame of another site where browsers forbid storage: then nobody can know of it.
      .catch(() => undefined);
  }

  private open(): void {
    if (!this.channel && this.platform) {
      try {
        this.channel = this.platform.createChannel();
      } catch {
        // As with the locks.
        return;
      }
      this.channel.addEventListener('message', this.handleNews);
    }
  }

  private closeIfUnused(): void {
    if (this.agents === 0 && this.watchers === 0) {
      this.channel?.removeEventListener('message', this.handleNews);
      this.channel?.close();
      this.channel = undefined;
    }
  }

  private readonly handleNews = (): void => void this.look();

  private async look(): Promise<void> {
    if (this.watchers === 0 || !this.platform) {
      return;
    }
    const { held = [] } = await this.platform.locks.query().catch((): LockManagerSnapshot => ({}));
    const names = held.filter(({ name, mode }) => mode === 'exclusive' && name?.startsWith(PREFIX) && name !== this.own).map(({ name }) => name ?? '');
    const was = this.isActiveElsewhere;
    this.others = new Set(names);
    names.forEach((name) => this.waitFor(name));
    if (this.isActiveElsewhere !== was) {
      this.events.emit('changed');
    }
  }

  /** Queues behind another page's lock; having it means that the page has gone. */
  private waitFor(name: string): void {
    if (this.waiting.has(name) || this.watchers === 0) {
      return;
    }
    const controller = new AbortController();
    this.waiting.set(name, controller);
    this.platform?.locks
      .request(name, { mode: 'shared', signal: controller.signal }, () => undefined)
      .then(() => {
        this.waiting.delete(name);
        return this.look();
      })
      // Aborted, or the page may not ask: then nobody can know of other tabs.
      .catch(() => undefined);
  }
}

/** This page. */
export const activeTabs = new ActiveTabs(browserTabs());
