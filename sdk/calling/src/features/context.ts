import type { CallFeatureContext } from '../api/call.js';
import type { CallCore } from '../call/call-core.js';

/** What our own features get beyond ACS's context. */
export interface InternalCallContext extends CallFeatureContext {
  readonly core: CallCore;
}

/** The core behind a feature's context. Features are only ever made by `call.feature()`. */
export function coreOf(context: CallFeatureContext): CallCore {
  return (context as InternalCallContext).core;
}
