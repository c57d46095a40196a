import type { Plugin } from "vite";

/**
 * The real-time part of the published chat client gets hold of the global object by making code. The pages' policy refuses that, and
 * Firefox writes it into the console.
 */
export function globalObject(): Plugin {
  return {
    name: "global-object",
    transform: (code, id) => (id.includes("communication-signaling") ? code.replaceAll('Function("return this")()', "globalThis") : undefined),
  };
}
