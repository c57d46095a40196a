// Writes the source of an app that uses every public member of the calling SDK, from the list of names in surface.json.
// What it is compiled against has them all, or the compiler names what is not there.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The declarations by name: their kind, how many type parameters they take, what they extend, and their members' names. */
export const surface = JSON.parse(readFileSync(join(import.meta.dirname, "surface.json"), "utf8"));

const quoted = (names) => names.map((name) => JSON.stringify(name)).join(" | ");
const parameters = ({ parameters: count = 0 }) => (count === 0 ? "" : `<${Array(count).fill("never").join(", ")}>`);

function members(name, { properties = [], methods = [], events = [], extends: base }) {
  return [
    `export function use${name}(it: sdk.${name}${parameters(surface[name])}): void {`,
    ...properties.map((each) => `  void it.${each};`),
    ...methods.map((each) => `  called(it.${each});`),
    ...events.flatMap((each) => [`  it.on(${JSON.stringify(each)}, listener);`, `  it.off(${JSON.stringify(each)}, listener);`]),
    ...(base ? [`  const base: sdk.${base} = it;`, "  void base;"] : []),
    "}",
  ];
}

/** Whose `feature()` takes a key. */
const owners = { DebugInfo: "CallClient", VideoEffects: "LocalVideoStream", AudioEffects: "LocalAudioStream" };

function features({ features = {} }) {
  return Object.entries(features).map(
    ([key, type]) => `export const feature${key} = (it: sdk.${owners[key] ?? "CallCommon"}): sdk.${type} => it.feature(sdk.Features.${key});`,
  );
}

function declaration(name) {
  const it = surface[name];
  switch (it.kind) {
    case "const":
      return [...it.properties.map((each) => `void sdk.${name}.${each};`), ...features(it)];
    case "enum":
      return Object.keys(it.values).map((key) => `export const ${name}${key}: sdk.${name} = sdk.${name}.${key};`);
    case "class":
      return [...members(name, it), `export const make${name}: abstract new (...given: never) => sdk.${name} = sdk.${name};`];
    case "listener":
      return [`export const on${name}: sdk.${name}${parameters(it)} = listener;`];
    case "type":
      if (it.values) return [`same<sdk.${name}, ${quoted(it.values)}>(true);`];
      if (it.properties) return members(name, it);
      return [`export type Use${name} = sdk.${name}${parameters(it)};`];
    case "interface":
      return members(name, it);
    default:
      throw new Error(`surface.json: ${name} is of the unknown kind ${it.kind}`);
  }
}

/** The app's source; `from` is what it imports, `names` which declarations it uses. */
export function usage(from, names = Object.keys(surface)) {
  return [
    `import * as sdk from ${JSON.stringify(from)};`,
    "declare function called(method: (...given: never[]) => unknown): void;",
    "declare function same<A, B>(both: [A] extends [B] ? ([B] extends [A] ? true : never) : never): void;",
    "const listener = (...given: unknown[]): void => void given;",
    ...names.flatMap(declaration),
    "",
  ].join("\n");
}
