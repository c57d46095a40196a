// An app's own web server, on another origin than Convene: its files under `/app/`, and tokens for its users from `/token`.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Server } from "./server";

const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

/** A running app. */
export interface AppServer {
  /** The address of its page. */
  readonly page: string;
  stop(): Promise<void>;
}

/** Serves a folder, and gives each visitor a user and a token of the Convene server. */
export async function startAppServer(folder: string, convene: Server): Promise<AppServer> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://app").pathname;
    try {
      if (path === "/token") {
        const { id } = await convene.cli<{ id: string }>("user", "create", "--name", "Visitor");
        const { token } = await convene.cli<{ token: string }>("token", "issue", "--user", id, "--scope", "voip");
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token }));
        return;
      }
      const name = normalize(path.replace(/^\/app\/$/, "/app/index.html")).replace(/^\/app\//, "");
      const file = await readFile(join(folder, name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "text/plain" }).end(file);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    page: `http://127.0.0.1:${port}/app/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
