// Builds the samples for `/samples/ui-library/`. They import Microsoft's UI library as it is published, and that imports
// `@azure/communication-calling`; package.json makes that name Convene's SDK.
import { defineConfig } from "vite";
import { licences, UI_LIBRARY_STATED } from "../../sdk/calling/licences.js";
import { globalObject } from "../../web/global-object.js";

const PAGES = ["call", "components", "call-with-chat", "group-call-with-chat", "chat"];

export default defineConfig({
  plugins: [globalObject(), licences(UI_LIBRARY_STATED)],
  base: "/samples/ui-library/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: ["index.html", ...PAGES.map((page) => `${page}/index.html`)],
      external: ["@azure/communication-calling-effects"],
      // Marks for servers that render; there is none here.
      onLog: (level, log, pass) => void (log.code === "MODULE_LEVEL_DIRECTIVE" || pass(level, log)),
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
