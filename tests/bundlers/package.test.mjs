// The package as npm would publish it: what is in it, and that an app finds it under the name of Microsoft's package, with all types.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { usage } from "../compat/usage.mjs";
import { makeProject, run } from "./lib/project.mjs";

const root = join(import.meta.dirname, "../..");
const values = [
  "CallAgentKind", "CallClient", "CallKind", "DevicePermissionAccess", "DiagnosticQuality", "Features", "IncomingCallKind", "LocalAudioStream",
  "LocalVideoStream", "RecordingState", "Renderer", "VideoStreamRenderer", "WbLocalVideoStream", "disconnectCategoryMap",
];
let project;
before(async () => (project = await makeProject({ "ui-library": "file:./ui-library", "@types/node": "*" })));
after(() => project.remove());

test("the package holds what was built from its source, its manifest, licence and README, and nothing else", async () => {
  const modules = (await readdir(join(root, "sdk/calling/src"), { recursive: true })).filter((name) => name.endsWith(".ts")).map((name) => name.slice(0, -".ts".length));
  const code = modules.filter((name) => name !== "bundle");
  const expected = [
    "LICENSE", "README.md", "package.json", "dist/bundle.d.ts", "dist/browser/calling.js", "dist/browser/calling.global.js", "dist/cjs/package.json",
    ...code.flatMap((name) => [`dist/${name}.js`, `dist/${name}.js.map`, `dist/${name}.d.ts`, `dist/cjs/${name}.js`, `dist/cjs/${name}.d.ts`]),
  ];
  assert.deepEqual([...project.packed.files].sort(), expected.sort());
});

test("source maps carry their source, since the package does not", async () => {
  const map = JSON.parse(await readFile(join(project.app, "node_modules/@azure/communication-calling/dist/index.js.map"), "utf8"));
  assert.match(map.sourcesContent[0], /The public names of the package/);
});

test("the files for pages without a bundler carry the licences of what they contain", async () => {
  for (const name of ["calling.js", "calling.global.js"]) {
    const text = await readFile(join(project.app, "node_modules/@azure/communication-calling/dist/browser", name), "utf8");
    const [, licences] = text.split("/*!\n");
    assert.match(licences, /@azure\/communication-common 2\.\d+\.\d+[^]*Copyright \(c\) Microsoft[^]*Permission is hereby granted/, name);
  }
});

test("publint finds nothing to say", async () => {
  const tarball = await readFile(project.packed.tarball);
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) }, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test("npm installs it under the name of Microsoft's package, in the version that UI libraries ask for", async () => {
  const manifest = JSON.parse(await readFile(join(project.app, "node_modules/@azure/communication-calling/package.json"), "utf8"));
  assert.equal(manifest.name, "@convene/calling");
  const peer = JSON.parse(await run("npm", ["ls", "ui-library", "@azure/communication-calling", "--json"], { cwd: project.app }));
  assert.equal(peer.problems, undefined);
  assert.equal(peer.dependencies["@azure/communication-calling"].version, project.packed.version);
});

test("Node loads it by import and by require, without a browser", async () => {
  const imported = await run(process.execPath, ["--input-type=module", "-e", 'console.log(JSON.stringify(Object.keys(await import("@azure/communication-calling"))))'], { cwd: project.app });
  const required = await run(process.execPath, ["--no-experimental-require-module", "-e", 'console.log(JSON.stringify(Object.keys(require("@azure/communication-calling"))))'], { cwd: project.app });
  assert.deepEqual(JSON.parse(imported).sort(), values);
  assert.deepEqual(JSON.parse(required).sort(), values);
});

/** Compiles files of the app, by name. */
async function compile(sources, options) {
  const names = Object.keys(sources);
  const folder = join(project.app, `types-${names[0].replace(".", "-")}`);
  await mkdir(folder, { recursive: true });
  for (const name of names) await writeFile(join(folder, name), sources[name]);
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: false, target: "es2020", lib: ["ES2022", "DOM", "DOM.Iterable"], types: ["node"], ...options };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: names }));
  await run(join(root, "node_modules/.bin/tsc"), ["-p", folder], { cwd: project.app });
}

const app = usage("@azure/communication-calling");
/** Code in the form of ACS's own samples, with arguments, listeners and overloads. */
const written = (await readFile(join(root, "sdk/calling/test/usage.ts"), "utf8")).replace("'../src/index.js'", "'@azure/communication-calling'");
const bundler = { module: "esnext", moduleResolution: "bundler" };
const node = { module: "nodenext", moduleResolution: "nodenext" };

test("an app that uses every public member compiles, strictly and with all declarations checked", () => compile({ "app.ts": app, "usage.ts": written }, bundler));
test("it compiles as an ECMAScript module in Node's way", () => compile({ "app.mts": app }, node));
test("it compiles as CommonJS in Node's way", () => compile({ "app.cts": app }, node));
test("a member that there is not does not compile", async () => {
  const wrong = 'import { CallClient } from "@azure/communication-calling";\nvoid new CallClient().fly;\n';
  await assert.rejects(compile({ "wrong.ts": wrong }, bundler), /Property 'fly' does not exist on type 'CallClient'/);
});
