// Which operations of the REST APIs a published client was answered in the last run of the tests, as a table in
// docs/compatibility.md. `--write` writes it; without it, a difference is an error.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/compatibility.md");
const BEGIN = "<!-- made by scripts/operations.mjs: begin -->";
const END = "<!-- end -->";

/** `azsdk-js-communication-identity/1.3.1` is `@azure/communication-identity` 1.3.1. */
function packageName(client) {
  const [name, version] = client.split("/");
  const js = /^azsdk-js-(.+)$/.exec(name)?.[1];
  const python = /^azsdk-python-(.+)$/.exec(name)?.[1];
  if (js) return `\`@azure/${js}\` ${version}`;
  if (python) return `\`azure-${python}\` ${version} (Python)`;
  if (name === "graph-js") return `\`@microsoft/microsoft-graph-client\` ${version}`;
  return `\`${name}\` ${version ?? ""}`.trim();
}

/** The table, from the reports of the runners of published clients. */
export function table() {
  const reports = join(root, "target/test-reports");
  const files = readdirSync(reports).filter((name) => /^operations-.*\.json$/.test(name));
  if (files.length === 0) throw new Error("There is no report: run `node scripts/test.mjs Peers \"Python peers\"` first.");
  const clients = new Map();
  for (const line of files.flatMap((name) => JSON.parse(readFileSync(join(reports, name), "utf8")))) {
    const [client, operation] = line.split(" ");
    clients.set(operation, [...new Set([...(clients.get(operation) ?? []), packageName(client)])].sort());
  }
  const { paths } = JSON.parse(readFileSync(join(root, "docs/openapi.json"), "utf8"));
  const rows = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, tags }]) => {
      const by = clients.get(operationId)?.join(", ") ?? "none; route tests only";
      return { group: tags?.[0] ?? "", line: `| \`${method.toUpperCase()} ${path}\` | ${by} |` };
    }),
  );
  const sorted = rows.sort((a, b) => (a.group === b.group ? 0 : a.group < b.group ? -1 : 1)).map(({ line }) => line);
  return ["| operation | answered to |", "|---|---|", ...sorted].join("\n");
}

function parts() {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/compatibility.md lacks the lines ${BEGIN} and ${END}.`);
  return { before: text.slice(0, from + BEGIN.length), written: text.slice(from + BEGIN.length, to).trim(), after: text.slice(to) };
}

/** The table that stands in the page. */
export const writtenTable = () => parts().written;

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { before, written, after } = parts();
  const made = table();
  if (process.argv.includes("--write")) writeFileSync(page, `${before}\n\n${made}\n\n${after}`);
  else if (made !== written) {
    console.error("The table of operations in docs/compatibility.md is not what the tests saw: `node scripts/operations.mjs --write` writes it.");
    process.exit(1);
  }
}
