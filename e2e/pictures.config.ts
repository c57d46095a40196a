// Pictures of the pages for people to look at: `make pictures`, or `./run.sh --config pictures.config.ts`.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "pictures",
  outputDir: ".out/results",
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  retries: 0,
  reporter: [["list"]],
});
