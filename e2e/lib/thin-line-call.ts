// A group call whose media goes over a line that the test can spoil.

import { randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { AppPage, type Stage } from "./app-page";
import { expect, type OpenPage } from "./fixtures";
import { startServer } from "./server";
import { ThinLine } from "./thin-line";

/** Starts a server behind such a line, runs what is to be run, and ends both. Media has no other way than UDP. */
export async function overThinLine(
  { open, request }: { readonly open: OpenPage; readonly request: APIRequestContext },
  flags: readonly string[],
  run: (stage: Stage, line: ThinLine) => Promise<void>,
): Promise<void> {
  const line = await ThinLine.open();
  const server = await startServer({ dev: true, flags: [...flags, "--no-media-tcp"], ...line.server });
  try {
    await run({ open: (camera, options) => open(camera, { baseURL: server.url, ...options }), request, server }, line);
  } finally {
    await server.stop();
    line.close();
  }
}

/** Ann, and Ben behind her, who sees her camera of up to 1280 x 720 as large as it comes; and how many clients of the line were there before Ben. */
export async function watchLarge(at: Stage, line: ThinLine): Promise<{ readonly ben: AppPage; readonly others: number }> {
  const group = randomUUID();
  await AppPage.inGroup(at, group, "wide", "Ann");
  const others = line.count;
  const ben = await AppPage.inGroup(at, group, "green", "Ben", { camera: false });
  await expect(ben.videoOf("Ann")).toHaveCount(1);
  await ben.page.locator('figure[data-name="Ann"]').evaluate((figure) => Object.assign(figure.style, { width: "1280px", height: "720px", margin: "0" }));
  return { ben, others };
}
