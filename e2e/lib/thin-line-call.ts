// A group call whose media goes over a line that the test can spoil.

import type { APIRequestContext } from "@playwright/test";
import type { Stage } from "./app-page";
import type { OpenPage } from "./fixtures";
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
