// Every dependency, Rust or npm, must be under a licence that deny.toml allows.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const list = readFileSync("deny.toml", "utf8").match(/allow = \[([^\]]*)\]/)[1];
const allowed = new Set([...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]));

// Read by webpack in the bundlers' tests only: a table of browsers, and nothing of it is shipped.
const onlyInTests = new Map([["caniuse-lite", "CC-BY-4.0"]]);

// SPDX expressions as they occur here: OR binds weaker than AND, parentheses group, "/" is the old form of OR.
function isAllowed(expression) {
  const text = expression.replaceAll("/", " OR ").trim();
  const inner = text.match(/^\((.*)\)$/);
  if (inner && !/\).*\(/.test(inner[1])) return isAllowed(inner[1]);
  for (const [operator, fits] of [["OR", "some"], ["AND", "every"]]) {
    const parts = split(text, operator);
    if (parts.length > 1) return parts[fits](isAllowed);
  }
  return allowed.has(text);
}

function split(text, operator) {
  const parts = [];
  let depth = 0;
  let part = "";
  for (const word of text.split(/\s+/)) {
    depth += word.split("(").length - word.split(")").length;
    if (word === operator && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else {
      part += ` ${word}`;
    }
  }
  return [...parts, part.trim()];
}

// Of what is linked on any platform. `cargo metadata` would also name what only a feature that is off would bring.
const tree = execFileSync(
  "cargo",
  ["tree", "--workspace", "--locked", "--target", "all", "-e", "normal,build,dev", "--prefix", "none", "--format", "{p}|{l}"],
  { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] },
);
const rust = [...new Set(tree.split("\n"))]
  .filter((line) => line.includes("|") && !line.includes(" (/"))
  .map((line) => line.replace(/ \(\*\)$/, "").split("|"))
  .map(([name = "", licence]) => ({ name: `${name} (Rust)`, licence: licence || "none stated" }));
const npm = Object.entries(JSON.parse(readFileSync("package-lock.json", "utf8")).packages)
  .filter(([path, item]) => path.startsWith("node_modules/") && !item.link)
  .filter(([path, item]) => !(item.dev && onlyInTests.get(path.slice("node_modules/".length)) === item.license))
  .map(([path, item]) => ({ name: `${path.slice("node_modules/".length)} ${item.version} (npm)`, licence: item.license ?? "none stated" }));

const wrong = [...rust, ...npm].filter((item) => !isAllowed(item.licence));
for (const item of wrong) console.error(`${item.name}: ${item.licence} is not allowed by deny.toml`);
const proprietary = npm.filter((item) => /^@azure\/communication-calling/.test(item.name));
for (const item of proprietary) console.error(`${item.name}: proprietary, never a dependency`);
if (wrong.length + proprietary.length > 0) process.exit(1);
console.log(`licences: ${rust.length} Rust and ${npm.length} npm packages, all allowed`);
