// docs/compatibility.md says of every public declaration of the calling SDK whether it works, is empty or is missing. Here it is
// held against the list of names in surface.json, and against what the package exports.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import * as sdk from "../../sdk/calling/dist/index.js";
import { surface, usage } from "./usage.mjs";

const root = join(import.meta.dirname, "../..");
const names = Object.keys(surface);
const page = await readFile(join(root, "docs/compatibility.md"), "utf8");

/** The cells of the table under a heading, row by row. */
function table(heading) {
  const [, section] = page.split(`\n## ${heading}\n`);
  assert.ok(section, `docs/compatibility.md has no part "${heading}"`);
  const rows = section.split("\n## ")[0].split("\n").filter((line) => line.startsWith("|")).slice(2);
  return rows.map((row) => row.split("|").slice(1, -1));
}

const codes = (cells) => cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
const rows = table("Every declaration of the calling SDK");
const listed = { works: codes(rows.map(([, works]) => works)), empty: codes(rows.map(([, , empty]) => empty)), missing: codes(rows.map(([, , , missing]) => missing)) };

/** Compiles a file as an app does that checks everything. */
async function compile(source) {
  const folder = await mkdtemp(join(tmpdir(), "convene-compat-"));
  try {
    const compilerOptions = {
      noEmit: true, strict: true, skipLibCheck: false, target: "es2020", module: "esnext", moduleResolution: "bundler",
      lib: ["ES2022", "DOM", "DOM.Iterable"], types: ["node"], typeRoots: [join(root, "node_modules/@types")],
    };
    await writeFile(join(folder, "app.ts"), source);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
    await promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", folder]);
  } catch (error) {
    assert.fail(`it does not compile:\n${error.stdout ?? error}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const types = join(root, "sdk/calling/dist/index.js");

test("the list of names is complete: 319 declarations", () => {
  const count = (...kinds) => names.filter((name) => kinds.includes(surface[name].kind)).length;
  const counts = { interfaces: count("interface"), types: count("type", "listener"), enums: count("enum"), classes: count("class"), consts: count("const") };
  assert.deepEqual(counts, { interfaces: 187, types: 120, enums: 5, classes: 5, consts: 2 });
});

test("every declaration is listed exactly once, and nothing else is", () => {
  assert.deepEqual([...listed.works, ...listed.empty, ...listed.missing].sort(), [...names].sort());
});

test("whatever works or is empty is exported with all of its members, and an app that uses them all compiles", async () => {
  const usable = new Set([...listed.works, ...listed.empty]);
  await compile(usage(types, names.filter((name) => usable.has(name))));
});

test("a member that is not there would be noticed", async () => {
  surface.CallCommon.methods.push("fly");
  try {
    await assert.rejects(compile(usage(types, ["CallCommon"])), /Property 'fly' does not exist/);
  } finally {
    surface.CallCommon.methods.pop();
  }
});

test("nothing that is missing is exported", async () => {
  const imports = listed.missing.map((name) => `// @ts-expect-error: missing\nexport type { ${name} } from ${JSON.stringify(types)};`);
  if (imports.length > 0) await compile(imports.join("\n"));
});

test("members that do nothing are members, and of declarations that work", () => {
  const inert = codes(table("Members of the calling SDK that do nothing").map(([member]) => member));
  assert.ok(inert.length > 0);
  for (const member of inert) {
    const [name, property] = member.split(".");
    const { properties = [], methods = [], events = [] } = surface[name] ?? {};
    assert.ok(listed.works.includes(name) && [...properties, ...methods, ...events].includes(property), member);
  }
});

test("the 13 values exist at run time, with their values", () => {
  const enums = names.filter((name) => surface[name].kind === "enum");
  const values = names.filter((name) => ["class", "const", "enum"].includes(surface[name].kind)).concat("RecordingState");
  assert.equal(values.length, 13);
  for (const name of values) assert.ok(sdk[name], name);
  for (const name of enums) for (const [key, value] of Object.entries(surface[name].values)) assert.equal(sdk[name][key], value, `${name}.${key}`);
  assert.deepEqual([sdk.RecordingState.None, sdk.RecordingState.Started, sdk.RecordingState.Paused, sdk.RecordingState.Ended], [0, 1, 2, 3]);
  for (const key of surface.Features.properties) assert.ok(sdk.Features[key], `Features.${key}`);
  assert.deepEqual(Object.keys(sdk.disconnectCategoryMap).sort(), [...surface.disconnectCategoryMap.properties].sort());
});

test("the page for those who move here names every end code that the server has", async () => {
  const source = await readFile(join(root, "crates/model/src/code.rs"), "utf8");
  const all = [...source.matchAll(/\(\s*(\d+),\s*([\d_]+),\s*"\w+",/g)].map(([, code, subCode]) => `${code}/${subCode.replace("_", "")}`);
  assert.ok(all.length >= 29, `only ${all.length} codes were read`);
  const [, section] = (await readFile(join(root, "docs/move-from-acs.md"), "utf8")).split("## End codes\n");
  const named = [...section.matchAll(/\d+\/\d+/g)].map(([code]) => code);
  assert.deepEqual(all.filter((code) => !named.includes(code)), []);
});
