// Builds the pages that the server embeds. No inline script or style: the server's Content-Security-Policy allows none.
import { defineConfig } from "vite";
import { licences } from "../sdk/calling/licences.js";

export default defineConfig({
  plugins: [licences()],
  base: "/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "join.html", "api.html", "sign-in.html"] },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/v1.0": "http://127.0.0.1:8080" } },
});
