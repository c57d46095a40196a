// Builds the samples for `/samples/ui-library/`. They import Microsoft's UI library as it is published, and that imports
// `@azure/communication-calling`; package.json makes that name Convene's SDK.
import { defineConfig } from "vite";
import { licences } from "../../sdk/calling/licences.js";

// Under MIT by their manifests; their packages hold no licence file.
const STATED = ["@fluentui/react-icons", "@fluentui-contrib/react-chat", "embla-carousel", "embla-carousel-autoplay", "embla-carousel-fade", "react-property", "toggle-selection"];

const PAGES = ["call", "components"];

export default defineConfig({
  plugins: [licences(STATED)],
  base: "/samples/ui-library/",
  // The SDK is a link to this checkout; what it imports is found here all the same, once.
  resolve: { preserveSymlinks: true },
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
