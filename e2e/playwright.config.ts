// Journeys of people through the real binary in real browsers. Started by run.sh.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "journeys",
  outputDir: ".out/results",
  // One at a time: four browsers with video are what two cores carry.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  reporter: [["list"], ["json", { outputFile: ".out/results.json" }], ["./lib/summary-reporter.ts"]],
});
