// A piece of wire before a server that can be cut: bytes go through it, stay in it, or it breaks with all that is in it.

import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** The wire. */
export interface Wire {
  readonly port: number;
  /** What the server says from now on stays in the wire. */
  hold(): void;
  /** Breaks all connections; what was held is lost. New ones are as before. */
  cut(): void;
  stop(): Promise<void>;
}

/** Lays a wire to the server at the port. */
export async function layWire(to: number): Promise<Wire> {
  const open = new Set<Socket>();
  let held = false;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => {
      if (!held) near.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      held = true;
    },
    cut() {
      held = false;
      for (const socket of open) socket.destroy();
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
