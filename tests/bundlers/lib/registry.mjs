// A package registry on the loopback address, so that npm itself resolves `npm:@convene/calling@…` as it would for a user, and
// no test needs the network. It has the packed SDK, and what this checkout has installed.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** Starts it with a tarball under the name that its manifest has. */
export async function startRegistry(tarball) {
  const packed = JSON.parse((await run("tar", ["-xzOf", tarball, "package/package.json"])).stdout);

  async function manifest(name) {
    if (name === packed.name) return packed;
    return JSON.parse(await readFile(join(root, "node_modules", name, "package.json"), "utf8"));
  }

  async function archive(name) {
    if (name === packed.name) return readFile(tarball);
    const folder = join(root, "node_modules", name);
    // npm leaves out the first part of each path, whatever its name is.
    const args = ["-czf", "-", `--exclude=${basename(folder)}/node_modules`, "-C", dirname(folder), basename(folder)];
    const { stdout } = await run("tar", args, { encoding: "buffer", maxBuffer: 1 << 27 });
    return stdout;
  }

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://registry").pathname).slice(1);
    const isArchive = path.endsWith(".tgz");
    const name = isArchive ? path.slice(0, -".tgz".length) : path;
    try {
      const about = await manifest(name);
      if (isArchive) return response.end(await archive(name));
      const dist = { tarball: `http://${request.headers.host}/${encodeURIComponent(name)}.tgz` };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ name, "dist-tags": { latest: about.version }, versions: { [about.version]: { ...about, dist } } }));
    } catch (error) {
      response.writeHead(404).end(JSON.stringify({ error: `${name} is not in this checkout: ${error.message}` }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}
