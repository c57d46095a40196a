// What every journey starts from: a server, and people with a browser each. A page's own errors fail its journey.

import { test as base, expect, type BrowserContextOptions, type Page, type TestInfo } from "@playwright/test";
import { Browsers } from "./browsers";
import type { Camera } from "./devices";
import { installObserver } from "./observer";
import { servePagesFromDisk } from "./pages-from-disk";
import { startServer, type Server } from "./server";

/** Opens a page in the browser with this camera. */
export type OpenPage = (camera: Camera, options?: BrowserContextOptions) => Promise<Page>;

interface TestFixtures {
  readonly open: OpenPage;
}

interface WorkerFixtures {
  readonly browsers: Browsers;
  /** A development server, shared by the journeys: each makes meetings of its own. */
  readonly server: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  browsers: [
    async ({}, use) => {
      const browsers = new Browsers();
      await use(browsers);
      await browsers.close();
    },
    { scope: "worker" },
  ],
  server: [
    async ({}, use) => {
      const server = await startServer({ dev: true });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  open: async ({ browsers, server }, use, info) => {
    const faults: string[] = [];
    const pages: Page[] = [];
    await use(async (camera, options) => {
      const browser = await browsers.of(camera);
      const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", ...options });
      if (process.env.E2E_PAGES === "disk") await servePagesFromDisk(context);
      const page = await context.newPage();
      await page.addInitScript(installObserver);
      watchForFaults(page, camera, faults);
      pages.push(page);
      return page;
    });
    if (info.status !== info.expectedStatus) await attachPictures(pages, info);
    await Promise.all(pages.map((page) => page.context().close()));
    expect(faults, "errors in the pages, and requests to other hosts").toEqual([]);
  },
});

export { expect };

/** Scripts that fail, what the Content-Security-Policy refuses, and every request that leaves the server. */
function watchForFaults(page: Page, camera: Camera, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(`${camera}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(`${camera}: ${message.text()}`);
  });
  const check = (address: string): void => {
    const url = new URL(address);
    const isOwn = ["127.0.0.1", "localhost"].includes(url.hostname) || ["data:", "blob:"].includes(url.protocol);
    if (!isOwn) faults.push(`${camera}: request to ${url.origin}`);
  };
  page.on("request", (request) => check(request.url()));
  page.on("websocket", (socket) => check(socket.url()));
}

async function attachPictures(pages: readonly Page[], info: TestInfo): Promise<void> {
  for (const [index, page] of pages.entries()) {
    if (page.isClosed()) continue;
    await info.attach(`page-${index}`, { body: await page.screenshot(), contentType: "image/png" });
  }
}
