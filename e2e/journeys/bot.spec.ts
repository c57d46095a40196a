// A bot of an app's server joins a meeting by its link, hears people and answers them.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOOKS } from "../lib/devices";
import { expect, test } from "../lib/fixtures";
import { MeetingPage } from "../lib/meeting-page";
import { startServer, type Server } from "../lib/server";
import { heardWithAnswers as heard, startBot } from "../lib/voice-bot";

/** A server whose organization trusts the app. */
async function withTrust(use: (server: Server) => Promise<void>): Promise<void> {
  const resource = "2b7a3c52-5d2f-4b8e-8d0b-6c0f4c1d9a77";
  const folder = await mkdtemp(join(tmpdir(), "convene-bot-"));
  const settings = join(folder, "convene.toml");
  await writeFile(settings, `federated = ["${resource}"]\n`);
  const server = await startServer({ dev: true, flags: ["--config", settings] });
  try {
    await server.kill();
    await server.cli("resource", "create", "--id", resource, "--default");
    await server.start();
    await use(server);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

test("a bot joins by the link, is seen by everybody, hears who speaks, answers in its own voice, and goes when it is removed", async ({ open }) => {
  test.slow();
  await withTrust(async (server) => {
    const at = { baseURL: server.url };
    const olga = await MeetingPage.start(await open("red", at), { name: "Olga", lobby: "Nobody waits" });
    const { bot, said } = await startBot(server, await olga.link());
    try {
      await expect.poll(() => said).toContain("It hears and speaks.");
      await expect(olga.tileOf("Parrot")).toBeVisible();
      // It answers Olga alone, and Olga hears nothing of herself.
      await expect.poll(() => heard(olga.page)).toEqual([2 * LOOKS.red.tone]);

      const gina = await MeetingPage.open(await open("green", at), await olga.link(), "Gina");
      await gina.join();
      await expect(gina.tileOf("Parrot")).toBeVisible();
      await gina.press("Mute");
      await expect.poll(() => heard(gina.page)).toEqual([LOOKS.red.tone, 2 * LOOKS.red.tone]);
      await gina.press("Unmute");
      await olga.press("Mute");
      await expect.poll(() => heard(olga.page)).toEqual([LOOKS.green.tone, 2 * LOOKS.green.tone]);

      await olga.act("Parrot", "Remove…");
      await olga.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await expect.poll(() => said.some((line) => line.startsWith("Out of the call:") && line.endsWith("(0/5300)"))).toBe(true);
      await expect(gina.tileOf("Parrot")).toHaveCount(0);
      await expect.poll(() => heard(olga.page)).toEqual([LOOKS.green.tone]);
    } finally {
      bot.kill();
    }
  });
});

test("a bot is not let into a meeting with a lobby, and says what the organizer can do", async ({ open }) => {
  await withTrust(async (server) => {
    const olga = await MeetingPage.start(await open("red", { baseURL: server.url }), { name: "Olga", lobby: "Guests wait" });
    const { bot, said } = await startBot(server, await olga.link());
    await new Promise((resolve) => bot.once("exit", resolve));
    expect(said.join("\n")).toContain("LobbyClosed");
    await expect(olga.tileOf("Parrot")).toHaveCount(0);
  });
});
