// Calls to a user of an app who has no page open: the app's server answers them, or does not take them.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LOOKS } from "../lib/devices";
import { expect, test } from "../lib/fixtures";
import { expectToSee } from "../lib/probes";
import { newPerson, RingingPage } from "../lib/ringing-page";
import { startServer, type Server } from "../lib/server";
import { heardWithAnswers, startBot } from "../lib/voice-bot";

/** Asks Convene what is signed with the access key. */
type Ask = (method: string, path: string, body?: object) => Promise<{ readonly id: string }>;

/** What an app's server does with the calls to its users. */
type Decide = () => readonly [action: "answer" | "redirect" | "reject", how: object];

/** An app's server without sound: does with each call what it is told to, and writes down what it hears of those that it answered. */
async function startApp(convene: Server, decide: Decide): Promise<{ heard: string[]; callbackUri: string; stop(): Promise<void> }> {
  const path = new URL("../../samples/who-is-in/convene.mjs", import.meta.url).href;
  const { client } = (await import(path)) as { client: (connectionString: string) => Ask };
  // Without TLS: this process does not know the server's CA.
  const ask = client((await convene.connectionString()).replace(/endpoint=[^;]+/, `endpoint=${convene.url}`));
  const heard: string[] = [];
  const app = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (request.method === "OPTIONS") response.setHeader("WebHook-Allowed-Origin", "*");
    response.end();
    if (request.url === "/callbacks") {
      for (const { type, data } of JSON.parse(body)) heard.push(`${type.replace("Microsoft.Communication.", "")} ${data.resultInformation.subCode}`);
    } else if (request.method === "POST") {
      const { incomingCallContext } = JSON.parse(body).data;
      const [action, how] = decide();
      await ask("POST", `/calling/callConnections:${action}`, { ...how, incomingCallContext }).catch((error) => heard.push(String(error)));
    }
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  const types = ["Microsoft.Communication.IncomingCall"];
  const { id } = await ask("POST", "/events/subscriptions", { endpoint: `${url}/events`, includedEventTypes: types });
  return {
    heard,
    callbackUri: `${url}/callbacks`,
    async stop() {
      await ask("DELETE", `/events/subscriptions/${id}`);
      app.close();
      app.closeAllConnections();
    },
  };
}

test("the sample bot answers a call to a user without a page, under that user's identity, hears the caller and replies", async ({ open }) => {
  test.slow();
  const own = await startServer({ dev: true });
  const [ann, desk] = [await newPerson(own.url), await newPerson(own.url)];
  const { bot, said } = await startBot(own, desk.user);
  try {
    await expect.poll(() => said).toContain(`Parrot answers calls to ${desk.user}.`);
    const caller = await RingingPage.open(await open("red", { baseURL: own.url }), ann.token, "Ann");
    await caller.call(desk.user);
    await caller.expectState("Connected");
    expect(await caller.do((app) => app.call.remoteParticipants.map((each) => [each.identifier, each.displayName, each.state]))).toEqual([
      [{ kind: "communicationUser", communicationUserId: desk.user, rawId: desk.user }, "Parrot", "Connected"],
    ]);
    await expect.poll(() => heardWithAnswers(caller.page)).toEqual([2 * LOOKS.red.tone]);
    await caller.do((app) => app.call.hangUp());
    await caller.expectEnd(0, 0, /You left/);
    await expect.poll(() => said.at(-1)).toContain("(0/5003)");
    expect(said).toContain("Ann calls.");

    bot.kill("SIGTERM");
    await once(bot, "exit");
    await caller.call(desk.user);
    await caller.expectEnd(480, 10037, /nobody to be reached/);
  } finally {
    bot.kill("SIGKILL");
    await own.stop();
  }
});

test("an app's server answers without sound and hangs up, rejects, and sends a call on to somebody with a page", async ({ open }) => {
  const own = await startServer({ dev: true });
  const [ann, desk, ben] = [await newPerson(own.url), await newPerson(own.url), await newPerson(own.url)];
  let decide: Decide = () => ["reject", {}];
  const app = await startApp(own, () => decide());
  try {
    const at = { baseURL: own.url };
    const caller = await RingingPage.open(await open("red", at), ann.token, "Ann");
    await caller.call(desk.user);
    await caller.expectEnd(603, 0, /declined/);

    decide = () => ["reject", { callRejectReason: "busy" }];
    await caller.call(desk.user);
    await caller.expectEnd(486, 0, /busy/);

    decide = () => ["answer", { callbackUri: app.callbackUri, displayName: "Front desk" }];
    await caller.call(desk.user);
    await caller.expectState("Connected");
    expect(await caller.othersAre()).toEqual(["Front desk Connected"]);
    await caller.do((app) => app.call.hangUp());
    await expect.poll(() => app.heard.at(-1)).toBe("CallDisconnected 5003");

    const called = await RingingPage.open(await open("green", at), ben.token, "Ben");
    decide = () => ["redirect", { target: { communicationUser: { id: ben.user } } }];
    await caller.call(desk.user);
    await called.expectLast("called by Ann");
    // Ben is a user of the same app, which cannot send the call to where it rings already.
    await expect.poll(() => app.heard.at(-1)).toContain("it rings there");
    await called.accept();
    await caller.expectState("Connected");
    await expectToSee(caller.videoOf("Ben"), "green");
    await expectToSee(called.videoOf("Ann"), "red");
  } finally {
    await app.stop();
    await own.stop();
  }
});
