// One sample app, written against ACS, built in every way that the documentation names. Each runs on an origin of its own and is
// in a call with somebody at a page of the server's: both see and hear each other.

import { randomUUID } from "node:crypto";
import { startAppServer } from "../lib/app-server";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";
import { SamplePage } from "../lib/sample-page";
import { buildSample, makeProject, ways, type Project } from "../../tests/bundlers/lib/project.mjs";

let project: Project;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  project = await makeProject();
});
test.afterAll(() => project.remove());

for (const way of Object.keys(ways)) {
  test(`the sample built by ${way} shows and plays the others, and is seen and heard`, async ({ open, server }) => {
    const app = await startAppServer(await buildSample(way, project, server.url), server);
    const group = randomUUID();
    const ben = await SamplePage.connect(await open("green"), "group-call", "Ben", group);
    await ben.expectState("Connected");

    const page = await open("red");
    await page.goto(app.page);
    await page.getByLabel("Your name").fill("Ann");
    await page.getByLabel("Group id").fill(group);
    await page.getByRole("button", { name: "Join" }).click();
    await expect(page.locator("#state")).toHaveText("Connected");

    await expectToSee(page.locator('[data-name="Ben"] video, video[data-name="Ben"]'), "green");
    await expectToSee(page.locator("#own video"), "red");
    await expectToHear(page, ["green"]);
    await expectToSee(ben.videoOf("Ann"), "red");
    await expectToHear(ben.page, ["red"]);

    await page.getByRole("button", { name: "Leave" }).click();
    await expect(page.locator("#state")).toHaveText("Disconnected 0/0");
    await app.stop();
  });
}
