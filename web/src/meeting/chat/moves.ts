// Who came into the thread and left it, each once: the thread lists it, and tells it as it happens.

import type { Move } from "./wire";

/** The comings and goings of one thread. */
export class Moves {
  private readonly byId = new Map<string, Move>();

  /** In the order in which they happened. */
  get all(): readonly Move[] {
    return [...this.byId.values()].sort((one, other) => one.at.getTime() - other.at.getTime());
  }

  /** Takes what the thread holds now. */
  replace(moves: readonly Move[]): void {
    this.byId.clear();
    moves.forEach((move) => this.put(move));
  }

  put(move: Move): void {
    this.byId.set(move.id, move);
  }
}
