// Stands between the server and a back end: writes down what comes, passes it on, and loses answers where it is told to.

import { createServer, request as ask } from "node:http";

function pass(port, request, body) {
  const { host: _, ...headers } = request.headers;
  return new Promise((resolve, reject) => {
    const passed = ask({ host: "127.0.0.1", port, method: request.method, path: request.url, headers }, (answer) => {
      answer.resume().once("end", () => resolve(answer));
    });
    passed.once("error", reject).end(body);
  });
}

/** Starts one before the back end at `port`. */
export async function startReceiver(port) {
  /** Each attempt, in the order of arrival: `event`, `body`, and `status`, undefined while the back end does not answer. */
  const receipts = [];
  let toLose = 0;
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const receipt = request.method === "POST" ? { event: JSON.parse(body), body, status: undefined } : undefined;
    if (receipt) receipts.push(receipt);
    try {
      const answer = await pass(port, request, body);
      if (receipt) receipt.status = answer.statusCode;
      if (receipt && toLose > 0) {
        toLose -= 1;
        return request.destroy();
      }
      const allowed = answer.headers["webhook-allowed-origin"];
      response.writeHead(answer.statusCode, allowed && { "WebHook-Allowed-Origin": allowed }).end();
    } catch {
      response.writeHead(503).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/events`,
    receipts,
    /** The next event is taken by the back end, and the server does not hear of it. */
    loseAnAnswer: () => (toLose += 1),
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
