import { DiagnosticQuality } from '../api/enums.js';
import type { DiagnosticFlag, DiagnosticValueType } from '../features/user-facing-diagnostics.js';
import { Emitter } from '../util/emitter.js';

/** A diagnostic's value and of which kind it is. */
export interface DiagnosticValue {
  readonly value: DiagnosticQuality | DiagnosticFlag;
  readonly valueType: DiagnosticValueType;
}

/** The latest value of each diagnostic. One that was never raised has none. */
export class DiagnosticStore<Name extends string> {
  readonly events = new Emitter<{ changed: (diagnostic: Name, value: DiagnosticValue) => void }>();
  private readonly latest = new Map<Name, DiagnosticValue>();

  /** Every value so far, made anew each time. */
  getLatest(): Partial<Record<Name, DiagnosticValue>> {
    const entries = [...this.latest].map(([name, value]) => [name, { ...value }] as const);
    return Object.fromEntries(entries) as Partial<Record<Name, DiagnosticValue>>;
  }

  /** True is the fault. */
  setFlag(name: Name, value: boolean): void {
    this.set(name, { value, valueType: 'DiagnosticFlag' }, value);
  }

  setQuality(name: Name, value: DiagnosticQuality): void {
    this.set(name, { value, valueType: 'DiagnosticQuality' }, value !== DiagnosticQuality.Good);
  }

  private set(name: Name, value: DiagnosticValue, isFault: boolean): void {
    const before = this.latest.get(name);
    if (before ? before.value === value.value : !isFault) {
      return;
    }
    this.latest.set(name, value);
    this.events.emit('changed', name, { ...value });
  }
}
