// An app's server that automates calls, with the client that ACS publishes, and hears the callbacks.

import { CallAutomationClient, parseCallAutomationEvent, type CallAutomationEvent } from "@azure/communication-call-automation";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@playwright/test";
import type { Server } from "./server";

/** A running app. */
export interface Automation {
  readonly client: CallAutomationClient;
  /** Where its callbacks go. */
  readonly url: string;
  /** Waits for a callback of this kind, and gives it. Each is given once. */
  told<Kind extends CallAutomationEvent["kind"]>(kind: Kind): Promise<Extract<CallAutomationEvent, { kind: Kind }>>;
  stop(): Promise<void>;
}

/** Starts an app of the server's default resource, by plain http. */
export async function startAutomation(convene: Server): Promise<Automation> {
  const heard: CallAutomationEvent[] = [];
  const endpoint = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      response.end();
      for (const event of JSON.parse(body) as Record<string, unknown>[]) heard.push(parseCallAutomationEvent(event));
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const accessKey = /accesskey=([^;]*)/i.exec(await convene.connectionString())?.[1] ?? "";
  return {
    client: new CallAutomationClient(`endpoint=${convene.url}/;accesskey=${accessKey}`, { allowInsecureConnection: true }),
    url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/callbacks`,
    async told(kind) {
      await expect.poll(() => heard.map((event) => event.kind), { message: "what the app was told" }).toContain(kind);
      const [event] = heard.splice(heard.findIndex((each) => each.kind === kind), 1);
      return event as Extract<CallAutomationEvent, { kind: typeof kind }>;
    },
    stop: () =>
      new Promise((resolve) => {
        endpoint.close(() => resolve());
        endpoint.closeAllConnections();
      }),
  };
}
