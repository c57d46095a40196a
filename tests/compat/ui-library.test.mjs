// The declarations of Microsoft's UI library against ours: what its types say of `@azure/communication-calling` has to hold for our package,
// with everything checked.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const installed = join(root, "node_modules");
const library = "node_modules/@azure/communication-react/dist";

/** Compiles as an app does that checks all declarations; what the compiler says, line by line. */
async function complaints(files, sources = {}, paths = {}) {
  const folder = await mkdtemp(join(tmpdir(), "convene-ui-library-"));
  try {
    await symlink(installed, join(folder, "node_modules"));
    for (const [name, source] of Object.entries(sources)) await writeFile(join(folder, name), source);
    const compilerOptions = {
      noEmit: true, strict: true, skipLibCheck: false, preserveSymlinks: true, target: "es2022", module: "esnext", moduleResolution: "bundler",
      lib: ["ES2022", "DOM", "DOM.Iterable"], jsx: "react-jsx", types: ["node"], typeRoots: ["./node_modules/@types"], paths,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [...files, ...Object.keys(sources)] }));
    await promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", "."], { cwd: folder });
    return [];
  } catch (error) {
    if (!error.stdout) throw error;
    return error.stdout.trim().split("\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const published = `${library}/communication-react.d.ts`;
/** The names that the library's declarations import from the calling SDK. */
const named = [...(await readFile(join(installed, "..", published), "utf8")).matchAll(/^import (?:type )?\{ (\w+)(?: as \w+)? \} from '@azure\/communication-calling';$/gm)].map(([, name]) => name);

test("the library's published declarations compile against our package, strictly and with all declarations checked", async () => {
  assert.ok(new Set(named).size >= 60, `only ${named.length} names were read`);
  assert.deepEqual(await complaints([published]), []);
});

test("so do those of its single modules, but for two that need a package which the library does not declare", async () => {
  const modules = (await readdir(join(installed, "..", library, "dist-esm"), { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  assert.ok(modules.length > 500, `only ${modules.length} modules were found`);
  const said = await complaints(modules.map((name) => `${library}/dist-esm/${name}`));
  const expected = ["react-components/src", "react-composites/src/composites"].map(
    (part) => `${library}/dist-esm/${part}/localization/locales/utils.d.ts(1,29): error TS2307: Cannot find module 'type-fest' or its corresponding type declarations.`,
  );
  assert.deepEqual(said.sort(), expected.sort());
});

test("our objects are what the library takes, and what it hands out has our types", async () => {
  const app = `
    import { CallClient, Features, LocalVideoStream, type Call, type CallAgent, type DeviceManager } from "@azure/communication-calling";
    import { createAzureCommunicationCallAdapterFromClient, type CallProviderProps, type StatefulCallClient } from "@azure/communication-react";
    export const provided = (call: Call): CallProviderProps => ({ call, children: undefined });
    export const adapter = (client: StatefulCallClient, agent: CallAgent) => createAzureCommunicationCallAdapterFromClient(client, agent, { meetingLink: "" });
    export const asOurs = (client: StatefulCallClient): CallClient => client;
    export const devices = (client: StatefulCallClient): Promise<DeviceManager> => client.getDeviceManager();
    export const spotlit = (client: StatefulCallClient) => Object.values(client.getState().calls)[0]?.spotlight?.spotlightedParticipants[0]?.order;
    void Features; void LocalVideoStream;
  `;
  assert.deepEqual(await complaints([], { "app.ts": app }), []);
});

test("a declaration that were missing in our package would be noticed", async () => {
  const others = [...new Set(named)].filter((name) => name !== "SpotlightedParticipant").join(", ");
  const without = `export { ${others} } from ${JSON.stringify(join(root, "sdk/calling/dist/index.js"))};\n`;
  const said = await complaints([published], { "without.ts": without }, { "@azure/communication-calling": ["./without.ts"] });
  assert.ok(said.some((line) => /has no exported member.*SpotlightedParticipant/.test(line)), said.join("\n"));
});
