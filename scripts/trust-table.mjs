// Checks that each test exists that docs/operations.md names beside a trust rule: `file`: `name of the test, or its beginning…`, ….
import { existsSync, readFileSync } from "node:fs";

const text = readFileSync("docs/operations.md", "utf8");
const section = text.slice(text.indexOf("## Trust rules and their tests"));
const rows = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| rule "));
const wrong = [];

/** The names of the tests in a file. */
function testsOf(file) {
  const source = readFileSync(file, "utf8");
  if (file.endsWith(".rs")) return [...source.matchAll(/#\[(?:tokio::)?test[^\]]*\]\s*(?:async )?fn (\w+)/g)].map(([, name]) => name);
  if (file.endsWith(".mjs")) return [...source.matchAll(/^ {4}name: "([^"]+)"/gm)].map(([, name]) => name);
  return [...source.matchAll(/^\s*(?:test|it)\((["'])(.*?)(?<!\\)\1,/gm)].map(([, , name]) => name.replaceAll("\\'", "'"));
}

let named = 0;
for (const row of rows) {
  const [rule = "", tests = ""] = row.split("|").slice(1).map((cell) => cell.trim());
  let file;
  let found = 0;
  for (const [, token] of tests.matchAll(/`([^`]+)`/g)) {
    if (token.includes("/") && /\.(rs|ts|mjs)$/.test(token)) {
      file = token;
      if (!existsSync(file)) wrong.push(`${rule}: there is no file ${file}`);
    } else if (file === undefined) {
      wrong.push(`${rule}: ${token} stands behind no file`);
    } else if (existsSync(file)) {
      found += 1;
      const begins = token.endsWith("…") ? (name) => name.startsWith(token.slice(0, -1)) : (name) => name === token;
      if (!testsOf(file).some(begins)) wrong.push(`${rule}: ${file} has no test ${token}`);
    }
  }
  if (found === 0) wrong.push(`${rule}: no test is named`);
  named += found;
}
if (rows.length === 0) wrong.push("docs/operations.md has no table of trust rules");
if (wrong.length > 0) {
  console.error(`The table of trust rules in docs/operations.md is not true:\n  ${wrong.join("\n  ")}`);
  process.exit(1);
}
console.log(`${rows.length} trust rules name ${named} tests, and all of them exist`);
