// From the SDK's network diagnostics to what a person is shown.

import { DiagnosticQuality } from "@convene/calling";
import type { LatestNetworkDiagnostics, RemoteDiagnostic } from "@convene/calling";
import type { Connection, Direction } from "./view-model";

/** How well packets pass, without whether they pass at all. */
export function qualityOf({ networkSendQuality, networkReceiveQuality }: LatestNetworkDiagnostics): Connection {
  const [sent, received] = [levelOf(networkSendQuality?.value), levelOf(networkReceiveQuality?.value)];
  const worst = Math.max(sent, received);
  const direction: Direction = sent === received ? "both" : sent > received ? "sending" : "receiving";
  return { level: worst === 0 ? "good" : worst === 1 ? "poor" : "bad", direction };
}

/** How bad one is, from 0. */
export function badnessOf({ level }: Connection): number {
  return { good: 0, poor: 1, bad: 2, reconnecting: 3, offline: 4 }[level];
}

/** The line that is lost, if it is. */
export function lostLine({ noNetwork, networkReconnect }: LatestNetworkDiagnostics): Connection | undefined {
  if (noNetwork?.value === true) return { level: "offline", direction: "both" };
  if (levelOf(networkReconnect?.value) > 0) return { level: "reconnecting", direction: "both" };
  return undefined;
}

/** Raw ids of the others whose connection is bad, as they told it themselves. */
export function weakOnes(diagnostics: readonly RemoteDiagnostic[]): ReadonlySet<string> {
  return new Set(diagnostics.filter(isBad).map(({ rawId }) => rawId));
}

function isBad({ diagnostic, value }: RemoteDiagnostic): boolean {
  switch (diagnostic) {
    case "networkSendQuality":
    case "networkReceiveQuality":
    case "networkReconnect":
      return value === DiagnosticQuality.Bad;
    case "noNetwork":
      return value === true;
    default:
      return false;
  }
}

/** 0 good, 1 poor, 2 bad. */
function levelOf(value: DiagnosticQuality | boolean | undefined): number {
  if (value === DiagnosticQuality.Bad) return 2;
  return value === DiagnosticQuality.Poor ? 1 : 0;
}
