import { DiagnosticQuality } from '../api/enums.js';
import type { NetworkDiagnosticType } from '../features/user-facing-diagnostics.js';
import type { StatsEntry, StatsSnapshot } from '../media/connection.js';
import { qualityOf, QualityGauge } from './quality.js';
import { DiagnosticStore } from './store.js';

interface Counted {
  readonly connection: object;
  readonly packets: number;
  readonly lost: number;
  /** The packets of each stream, by the entry's id. */
  readonly streams: ReadonlyMap<string, number>;
}

/** Diagnoses the network: is there one, is it being repaired, and how well do packets pass. */
export class NetworkDiagnosis {
  readonly store = new DiagnosticStore<NetworkDiagnosticType>();
  private readonly receive = new QualityGauge();
  private readonly send = new QualityGauge();
  private before: { readonly received: Counted; readonly sent: Counted } | undefined;

  /** @param interrupted whether signaling or media is lost at the moment and being repaired */
  handleLine(interrupted: boolean): void {
    this.store.setQuality('networkReconnect', interrupted ? DiagnosticQuality.Bad : DiagnosticQuality.Good);
  }

  /** @param online whether there is a network */
  handleOnline(online: boolean): void {
    this.store.setFlag('noNetwork', !online);
  }

  /** What was counted; once a second. */
  handleSnapshot(snapshot: StatsSnapshot): void {
    const of = (type: string): StatsEntry[] => snapshot.entries.filter((entry) => entry.type === type);
    const [inbound, outbound, remote] = [of('inbound-rtp'), of('outbound-rtp'), of('remote-inbound-rtp')];
    const { connection } = snapshot;
    const received = { connection, packets: sum(inbound, 'packetsReceived'), lost: sum(inbound, 'packetsLost'), streams: eachOf(inbound, 'packetsReceived') };
    const sent = { connection, packets: sum(outbound, 'packetsSent'), lost: sum(remote, 'packetsLost'), streams: eachOf(outbound, 'packetsSent') };
    const { before } = this;
    this.before = { received, sent };
    const reports = new Map(remote.map((entry) => [String(entry['localId']), entry]));
    const receives = qualityOf({
      lost: lostShare(received, before?.received, 'beside'),
      jitterMs: leastJitter(flowing(inbound, received, before?.received)),
      rttMs: undefined,
    });
    this.store.setQuality('networkReceiveQuality', this.receive.handle(receives));
    const sends = qualityOf({
      lost: lostShare(sent, before?.sent, 'among'),
      jitterMs: leastJitter(flowing(outbound, sent, before?.sent).map(({ id }) => reports.get(id))),
      rttMs: worstOf(remote, 'roundTripTime'),
    });
    this.store.setQuality('networkSendQuality', this.send.handle(sends));
    this.store.setFlag('networkRelaysNotReachable', snapshot.relaysMissing);
  }
}

function sum(entries: readonly StatsEntry[], field: string): number {
  return entries.reduce((all, entry) => all + Number(entry[field] ?? 0), 0);
}

function eachOf(entries: readonly StatsEntry[], field: string): ReadonlyMap<string, number> {
  return new Map(entries.map((entry) => [entry.id, Number(entry[field] ?? 0)]));
}

/** The streams of which packets passed between two counts. */
function flowing(entries: readonly StatsEntry[], now: Counted, before: Counted | undefined): StatsEntry[] {
  if (!before || before.connection !== now.connection) {
    return [];
  }
  return entries.filter(({ id }) => (now.streams.get(id) ?? 0) > (before.streams.get(id) ?? 0));
}

/**
 * The line's own jitter, in milliseconds: all streams take the same line, so it is in each of them. What only one has comes from its encoder, from a busy
 * machine, or from packets that were sent again: receivers that count those for jitter see hundreds of milliseconds on a perfect line.
 *
 * @param streams undefined for one that nothing is known of yet: it may have less
 */
function leastJitter(streams: readonly (StatsEntry | undefined)[]): number | undefined {
  const jitters = streams.map((entry) => entry?.['jitter']).map((value) => (typeof value === 'number' ? value : 0));
  return jitters.length > 0 ? Math.min(...jitters) * 1_000 : undefined;
}

/** The largest of a field in milliseconds; the browser says seconds. */
export function worstOf(entries: readonly StatsEntry[], field: string): number | undefined {
  const known = entries.map((entry) => entry[field]).filter((value) => typeof value === 'number');
  return known.length > 0 ? Math.max(...known) * 1_000 : undefined;
}

/** The share of packets that were lost between two counts of what arrived. */
export function lossOf(now: Pick<Counted, 'packets' | 'lost'>, before: Pick<Counted, 'packets' | 'lost'>): number | undefined {
  const missing = Math.max(0, now.lost - before.lost);
  const packets = now.packets - before.packets + missing;
  return packets > 0 ? Math.min(1, missing / packets) : undefined;
}

/** @param lost whether lost packets are counted beside those that arrived, or are among those that were sent */
function lostShare(now: Counted, before: Counted | undefined, lost: 'beside' | 'among'): number | undefined {
  if (!before || before.connection !== now.connection) {
    return undefined;
  }
  const missing = Math.max(0, now.lost - before.lost);
  const packets = now.packets - before.packets + (lost === 'beside' ? missing : 0);
  return packets > 0 ? Math.min(1, missing / packets) : undefined;
}
