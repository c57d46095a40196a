import { DiagnosticQuality } from '../api/enums.js';
import { lossOf, worstOf } from '../diagnostics/network.js';
import { qualityOf } from '../diagnostics/quality.js';
import type { StatsEntry, StatsSnapshot } from './connection.js';

/** Seconds in a row that must be bad before fewer videos are advised. More: people look at broken pictures longer. Fewer: each lost burst costs a tile. */
const LOWER_AFTER = 3;
/** Seconds without trouble before one more is advised, and the least time between two changes (ACS: about 10 s). Fewer: tiles come and go. */
const RAISE_AFTER = 10;
/** Never fewer are advised. Fewer: people lose sight of the few that they talk to, where smaller pictures would do. More: weak lines stay overloaded. */
const LEAST = 4;
/** The share of all cores' time that decoding may take. More: the page stutters before anything is done. Less: strong machines show few videos. */
const DECODE_SHARE_MAX = 0.6;
/** The share of frames that arrived and were thrown away undecoded, or too late to be shown. */
const DROPPED_SHARE_MAX = 0.3;

/** Why it changed last. */
export type CapacityReason = 'bandwidth' | 'performance' | 'unknown';

interface Counted {
  readonly at: number;
  readonly decodeSeconds: number;
  readonly decoded: number;
  readonly dropped: number;
  readonly packets: number;
  readonly lost: number;
}

/**
 * How many videos can be received well. It begins at what the device should manage; while packets are lost or come late, or decoding takes too long, it
 * falls, and rises again one by one when nothing is wrong.
 *
 * Give it a snapshot once a second.
 */
export class VideoCapacity {
  private current: number;
  private lastReason: CapacityReason = 'unknown';
  private before: { readonly connection: object; readonly counted: Counted; readonly arriving: ReadonlyMap<string, number> } | undefined;
  private badSeconds = 0;
  private goodSeconds = 0;
  private sinceChange = RAISE_AFTER;

  /**
   * @param most what the device should manage
   * @param cores how many threads can decode at once
   */
  constructor(private readonly most: number, private readonly cores: number) {
    this.current = most;
  }

  get count(): number {
    return this.current;
  }

  get reason(): CapacityReason {
    return this.lastReason;
  }

  /**
   * @param isWatched whether the page is shown: browsers throw frames away that nobody can see
   * @returns whether the count changed
   */
  handleSnapshot(snapshot: StatsSnapshot, isWatched: boolean): boolean {
    const videos = snapshot.entries.filter((entry) => entry.type === 'inbound-rtp' && entry['kind'] === 'video');
    const counted = count(videos, snapshot.at);
    const arriving = new Map(videos.map((entry) => [entry.id, read(entry, 'packetsReceived')]));
    const { before } = this;
    this.before = { connection: snapshot.connection, counted, arriving };
    this.sinceChange += 1;
    if (!before || before.connection !== snapshot.connection || counted.at <= before.counted.at) {
      return false;
    }
    const shown = [...arriving].filter(([id, packets]) => packets > (before.arriving.get(id) ?? 0)).length;
    const trouble = this.troubleOf(counted, before.counted, videos, isWatched);
    return trouble ? this.handleTrouble(trouble, shown) : this.handleWell();
  }

  private troubleOf(now: Counted, before: Counted, videos: readonly StatsEntry[], isWatched: boolean): Exclude<CapacityReason, 'unknown'> | undefined {
    const quality = qualityOf({ lost: lossOf(now, before), jitterMs: worstOf(videos, 'jitter'), rttMs: undefined });
    if (quality !== DiagnosticQuality.Good) {
      return 'bandwidth';
    }
    const seconds = (now.at - before.at) / 1_000;
    const [decoded, dropped] = [now.decoded - before.decoded, now.dropped - before.dropped];
    const busy = (now.decodeSeconds - before.decodeSeconds) / seconds / this.cores > DECODE_SHARE_MAX;
    const late = isWatched && decoded + dropped > 0 && dropped / (decoded + dropped) > DROPPED_SHARE_MAX;
    return busy || late ? 'performance' : undefined;
  }

  /** Fewer than are shown now, down to the least: advice that nobody is beyond would change nothing. */
  private handleTrouble(reason: CapacityReason, shown: number): boolean {
    this.badSeconds += 1;
    this.goodSeconds = 0;
    const lower = Math.max(LEAST, Math.min(this.current, shown) - 1);
    if (shown === 0 || this.badSeconds < LOWER_AFTER || this.sinceChange < RAISE_AFTER || lower >= this.current) {
      return false;
    }
    return this.change(lower, reason);
  }

  private handleWell(): boolean {
    this.badSeconds = 0;
    this.goodSeconds += 1;
    return this.current < this.most && this.goodSeconds >= RAISE_AFTER && this.sinceChange >= RAISE_AFTER ? this.change(this.current + 1, this.lastReason) : false;
  }

  private change(count: number, reason: CapacityReason): boolean {
    this.current = count;
    this.lastReason = reason;
    this.badSeconds = 0;
    this.goodSeconds = 0;
    this.sinceChange = 0;
    return true;
  }
}

function count(videos: readonly StatsEntry[], at: number): Counted {
  const sum = (field: string): number => videos.reduce((all, entry) => all + read(entry, field), 0);
  return {
    at,
    decodeSeconds: sum('totalDecodeTime'),
    decoded: sum('framesDecoded'),
    dropped: sum('framesDropped'),
    packets: sum('packetsReceived'),
    lost: sum('packetsLost'),
  };
}

function read(entry: StatsEntry, field: string): number {
  const value = entry[field];
  return typeof value === 'number' ? value : 0;
}

/** How many videos a device should manage: as many as ACS advises at most, 16, with four cores and more, 9 with fewer, 4 on a phone. */
export function mostVideos(cores: number, isPhone: boolean): number {
  return isPhone ? 4 : cores >= 4 ? 16 : 9;
}
