import { DiagnosticQuality } from '../api/enums.js';

/** Seconds in a row that must be that bad before it is told. More: people learn of it late. Fewer: each lost burst is told. */
const RAISE_AFTER = 3;
/** Seconds in a row that must be better before that is told. Fewer: the page flickers. */
const LOWER_AFTER = 5;

/** What counts as poor and as bad. A share of packets, and milliseconds. Ours: ACS does not publish its own. */
const LIMITS = {
  lost: { poor: 0.03, bad: 0.1 },
  jitterMs: { poor: 60, bad: 150 },
  rttMs: { poor: 400, bad: 1_000 },
} as const;

/** What was measured of one direction; undefined for what the browser does not say. */
export interface Measured {
  /** The share of packets that were lost since the last time. */
  readonly lost: number | undefined;
  readonly jitterMs: number | undefined;
  readonly rttMs: number | undefined;
}

/** The worst that any of the measures says. */
export function qualityOf(measured: Measured): DiagnosticQuality {
  const each = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => {
    const value = measured[name];
    const { poor, bad } = LIMITS[name];
    return value === undefined || value < poor ? DiagnosticQuality.Good : value < bad ? DiagnosticQuality.Poor : DiagnosticQuality.Bad;
  });
  return Math.max(...each);
}

/** Tells a lasting change from a moment. */
export class QualityGauge {
  private current = DiagnosticQuality.Good;
  private last: DiagnosticQuality[] = [];

  /** The quality of one more second; returns what is told now. */
  handle(quality: DiagnosticQuality): DiagnosticQuality {
    this.last = [...this.last, quality].slice(-LOWER_AFTER);
    const recent = this.last.slice(-RAISE_AFTER);
    const [lasting, worst] = [Math.min(...recent), Math.max(...this.last)];
    if (recent.length === RAISE_AFTER && lasting > this.current) {
      this.current = lasting;
    } else if (this.last.length === LOWER_AFTER && worst < this.current) {
      this.current = worst;
    }
    return this.current;
  }
}
