// Calls that outlive what carries them: the server is killed, the network is cut.

import { execFileSync } from "node:child_process";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee, look } from "../lib/probes";

const GROUP = "1d5bd6f5-8a0c-4d5e-9f0f-3b2a7c1f0e11";

/** How often each break is repeated; more than once for figures: E2E_ROUNDS=10. */
const ROUNDS = Number(process.env.E2E_ROUNDS ?? 1);

/** How long the network is cut. Up to 30 s bring everybody back: E2E_CUT_SECONDS=30. */
const CUT_SECONDS = Number(process.env.E2E_CUT_SECONDS ?? 10);

function report(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  console.log(`${what}: video moves again after p50 ${at(0.5)} ms, p95 ${at(0.95)} ms (${times.length} times: ${times.join(", ")})`);
}

/** Milliseconds until a video moves again. */
async function untilItMoves(video: ReturnType<AppPage["videoOf"]>, since: number): Promise<number> {
  await expect.poll(async () => ((await video.count()) === 0 ? 0 : (await look(video)).frames), { message: "frames", intervals: [50] }).toBeGreaterThan(5);
  return Date.now() - since;
}

test.setTimeout(60_000 + ROUNDS * (20_000 + CUT_SECONDS * 1000));

test("a server that is killed comes back, and so do its calls, with the same people", async ({ open, request, server }) => {
  const token = async (): Promise<string> => {
    const answer: { token: string } = await (await request.get(`${server.url}/api/token`)).json();
    return answer.token;
  };
  const ana = await AppPage.join(await open("red"), await token(), { groupId: GROUP }, "Ana");
  const ben = await AppPage.join(await open("green"), await token(), { groupId: GROUP }, "Ben");
  await expectToSee(ana.videoOf("Ben"), "green");
  await expectToSee(ben.videoOf("Ana"), "red");
  const ids = [await ana.callId(), await ben.callId()];

  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.kill();
    const since = Date.now();
    await server.start();
    times.push(...(await Promise.all([untilItMoves(ana.videoOf("Ben"), since), untilItMoves(ben.videoOf("Ana"), since)])));
  }
  report("kill -9 and start", times);
  await expectToSee(ana.videoOf("Ben"), "green");
  await expectToSee(ben.videoOf("Ana"), "red");
  await expectToHear(ana.page, ["green"]);
  expect([await ana.callId(), await ben.callId()]).toEqual(ids);
  expect([await ana.others(), await ben.others()]).toEqual([["Ben"], ["Ana"]]);
});

test("a network that is cut for a while brings everybody back into the same call", async ({ open, request, server }) => {
  test.skip(process.env.E2E_OWN_NETWORK !== "1", "cutting the network needs a network namespace of the tests' own (root)");
  const answer: { token: string } = await (await request.get(`${server.url}/api/token`)).json();
  const second: { token: string } = await (await request.get(`${server.url}/api/token`)).json();
  const ana = await AppPage.join(await open("red"), answer.token, { groupId: `${GROUP.slice(0, -1)}2` }, "Ana");
  const ben = await AppPage.join(await open("green"), second.token, { groupId: `${GROUP.slice(0, -1)}2` }, "Ben");
  await expectToSee(ana.videoOf("Ben"), "green");
  await expectToSee(ben.videoOf("Ana"), "red");
  const id = await ana.callId();

  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    execFileSync("ip", ["link", "set", "lo", "down"]);
    try {
      // The cut is over when its time has passed; nothing else marks its end.
      await ana.page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), CUT_SECONDS * 1000);
    } finally {
      execFileSync("ip", ["link", "set", "lo", "up"]);
    }
    const since = Date.now();
    times.push(...(await Promise.all([untilItMoves(ana.videoOf("Ben"), since), untilItMoves(ben.videoOf("Ana"), since)])));
  }
  report(`${CUT_SECONDS} s cut`, times);
  await expectToSee(ana.videoOf("Ben"), "green");
  await expectToSee(ben.videoOf("Ana"), "red");
  expect(await ana.callId()).toBe(id);
  expect([await ana.others(), await ben.others()]).toEqual([["Ben"], ["Ana"]]);
});
