import { DiagnosticQuality } from '../api/enums.js';
import type { NetworkDiagnosticType } from '../features/user-facing-diagnostics.js';
import type { StatsEntry, StatsSnapshot } from '../media/connection.js';
import { qualityOf, QualityGauge } from './quality.js';
import { DiagnosticStore } from './store.js';

interface Counted {
  readonly connection: object;
  readonly packets: number;
  readonly lost: number;
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
    const received = { connection: snapshot.connection, packets: sum(inbound, 'packetsReceived'), lost: sum(inbound, 'packetsLost') };
    const sent = { connection: snapshot.connection, packets: sum(outbound, 'packetsSent'), lost: sum(remote, 'packetsLost') };
    const { before } = this;
    this.before = { received, sent };
    const receives = qualityOf({ lost: lostShare(received, before?.received, 'beside'), jitterMs: worstOf(inbound, 'jitter'), rttMs: undefined });
    this.store.setQuality('networkReceiveQuality', this.receive.handle(receives));
    const sends = qualityOf({ lost: lostShare(sent, before?.sent, 'among'), jitterMs: worstOf(remote, 'jitter'), rttMs: worstOf(remote, 'roundTripTime') });
    this.store.setQuality('networkSendQuality', this.send.handle(sends));
    this.store.setFlag('networkRelaysNotReachable', snapshot.relaysMissing);
  }
}

function sum(entries: readonly StatsEntry[], field: string): number {
  return entries.reduce((all, entry) => all + Number(entry[field] ?? 0), 0);
}

/** The largest of a field in milliseconds; the browser says seconds. */
export function worstOf(entries: readonly StatsEntry[], field: string): number | undefined {
  const known = entries.map((entry) => entry[field]).filter((value) => typeof value === 'number');
  return known.length > 0 ? Math.max(...known) * 1_000 : undefined;
}

/** The share of packets that were lost between two counts of what arrived. */
export function lossOf(now: Omit<Counted, 'connection'>, before: Omit<Counted, 'connection'>): number | undefined {
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
