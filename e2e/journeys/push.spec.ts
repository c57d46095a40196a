// Somebody is called whose page is closed: the browser shows who calls, and the page that is opened then rings.

import type { BrowserContext } from "@playwright/test";
import { expect, test } from "../lib/fixtures";
import { expectToHear } from "../lib/probes";
import { PushService, type RingMessage } from "../lib/push-service";
import { newPerson, RingingPage } from "../lib/ringing-page";

/** Delivers a message to the service worker, as the browser does it after its push service. */
async function deliver(context: BrowserContext, origin: string, data: string): Promise<void> {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await registered, data });
  await page.close();
}

test("a closed page rings by a notification, and the page that it opens answers", async ({ open, server }) => {
  const service = await PushService.start();
  try {
    const closed = await open("green");
    const context = closed.context();
    await service.serve(context, server.url);
    await closed.goto("/samples/ringing/");
    await closed.getByLabel("Your name").fill("Ben");
    await closed.getByRole("button", { name: "Connect", exact: true }).click();
    await closed.getByRole("button", { name: "Ring when this page is closed" }).click();
    await expect(closed.locator("#push-state")).toHaveText("This browser rings when the page is closed.");
    const ben = await closed.locator("#own-id").innerText();
    const serverKey = await closed.evaluate(() => (window as typeof window & { __serverKey: string }).__serverKey);
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
    await closed.close();

    const ann = await newPerson(server.url);
    const caller = await RingingPage.open(await open("red"), ann.token, "Ann");
    await caller.call(ben);
    await expect.poll(() => service.count).toBe(1);
    await caller.expectState("Ringing");
    const text = service.read(0, serverKey);
    expect(JSON.parse(text) as RingMessage).toMatchObject({ type: "Convene.IncomingCall", displayName: "Ann" });
    await deliver(context, server.url, text);
    const shown = () =>
      worker.evaluate(async () => {
        const { registration } = self as unknown as { registration: ServiceWorkerRegistration };
        return (await registration.getNotifications()).map(({ title }) => title);
      });
    await expect.poll(shown).toEqual(["Ann calls"]);

    const opened = await context.newPage();
    await opened.goto("/samples/ringing/");
    await expect(opened.locator("#caller")).toHaveText("Ann calls.");
    await opened.getByRole("button", { name: "Accept" }).click();
    await caller.expectState("Connected");
    await expectToHear(caller.page, ["green"]);
    await expect.poll(() => service.count).toBe(2);
    const over = JSON.parse(service.read(1, serverKey)) as RingMessage;
    expect(over).toMatchObject({ type: "Convene.IncomingCallOver", reason: { code: 487, subCode: 10003 } });
    await opened.close();
    await caller.expectEnd(0, 5003, /other participant left/);

    // The browser has unsubscribed: nobody is there any more.
    service.status = 410;
    await caller.call(ben);
    await caller.expectEnd(480, 10037, /./);
    await caller.call(ben);
    await caller.expectEnd(480, 10037, /./);
    expect(service.count).toBe(3);
  } finally {
    service.stop();
  }
});
