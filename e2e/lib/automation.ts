// An app's server that uses call automation: it serves files to be played, hears callbacks, and asks Convene for things.

import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./server";

/** What an app is told: the type without its prefix, and the data. */
export interface Told {
  readonly type: string;
  readonly data: { readonly operationContext?: string; readonly tone?: string; readonly sequenceId?: number; readonly resultInformation?: { readonly message: string } };
}

/** The app's server. */
export interface Automation {
  /** The address of its file: a tone that goes on for ever when it is played in a loop. */
  readonly file: string;
  /** Where its callbacks go. */
  readonly callbacks: string;
  /** What it was told so far, without lists of people. */
  readonly told: Told[];
  /** Asks Convene for something; gives its answer's JSON, if there is any. */
  ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** A WAV file of one second of a tone, at half of what is loudest. */
function wavOf(hz: number, rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + rate * 2, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(rate * 2, 40);
  const samples = Int16Array.from({ length: rate }, (_, at) => 16_000 * Math.sin((2 * Math.PI * hz * at) / rate));
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/** Starts an app's server, whose file has this tone. */
export async function startAutomation(convene: Server, hz: number): Promise<Automation> {
  const told: Told[] = [];
  const http = createServer(async (request, response) => {
    if (request.url === "/tone.wav") {
      response.writeHead(200, { "content-type": "audio/wav" }).end(wavOf(hz, 44_100));
      return;
    }
    let body = "";
    for await (const part of request) body += String(part);
    response.end();
    for (const { type, data } of JSON.parse(body) as Told[]) {
      const name = type.replace("Microsoft.Communication.", "");
      if (name !== "ParticipantsUpdated") told.push({ type: name, data });
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const [, key = ""] = /accesskey=(.+)$/.exec(await convene.connectionString()) ?? [];
  return {
    file: `${base}/tone.wav`,
    callbacks: `${base}/callbacks`,
    told,
    async ask<Answer>(method: string, path: string, content?: unknown) {
      const body = content === undefined ? "" : JSON.stringify(content);
      const target = `${path}?api-version=2026-03-12`;
      const date = new Date().toUTCString();
      const hash = createHash("sha256").update(body).digest("base64");
      const text = `${method}\n${target}\n${date};${new URL(convene.url).host};${hash}`;
      const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
      const answer = await fetch(convene.url + target, {
        method,
        body: body || null,
        headers: { "x-ms-date": date, "x-ms-content-sha256": hash, Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}` },
      });
      const said = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
      return (said ? JSON.parse(said) : undefined) as Answer;
    },
    stop: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}
