// Prints what a browser loads for each page and for the SDK, gzipped: at once, and later when it is needed. Fails if the SDK in one file is
// larger than it may be.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { gzipSync } from "node:zlib";

const SDK_LIMIT_KIB = 150;

const gzipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

/** Scripts and styles that a text names: of a page all, of a script those that it imports statically. */
function named(text, isPage) {
  if (isPage) return [...text.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path);
  return [...text.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]*?from\s*)?["'`](\.{1,2}\/[^"'`]+\.js)["'`]/g)].map(([, path]) => path);
}

function later(text) {
  return [...text.matchAll(/import\(\s*["'`](\.{1,2}\/[^"'`]+\.js)["'`]/g)].map(([, path]) => path);
}

/** Sizes of a page in a folder that Vite wrote, which is served under `base`. */
function page(folder, base, html) {
  const local = (path) => (path.startsWith(base) ? path.slice(base.length) : path.slice(1));
  const walk = (start) => {
    const seen = new Set();
    const lazy = new Set();
    const queue = [...start];
    while (queue.length > 0) {
      const path = queue.pop();
      if (seen.has(path) || !existsSync(join(folder, path))) continue;
      seen.add(path);
      if (!path.endsWith(".js")) continue;
      const text = readFileSync(join(folder, path), "utf8");
      const resolve = (relative) => posix.join(posix.dirname(path), relative);
      queue.push(...named(text, false).map(resolve));
      later(text).map(resolve).forEach((each) => lazy.add(each));
    }
    return { seen, lazy };
  };
  const sum = (paths) => [...paths].reduce((all, path) => all + gzipped(join(folder, path)), 0);
  const first = walk(named(readFileSync(join(folder, html), "utf8"), true).map(local));
  const all = new Set();
  const queue = [...first.lazy];
  while (queue.length > 0) {
    const { seen, lazy } = walk([queue.pop()]);
    for (const path of seen) if (!first.seen.has(path)) all.add(path);
    queue.push(...[...lazy].filter((path) => !all.has(path) && !first.seen.has(path)));
  }
  return { first: sum(first.seen), later: sum(all) };
}

const rows = [];
for (const [folder, base] of [["web/dist", "/"], ["samples/ui-library/dist", "/samples/ui-library/"]]) {
  if (!existsSync(folder)) continue;
  const pages = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html"));
  for (const html of pages.sort()) rows.push([join(dirname(join(folder, html)), posix.basename(html)), page(folder, base, html)]);
}
console.log(`${"page, gzipped".padEnd(56)} ${"at once".padStart(12)} ${"when needed".padStart(12)}`);
for (const [name, { first, later: rest }] of rows) console.log(`${name.padEnd(56)} ${kib(first).padStart(12)} ${kib(rest).padStart(12)}`);
let isTooLarge = false;
for (const name of ["calling.js", "calling.global.js"]) {
  const size = gzipped(`sdk/calling/dist/browser/${name}`);
  console.log(`${`sdk/calling/dist/browser/${name}`.padEnd(56)} ${kib(size).padStart(12)}`);
  isTooLarge ||= size > SDK_LIMIT_KIB * 1024;
}
if (isTooLarge) {
  console.error(`The SDK in one file may be ${SDK_LIMIT_KIB} KiB at most.`);
  process.exit(1);
}
