// A page of an app with Microsoft's published chat client in it, and what that heard.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import type * as Bundle from "./chat-client";
import { startAppServer, type AppServer } from "./app-server";
import type { Server } from "./server";

/** Where a client's requests go: to an address over https, or to the origin of its page. */
export type Way = { readonly endpoint: string } | "the page's origin";

/** An event that a client heard. */
export type Heard = readonly [string, Record<string, unknown>];

interface Kept {
  readonly client: Bundle.ChatClient;
  readonly heard: [string, Record<string, unknown>][];
}

declare global {
  interface Window {
    Chat: typeof Bundle;
    __chat: Kept;
  }
}

const EVENTS = [
  "chatMessageReceived",
  "chatMessageEdited",
  "chatMessageDeleted",
  "typingIndicatorReceived",
  "readReceiptReceived",
  "chatThreadCreated",
  "chatThreadDeleted",
  "chatThreadPropertiesUpdated",
  "participantsAdded",
  "participantsRemoved",
  "realTimeNotificationConnected",
  "realTimeNotificationDisconnected",
] as const;

/** An app whose page has the published chat client, unmodified. */
export interface ChatApp extends AppServer {
  /** The bundle, for pages of others. */
  readonly script: string;
}

/** Bundles the client and serves it on an origin of its own. */
export async function startChatApp(server: Server): Promise<ChatApp> {
  const folder = await mkdtemp(join(tmpdir(), "convene-chat-"));
  const esbuild = new URL("../../node_modules/.bin/esbuild", import.meta.url).pathname;
  const entry = new URL("chat-client.ts", import.meta.url).pathname;
  await promisify(execFile)(esbuild, [entry, "--bundle", "--format=iife", "--global-name=Chat", "--log-level=error", `--outfile=${join(folder, "chat.js")}`]);
  await writeFile(join(folder, "index.html"), '<!doctype html><title>Chat</title><script src="chat.js"></script>');
  const app = await startAppServer(folder, server);
  const script = await readFile(join(folder, "chat.js"), "utf8");
  const stop = async (): Promise<void> => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { page: app.page, script, stop };
}

/** Somebody who chats. */
export class ChatPage {
  private constructor(
    readonly page: Page,
    readonly id: string,
  ) {}

  /** A new user with a client in the page, which listens. */
  static async listen(page: Page, server: Server, way: Way): Promise<ChatPage> {
    const { id } = await server.cli<{ id: string }>("user", "create", "--name", "Somebody");
    const { token } = await server.cli<{ token: string }>("token", "issue", "--user", id, "--scope", "chat");
    await ChatPage.start(page, token, way);
    return new ChatPage(page, id);
  }

  private static async start(page: Page, token: string, way: Way): Promise<void> {
    await page.evaluate(
      async ({ token, endpoint, events }) => {
        const { AzureCommunicationTokenCredential, ChatClient, createDefaultHttpClient } = window.Chat;
        const credential = new AzureCommunicationTokenCredential(token);
        // The client refuses plain http: on a page of the server's own it is told https, and its requests stay at the page's origin.
        const here = <Request extends { url: string; allowInsecureConnection?: boolean }>(request: Request): Request => {
          const { pathname, search } = new URL(request.url);
          request.url = new URL(pathname + search, location.origin).href;
          request.allowInsecureConnection = true;
          return request;
        };
        const http = createDefaultHttpClient();
        const options = endpoint
          ? {}
          : {
              httpClient: { sendRequest: (request: Parameters<typeof http.sendRequest>[0]) => http.sendRequest(here(request)) },
              signalingClientOptions: {
                additionalPolicies: [
                  {
                    position: "perCall" as const,
                    policy: {
                      name: "stayHere",
                      sendRequest: (request: Parameters<typeof http.sendRequest>[0], next: typeof http.sendRequest) => next(here(request)),
                    },
                  },
                ],
              },
            };
        const client = new ChatClient(endpoint ?? `https://${location.host}`, credential, options);
        const heard: [string, Record<string, unknown>][] = [];
        const connected = new Promise<void>((resolve) => client.on("realTimeNotificationConnected", () => resolve()));
        await client.startRealtimeNotifications();
        for (const event of events) {
          client.on(event as "chatMessageReceived", (payload) => heard.push([event, JSON.parse(JSON.stringify(payload ?? {}))]));
        }
        await connected;
        window.__chat = { client, heard };
      },
      { token, endpoint: way === "the page's origin" ? null : way.endpoint, events: EVENTS },
    );
  }

  /** Does something in the page. The function is taken over as text: it sees nothing but its arguments. */
  do<Answer, Argument>(what: (client: Bundle.ChatClient, argument: Argument) => Answer | Promise<Answer>, argument?: Argument): Promise<Answer> {
    return this.page.evaluate(`(${what.toString()})(window.__chat.client, ${JSON.stringify(argument)})`) as Promise<Answer>;
  }

  /** What it heard so far, in its order, of one kind or of all. */
  async heard(...kinds: string[]): Promise<Heard[]> {
    const all = await this.page.evaluate(() => window.__chat.heard);
    return all.filter(([kind]) => (kinds.length > 0 ? kinds.includes(kind) : !kind.startsWith("realTime")));
  }
}
