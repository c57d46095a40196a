import type { JoinTarget, Request } from '../signaling/protocol.gen.js';

/** How a call begins for this client. */
export type Entry =
  | { readonly kind: 'join'; readonly target: JoinTarget }
  /** It rings at these users; they come, or do not. */
  | { readonly kind: 'start'; readonly users: readonly string[]; readonly lobby: boolean }
  /** It rang here. */
  | { readonly kind: 'accept'; readonly ring: string; readonly callId: string }
  /** Somebody handed this client over: to these users, at whom it then rings, or, without users, to a call that goes on. */
  | { readonly kind: 'follow'; readonly transfer: string; readonly users: readonly string[] };

/** Said of a call that rang and waits to be let in: it rings no more, so there is nothing to knock at again. */
export const PLACE_LOST = 'The connection was lost while this call waited to be let in, and with it the place. Call again.';

/** What the server is asked for. */
export function entryRequest(entry: Entry, displayName: string, muted: boolean): Request {
  switch (entry.kind) {
    case 'join':
      return { type: 'join', target: entry.target, displayName, muted };
    case 'start':
      return { type: 'startCall', users: [...entry.users], displayName, muted, ...(entry.lobby ? { lobby: true } : {}) };
    case 'accept':
      return { type: 'accept', ring: entry.ring, displayName, muted };
    case 'follow':
      return { type: 'follow', transfer: entry.transfer, displayName, muted };
  }
}
