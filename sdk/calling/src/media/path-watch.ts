import type { Inbound } from './connection.js';

/** Counts without an arrival after which the path is suspected: a second, at two counts a second. Fewer: sounds that pause cause offers. More: people see longer gaps. */
const SILENT_COUNTS_MAX = 2;

/** Tells a path that became silent from people who have nothing to say. */
export class PathWatch {
  private silent = false;
  private packets = 0;
  private checks = 0;
  private flowed = false;
  private silentCounts = 0;

  get isSilent(): boolean {
    return this.silent;
  }

  reset(): void {
    this.silent = false;
    this.packets = 0;
    this.checks = 0;
    this.flowed = false;
    this.silentCounts = 0;
  }

  /** A flow that stops although it is expected means silence, until it flows again, or a check of the path is answered. */
  handleCount(inbound: Inbound, expectsMedia: boolean): void {
    const flows = inbound.packets > this.packets;
    const checks = inbound.checks ?? 0;
    const answered = checks > this.checks;
    this.packets = inbound.packets;
    this.checks = checks;
    if (flows) {
      this.flowed = true;
      this.silentCounts = 0;
      this.silent = false;
      return;
    }
    this.silentCounts += 1;
    if (this.silent && answered) {
      this.silent = false;
      this.flowed = false;
    } else if (this.flowed && expectsMedia && this.silentCounts >= SILENT_COUNTS_MAX) {
      this.silent = true;
    }
  }
}
