// Builds the pages that the server embeds. No inline script or style: the server's Content-Security-Policy allows none.
import { defineConfig } from "vitest/config";
import { licences, UI_LIBRARY_STATED } from "../sdk/calling/licences.js";
import { globalObject } from "./global-object.js";

export default defineConfig({
  plugins: [globalObject(), licences(UI_LIBRARY_STATED)],
  base: "/",
  // A test reads a style sheet.
  test: { css: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        ...Object.fromEntries(["index", "join", "embed", "api", "sign-in"].map((page) => [page, `${page}.html`])),
        "meeting-element": "src/embed/element.ts",
      },
      // The element's address stands in others' pages.
      output: { entryFileNames: ({ name }) => (name === "meeting-element" ? "sdk/meeting.js" : "assets/[name]-[hash].js") },
      // What the UI library's finished screens import, which are not used here.
      external: ["@azure/communication-calling-effects"],
      // Marks for servers that render; there is none here.
      onLog: (level, log, pass) => void (log.code === "MODULE_LEVEL_DIRECTIVE" || pass(level, log)),
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/v1.0": "http://127.0.0.1:8080" } },
});
