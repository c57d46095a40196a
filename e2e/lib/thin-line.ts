// A relay before the media port that makes the line to one of its clients as thin, as long or as lossy as a test wants, since not every machine's
// kernel can.

import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** How long a datagram waits before a thin line at most; whatever would wait longer is lost. */
const QUEUE_MS = 300;
/** Bytes of IPv4 and UDP. */
const HEADERS = 28;

interface Client {
  readonly towardsServer: Socket;
  bitsPerSecond: number;
  /** When the line has sent what waits, in milliseconds. */
  freeAt: number;
  /** How long a datagram is on its way in one direction, in milliseconds. */
  delayMs: number;
  /** The share that is lost in each direction, 0 to 1. */
  lost: number;
}

/** Where media goes through a relay of the test's. */
export class ThinLine {
  private readonly clients = new Map<number, Client>();
  private isOpen = true;
  private drawn = 1;

  private constructor(private readonly entrance: Socket) {
    entrance.on("message", (bytes, from) => {
      const client = this.clientOf(from.port);
      if (!this.isLost(client)) this.after(client.delayMs, () => client.towardsServer.send(bytes, this.port, "127.0.0.1"));
    });
  }

  /** Opens a relay at 127.0.0.2 for a server whose media port is the same at 127.0.0.1. */
  static async open(): Promise<ThinLine> {
    const entrance = createSocket("udp4");
    await new Promise<void>((done) => entrance.bind(0, "127.0.0.2", done));
    return new ThinLine(entrance);
  }

  get port(): number {
    return (this.entrance.address() as AddressInfo).port;
  }

  /** What a server is started with that is to be reached through it. */
  get server(): { readonly publicAddress: string; readonly ports: { readonly http: number; readonly media: number } } {
    return { publicAddress: "127.0.0.2", ports: { http: 0, media: this.port } };
  }

  /** How many clients there were so far: a browser tells a page nothing of the port that this relay sees. */
  get count(): number {
    return this.clients.size;
  }

  /** From now on no more than this goes to the clients that came after the first `count`. */
  narrow(count: number, bitsPerSecond: number): void {
    for (const client of this.since(count)) client.bitsPerSecond = bitsPerSecond;
  }

  /** From now on the way to and from these clients takes so long, and loses a share of everything. */
  worsen(count: number, { delayMs, lost }: { readonly delayMs: number; readonly lost: number }): void {
    for (const client of this.since(count)) Object.assign(client, { delayMs, lost });
  }

  close(): void {
    this.isOpen = false;
    this.entrance.close();
    for (const { towardsServer } of this.clients.values()) towardsServer.close();
  }

  private since(count: number): readonly Client[] {
    const later = [...this.clients.values()].slice(count);
    if (later.length === 0) throw new Error("nobody has come since");
    return later;
  }

  /** Draws lots, in each run the same. */
  private isLost({ lost }: Client): boolean {
    this.drawn = (this.drawn * 48_271) % 2_147_483_647;
    return this.drawn / 2_147_483_647 < lost;
  }

  private after(ms: number, send: () => void): void {
    // The line's own delay.
    if (ms > 1) setTimeout(() => this.isOpen && send(), ms);
    else if (this.isOpen) send();
  }

  private clientOf(port: number): Client {
    const known = this.clients.get(port);
    if (known) return known;
    const client: Client = { towardsServer: createSocket("udp4"), bitsPerSecond: Infinity, freeAt: 0, delayMs: 0, lost: 0 };
    client.towardsServer.bind(0, "127.0.0.1");
    client.towardsServer.on("message", (bytes) => {
      const now = performance.now();
      const arrives = Math.max(client.freeAt, now) + ((bytes.length + HEADERS) * 8_000) / client.bitsPerSecond;
      if (arrives > now + QUEUE_MS) return;
      client.freeAt = arrives;
      if (!this.isLost(client)) this.after(arrives - now + client.delayMs, () => this.entrance.send(bytes, port, "127.0.0.1"));
    });
    this.clients.set(port, client);
    return client;
  }
}
