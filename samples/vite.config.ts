// Builds the samples for `/samples/`. They import `@azure/communication-calling`; package.json makes that name Convene's SDK.
import { defineConfig } from "vite";
import { licences } from "../sdk/calling/licences.js";

const SAMPLES = ["join-by-link", "group-call", "video", "screen-share", "roster", "devices", "ringing", "embed"];

export default defineConfig({
  plugins: [licences()],
  base: "/samples/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", ...SAMPLES.map((sample) => `${sample}/index.html`)] },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
