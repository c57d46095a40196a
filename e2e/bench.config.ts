// The benches in real browsers: `make bench`, or `./run.sh --config bench.config.ts`.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "bench",
  outputDir: ".out/bench",
  workers: 1,
  fullyParallel: false,
  expect: { timeout: 20_000 },
  retries: 0,
  reporter: [["list"]],
});
