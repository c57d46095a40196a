// Somebody in the lobby who keeps every byte that the server sends. A socket of its own instead of a browser, so that
// nothing is hidden: HTTP head, WebSocket frames, pings.

import { createHash, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** A WebSocket text frame or control frame of the server. */
export interface Frame {
  /** 1 text, 8 close, 9 ping, 10 pong (RFC 6455 §5.2). */
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A raw WebSocket client of the signaling protocol. */
export class Spy {
  private bytes = Buffer.alloc(0);
  private requests = 0;
  private waiting: { readonly fits: (text: string) => boolean; readonly resolve: () => void }[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      const texts = this.texts();
      this.waiting = this.waiting.filter(({ fits, resolve }) => {
        if (!texts.some(fits)) return true;
        resolve();
        return false;
      });
    });
  }

  /** Opens the WebSocket, says hello, and asks to join. Ends when it is told that it waits. */
  static async knock(server: string, token: string, link: string, displayName: string): Promise<Spy> {
    const { hostname, port, host } = new URL(server);
    const socket = connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname);
    const spy = new Spy(socket);
    const key = randomBytes(16).toString("base64");
    socket.write(
      `GET /signaling HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    spy.say({ type: "hello", versions: [1], token, client: "spy" });
    await spy.until((text) => text.includes('"welcome"'));
    const target = { kind: "meetingLink", link };
    spy.say({ type: "request", id: 1, call: 1, request: { type: "join", target, displayName, muted: false } });
    await spy.until((text) => text.includes('"waiting"'));
    return spy;
  }

  /** Asks for something, as a hostile client would; resolves with the answer's arrival. */
  async ask(request: object): Promise<void> {
    this.requests += 1;
    const id = 100 + this.requests;
    this.say({ type: "request", id, call: 1, request });
    await this.until((text) => text.includes(`"id":${id},`) || text.includes(`"id":${id}}`));
  }

  /** Waits for a text frame. */
  until(fits: (text: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (this.texts().some(fits)) resolve();
      else this.waiting.push({ fits, resolve });
    });
  }

  /** Everything received so far, as it came. */
  everything(): Buffer {
    return this.bytes;
  }

  /** What came before the first frame. */
  head(): string {
    return this.bytes.subarray(0, this.headLength()).toString("latin1");
  }

  /** All whole frames received so far; throws if a byte belongs to none. */
  frames(): Frame[] {
    const frames: Frame[] = [];
    let at = this.headLength();
    while (at + 2 <= this.bytes.length) {
      const opcode = this.bytes.readUInt8(at) & 0x0f;
      let length = this.bytes.readUInt8(at + 1);
      if (length > 127) throw new Error("a server must not mask its frames");
      at += 2;
      if (length === 126) {
        length = this.bytes.readUInt16BE(at);
        at += 2;
      } else if (length === 127) {
        length = Number(this.bytes.readBigUInt64BE(at));
        at += 8;
      }
      if (at + length > this.bytes.length) break;
      frames.push({ opcode, payload: this.bytes.subarray(at, at + length) });
      at += length;
    }
    return frames;
  }

  /** The text frames received so far. */
  texts(): string[] {
    if (this.headLength() === 0) return [];
    return this.frames()
      .filter(({ opcode }) => opcode === 1)
      .map(({ payload }) => payload.toString("utf8"));
  }

  close(): void {
    this.socket.destroy();
  }

  private headLength(): number {
    const end = this.bytes.indexOf("\r\n\r\n");
    return end < 0 ? 0 : end + 4;
  }

  /** One masked text frame (RFC 6455 §5.3). */
  private say(message: object): void {
    const payload = Buffer.from(JSON.stringify(message));
    const mask = createHash("sha256").update(payload).digest().subarray(0, 4);
    const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    const length = Buffer.alloc(4);
    length.writeUInt8(0x81, 0);
    length.writeUInt8(0x80 | 126, 1);
    length.writeUInt16BE(payload.length, 2);
    this.socket.write(Buffer.concat([length, mask, masked]));
  }
}
