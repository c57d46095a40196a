// A receiver of webhooks in a thread of its own, which counts: what a delivery costs beside it is the sender's.

import { createServer } from "node:http";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

/** Starts one. */
export async function startSink() {
  const worker = new Worker(import.meta.filename);
  worker.once("error", (error) => {
    throw error;
  });
  const said = () => new Promise((resolve) => worker.once("message", resolve));
  const port = await said();
  return {
    port,
    /** Counts from now on those to one path; `last` resolves with the last body, its headers and when it came. */
    async count(path, requests) {
      const counts = said();
      worker.postMessage({ path, requests });
      await counts;
      return { last: said() };
    },
    stop: () => worker.terminate(),
  };
}

function run() {
  let left = 0;
  let counted;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { method, headers } = request;
      if (method === "OPTIONS") return response.writeHead(200, { "WebHook-Allowed-Origin": headers["webhook-request-origin"] }).end();
      response.writeHead(204).end();
      if (request.url !== counted) return;
      left -= 1;
      if (left === 0) parentPort.postMessage({ body, headers, at: performance.timeOrigin + performance.now() });
    });
  });
  server.listen(0, "127.0.0.1", 4096, () => parentPort.postMessage(server.address().port));
  parentPort.on("message", ({ path, requests }) => {
    // More than were asked for is a measurement that is wrong.
    if (left < 0) throw new Error(`${-left} requests to ${counted} came too many.`);
    [counted, left] = [path, requests];
    parentPort.postMessage("counts");
  });
}

if (!isMainThread) run();
