// Builds the samples for `/samples/`. They import `@azure/communication-calling`; package.json makes that name Convene's SDK.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/samples/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "join-by-link/index.html", "group-call/index.html"] },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
