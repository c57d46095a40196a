// A push service on this machine, and the browser that subscribed with it: what a message says is read with the browser's keys.

import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext } from "@playwright/test";

/** A message as the service worker gets it. */
export interface RingMessage {
  readonly type: string;
  readonly ring: string;
  readonly displayName: string;
  readonly reason?: { readonly code: number; readonly subCode: number };
}

const browser = createECDH("prime256v1");
browser.generateKeys();
const secret = randomBytes(16);

export class PushService {
  /** Answers with this status. */
  status = 201;
  private readonly came: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushService> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        service.came.push({ headers: request.headers, body: Buffer.concat(parts) });
        response.writeHead(service.status).end();
      });
    });
    const service = new PushService(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get count(): number {
    return this.came.length;
  }

  stop(): void {
    this.server.close();
  }

  /** Pages of this context subscribe here. Chromium's own push service is out on the internet. */
  async serve(context: BrowserContext, origin: string): Promise<void> {
    await context.grantPermissions(["notifications", "microphone", "camera"], { origin });
    const subscription = {
      endpoint: `${this.origin}/message/1`,
      keys: { p256dh: browser.getPublicKey("base64url"), auth: secret.toString("base64url") },
    };
    await context.addInitScript((subscription) => {
      PushManager.prototype.subscribe = async (options) => {
        Object.assign(window, { __serverKey: options?.applicationServerKey });
        return { endpoint: subscription.endpoint, toJSON: () => subscription } as Partial<PushSubscription> as PushSubscription;
      };
    }, subscription);
  }

  /** The text of a message, read with the browser's keys (RFC 8291 §3.4); its sender must be the one that the page subscribed for (RFC 8292). */
  read(at: number, serverKey: string): string {
    const { headers, body } = this.came[at]!;
    this.check(headers["authorization"] ?? "", serverKey);
    const salt = body.subarray(0, 16);
    const idLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + idLength);
    const sealed = body.subarray(21 + idLength);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), sender]);
    const key = Buffer.from(hkdfSync("sha256", browser.computeSecret(sender), secret, info, 32));
    const derive = (name: string, length: number) => Buffer.from(hkdfSync("sha256", key, salt, Buffer.from(`Content-Encoding: ${name}\0`), length));
    const decipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return text.subarray(0, text.lastIndexOf(2)).toString();
  }

  private check(authorization: string, serverKey: string): void {
    const [, token = "", key = ""] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
    if (key !== serverKey) throw new Error(`A message of another server: ${authorization}`);
    const point = Buffer.from(key, "base64url");
    const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
    const [header = "", claims = "", signature = ""] = token.split(".");
    const isSigned = verify("sha256", Buffer.from(`${header}.${claims}`), { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
    const { aud } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { aud: string };
    if (!isSigned || aud !== this.origin) throw new Error(`A message that is not signed for this push service: ${aud}`);
  }
}
