import type { CallFeatureContext } from '../api/call.js';
import type { CallCore } from '../call/call-core.js';
import type { CallDiagnostics } from '../diagnostics/call-diagnostics.js';

/** What our own features get beyond ACS's context. */
export interface InternalCallContext extends CallFeatureContext {
  readonly core: CallCore;
  readonly diagnostics: CallDiagnostics;
}

/** The core behind a feature's context. Features are only ever made by `call.feature()`. */
export function coreOf(context: CallFeatureContext): CallCore {
  return (context as InternalCallContext).core;
}

/** What goes wrong around the call behind a feature's context. */
export function diagnosticsOf(context: CallFeatureContext): CallDiagnostics {
  return (context as InternalCallContext).diagnostics;
}
