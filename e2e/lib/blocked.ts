// A network that lets some things through and others not, as those of companies do. By rules of the kernel's routing (ip-rule(8)), for the
// journeys' own network namespace alone.

import { execFileSync } from "node:child_process";

/** What the network does not carry. */
export interface Blocked {
  readonly udp: true;
  /** A port to which nobody connects by TCP. */
  readonly tcpPort?: number;
}

/** Blocks it while `during` goes on. Sockets that are open do not matter: each packet is asked anew. */
export async function withBlocked({ tcpPort }: Blocked, during: () => Promise<void>): Promise<void> {
  const ip = (...args: string[]): Buffer => execFileSync("ip", args);
  // The rule for this machine's own addresses comes first otherwise.
  ip("rule", "add", "pref", "100", "lookup", "local");
  ip("rule", "del", "pref", "0");
  try {
    ip("rule", "add", "pref", "10", "ipproto", "udp", "prohibit");
    if (tcpPort !== undefined) ip("rule", "add", "pref", "11", "ipproto", "tcp", "dport", String(tcpPort), "prohibit");
    await during();
  } finally {
    const added = tcpPort === undefined ? ["10"] : ["10", "11"];
    ip("rule", "add", "pref", "0", "lookup", "local");
    for (const pref of [...added, "100"]) ip("rule", "del", "pref", pref);
  }
}
