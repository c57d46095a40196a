// While working on the pages: serves them as they are on disk, so that a change needs no new binary (E2E_PAGES=disk).
// The headers of the server, its Content-Security-Policy above all, are tested only without this.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { BrowserContext } from "@playwright/test";

const ROOT = new URL("../../", import.meta.url).pathname;
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** Takes over the pages of every page in this context. */
export async function servePagesFromDisk(context: BrowserContext): Promise<void> {
  await context.route(
    (url) => fileOf(url.pathname) !== undefined,
    async (route) => {
      const file = fileOf(new URL(route.request().url()).pathname) ?? "";
      const headers = { "content-type": TYPES[extname(file)] ?? "text/plain", "access-control-allow-origin": "*" };
      await route.fulfill({ body: await readFile(ROOT + file), headers });
    },
  );
}

function fileOf(path: string): string | undefined {
  if (path === "/") return "web/dist/index.html";
  if (path === "/api.html") return "web/dist/api.html";
  if (path === "/sign-in" || path === "/sign-in/password") return "web/dist/sign-in.html";
  if (path.startsWith("/l/meetup-join/") || path.startsWith("/meet/")) return "web/dist/join.html";
  if (path === "/embed") return "web/dist/embed.html";
  if (path === "/sdk/meeting.js") return "web/dist/sdk/meeting.js";
  if (path.startsWith("/samples/ui-library/")) return `samples/ui-library/dist/${path.slice("/samples/ui-library/".length)}${path.endsWith("/") ? "index.html" : ""}`;
  if (path.startsWith("/samples/")) return `samples/dist/${path.slice("/samples/".length)}${path.endsWith("/") ? "index.html" : ""}`;
  if (path.startsWith("/sdk/calling-effects")) return `sdk/calling-effects/dist/browser/${path.slice("/sdk/".length)}`;
  if (path.startsWith("/sdk/")) return `sdk/calling/dist/browser/${path.slice("/sdk/".length)}`;
  if (path.startsWith("/assets/") || path === "/icon.svg") return `web/dist${path}`;
  return undefined;
}
