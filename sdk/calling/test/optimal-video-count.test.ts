import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Features } from '../src/features/index.js';
import type { StatsEntry, StatsSnapshot } from '../src/media/connection.js';
import { mostVideos, VideoCapacity } from '../src/media/video-capacity.js';
import { credential, FakeStream, installDevices, settle, TestClient, token, world } from './support/fakes.js';

/** What one second of so many videos looks like in the browser's counters. */
interface Second {
  readonly lost?: number;
  readonly jitter?: number;
  readonly decodeTime?: number;
  readonly dropped?: number;
}

/** Counters of `videos` videos that grow second by second: 100 packets and 30 frames each. */
class Line {
  readonly connection = {};
  private at = 0;
  private readonly totals = { packetsReceived: 0, packetsLost: 0, framesDecoded: 0, framesDropped: 0, totalDecodeTime: 0 };

  constructor(private readonly videos: number) {}

  second({ lost = 0, jitter = 0, decodeTime = 0.05, dropped = 0 }: Second = {}): StatsSnapshot {
    this.at += 1_000;
    const grown = { packetsReceived: 100, packetsLost: lost, framesDecoded: 30 - dropped, framesDropped: dropped, totalDecodeTime: decodeTime };
    for (const name of Object.keys(grown) as (keyof typeof grown)[]) {
      this.totals[name] += grown[name];
    }
    const entries = Array.from({ length: this.videos }, (_, number): StatsEntry => ({ id: `in${number}`, type: 'inbound-rtp', kind: 'video', jitter, ...this.totals }));
    return { connection: this.connection, at: this.at, entries, uses: new Map(), relaysMissing: false };
  }
}

function after(capacity: VideoCapacity, line: Line, seconds: number, like?: Second, isWatched = true): unknown[] {
  for (let second = 0; second < seconds; second += 1) {
    capacity.handleSnapshot(line.second(like), isWatched);
  }
  return [capacity.count, capacity.reason];
}

describe('how many videos', () => {
  it('a device should manage depends on what it is', () => {
    expect([mostVideos(16, false), mostVideos(4, false), mostVideos(2, false), mostVideos(8, true)]).toEqual([16, 16, 9, 4]);
  });

  it('arrive well is not changed by a second of trouble, but by three', () => {
    const [capacity, line] = [new VideoCapacity(16, 4), new Line(6)];
    expect(after(capacity, line, 3)).toEqual([16, 'unknown']);
    expect(after(capacity, line, 2, { lost: 10 })).toEqual([16, 'unknown']);
    expect(after(capacity, line, 1)).toEqual([16, 'unknown']);
    expect(after(capacity, line, 3, { lost: 10 })).toEqual([5, 'bandwidth']);
  });

  it('falls below what is shown, every ten seconds, and never below four', () => {
    const [capacity, line] = [new VideoCapacity(16, 4), new Line(7)];
    expect(after(capacity, line, 4, { jitter: 0.2 })).toEqual([6, 'bandwidth']);
    expect(after(capacity, line, 9, { jitter: 0.2 })).toEqual([6, 'bandwidth']);
    expect(after(capacity, line, 1, { jitter: 0.2 })).toEqual([5, 'bandwidth']);
    expect(after(capacity, line, 60, { jitter: 0.2 })).toEqual([4, 'bandwidth']);
    expect(after(new VideoCapacity(4, 8), new Line(2), 60, { jitter: 0.2 })).toEqual([4, 'unknown']);
  });

  it('falls where decoding takes the cores\' time, or frames are thrown away that somebody would see', () => {
    expect(after(new VideoCapacity(9, 2), new Line(6), 4, { decodeTime: 0.4 })).toEqual([5, 'performance']);
    expect(after(new VideoCapacity(9, 8), new Line(6), 4, { decodeTime: 0.4 })).toEqual([9, 'unknown']);
    expect(after(new VideoCapacity(9, 8), new Line(6), 4, { dropped: 12 })).toEqual([5, 'performance']);
    expect(after(new VideoCapacity(9, 8), new Line(6), 4, { dropped: 12 }, false)).toEqual([9, 'unknown']);
  });

  it('rises one by one when nothing is wrong for ten seconds, up to what the device should manage', () => {
    const [capacity, line] = [new VideoCapacity(9, 4), new Line(6)];
    after(capacity, line, 4, { lost: 20 });
    expect(capacity.count).toBe(5);
    expect(after(capacity, line, 9)).toEqual([5, 'bandwidth']);
    expect(after(capacity, line, 1)).toEqual([6, 'bandwidth']);
    expect(after(capacity, line, 60)).toEqual([9, 'bandwidth']);
  });

  it('is not judged by the counters of a connection that was replaced', () => {
    const capacity = new VideoCapacity(9, 4);
    for (let number = 0; number < 10; number += 1) {
      const line = new Line(3);
      capacity.handleSnapshot(line.second({ lost: 50 }), true);
    }
    expect(capacity.count).toBe(9);
  });
});

describe('the feature', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('MediaStream', FakeStream);
    installDevices();
    return () => {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    };
  });

  it('measures the call once a second and tells each change', async () => {
    Object.assign(navigator, { hardwareConcurrency: 2 });
    const at = world();
    const client = new TestClient(at);
    const agent = await client.createCallAgent(credential(token()));
    const call = agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' });
    const feature = call.feature(Features.OptimalVideoCount);
    const seen: unknown[] = [];
    feature.on('optimalVideoCountChanged', () => seen.push([feature.optimalVideoCount, feature.lastOvcChangeReason]));
    await settle();
    const connection = at.connections.at(-1);
    connection?.become('connected');
    expect([feature.optimalVideoCount, feature.lastOvcChangeReason]).toEqual([9, 'unknown']);
    const line = new Line(6);
    for (let second = 0; second < 5; second += 1) {
      connection!.entries = [...line.second({ lost: 30 }).entries];
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(seen).toEqual([[5, 'bandwidth']]);
    await client.dispose();
  });
});
