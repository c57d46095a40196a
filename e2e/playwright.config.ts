// Journeys of people through the real binary in real browsers. Started by run.sh.
import { defineConfig } from "@playwright/test";

// run.sh starts several of these at once, each with a part of the journeys.
const lane = process.env.E2E_LANE ? `-${process.env.E2E_LANE}` : "";

export default defineConfig({
  testDir: "journeys",
  outputDir: `.out/results${lane}`,
  // One at a time in each lane: some journeys cut the network.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  reporter: [["list"], ["json", { outputFile: `.out/results${lane || "-1"}.json` }], ["./lib/summary-reporter.ts"]],
});
