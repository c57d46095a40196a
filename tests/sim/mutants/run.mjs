// Breaks rules of the production code, one at a time, and expects the simulation to say which is broken.
//
// The crates are copied to target/mutants; all mutations of list.mjs are written into the copy at once, each behind a switch that the
// environment sets, so that one build serves them all and the production code knows nothing of it. The copy is of the whole workspace
// and is built into its folder, so that the dependencies have the same features and are not built again. Then the simulation runs once
// as it is, and once for each mutation: the first must pass, each of the others must fail with one of the rules that the mutation breaks.
//
//   node tests/sim/mutants/run.mjs [part of a name]
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { mutants } from "./list.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const copy = join(root, "target/mutants/source");
const crates = [...readdirSync(join(root, "crates")).map((name) => `crates/${name}`), "tests/typescript", "tests/load", "tests/sim", "tests/fuzz"];
/** A name of its own, so that neither replaces the other. */
const program = "convene-sim-mutants";

/** Runs of each mutation: at most this many seeds of so many steps, until one fails. */
const SEEDS = 40;
const STEPS = 3000;
/** A mutation after which the simulation never ends has to be another one. */
const RUN_MAX_MS = 60_000;

function fail(message) {
  console.error(message);
  process.exit(1);
}

function filesOf(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The list with a number for each, grouped by the text that they change. */
function sites() {
  const found = new Map();
  for (const [number, { name, file, find, replace }] of mutants.entries()) {
    const count = readFileSync(join(root, file), "utf8").split(find).length - 1;
    if (count !== 1) {
      fail(`The mutation "${name}" of tests/sim/mutants/list.mjs changes a text that ${file} has ${count} times, not once:\n  ${find}\nThe code has changed: write the mutation anew, so that it breaks the same rule.`);
    }
    const key = `${file}\n${find}`;
    const site = found.get(key) ?? { file, find, variants: [] };
    site.variants.push({ number, replace });
    found.set(key, site);
  }
  return [...found.values()];
}

/** A text with its mutations in it, each behind its switch. */
function switched({ find, variants }) {
  const on = (number) => `::convene_model::mutant(${number})`;
  if (variants[0].replace.includes("MUTANT")) {
    if (variants.length > 1) fail(`Two mutations change "${find}", one of them with MUTANT in it.`);
    return variants[0].replace.replaceAll("MUTANT", on(variants[0].number));
  }
  const branches = variants.map(({ number, replace }) => `if ${on(number)} { ${replace} } else `).join("");
  return find.endsWith(";") ? `${branches}{ ${find} }` : `({ ${branches}{ ${find} } })`;
}

function append(texts, file, text) {
  texts.set(file, Buffer.concat([texts.get(file), Buffer.from(text)]));
}

/** The crates with all mutations in them. Files that are the same as before keep their time, so that little is built again. */
function writeCopy() {
  const texts = new Map();
  for (const file of crates.flatMap(filesOf)) texts.set(file, readFileSync(join(root, file)));
  for (const site of sites()) {
    texts.set(site.file, Buffer.from(texts.get(site.file).toString().replace(site.find, () => switched(site))));
  }
  append(texts, "crates/model/src/lib.rs", `
/// Whether the mutation with this number is switched on.
#[allow(missing_docs, clippy::all)]
pub fn mutant(number: usize) -> bool {
    static ON: std::sync::OnceLock<Option<usize>> = std::sync::OnceLock::new();
    *ON.get_or_init(|| std::env::var("CONVENE_MUTANT").ok().and_then(|text| text.parse().ok())) == Some(number)
}
`);
  texts.set("Cargo.toml", readFileSync(join(root, "Cargo.toml")));
  // What lints would say of the switches is of no use.
  for (const crate of crates) append(texts, `${crate}/Cargo.toml`, '\n[lints.rust]\nwarnings = "allow"\n');
  append(texts, "tests/sim/Cargo.toml", `\n[[bin]]\nname = "${program}"\npath = "src/main.rs"\n`);
  texts.set("Cargo.lock", readFileSync(join(root, "Cargo.lock")));
  texts.set("rust-toolchain.toml", readFileSync(join(root, "rust-toolchain.toml")));

  for (const [file, text] of texts) {
    const path = join(copy, file);
    if (existsSync(path) && text.equals(readFileSync(path))) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const crate of crates) {
    for (const entry of readdirSync(join(copy, crate), { recursive: true, withFileTypes: true })) {
      const file = relative(copy, join(entry.parentPath, entry.name));
      if (entry.isFile() && !texts.has(file)) rmSync(join(copy, file));
    }
  }
}

function build() {
  const environment = { ...process.env, CARGO_TARGET_DIR: join(root, "target") };
  const { status } = spawnSync("cargo", ["build", "--release", "--workspace", "--bin", program], { cwd: copy, env: environment, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) fail("The copy with the mutations in it does not build: a mutation of tests/sim/mutants/list.mjs no longer fits the code.");
  return join(root, "target/release", program);
}

/** Runs the simulation, and says which rule it reports, if any. */
function simulate(binary, number, seeds = SEEDS) {
  const environment = { ...process.env, CONVENE_MUTANT: String(number) };
  return new Promise((done) => {
    execFile(binary, ["--seeds", String(seeds), "--steps", String(STEPS), "--first"], { env: environment, timeout: RUN_MAX_MS, maxBuffer: 1 << 26 }, (error, out) => {
      const failed = /^seed (\d+) failed at step (\d+): (\w+): (.*)$/m.exec(out);
      if (failed) done({ rule: failed[3], what: `${failed[3]} at step ${failed[2]} of seed ${failed[1]}` });
      else if (error) done({ rule: "none", what: error.killed ? `nothing within ${RUN_MAX_MS / 1000} s` : `nothing: ${error.message}` });
      else done({ rule: undefined, what: `nothing in ${seeds} seeds` });
    });
  });
}

const rules = [...readFileSync(join(root, "tests/sim/src/rule.rs"), "utf8").matchAll(/^ {4}([A-Z]\w+),$/gm)].map(([, rule]) => rule);
const named = new Set(mutants.flatMap(({ breaks }) => breaks));
const unknown = [...named].filter((rule) => !rules.includes(rule));
if (rules.length === 0 || unknown.length > 0) fail(`The simulation has no rule ${unknown.join(", ")}; it has ${rules.join(", ")}.`);

const started = Date.now();
writeCopy();
const binary = build();
console.log(`built in ${Math.round((Date.now() - started) / 1000)} s\n`);

const only = process.argv[2] ?? "";
const jobs = mutants.map((mutant, number) => ({ ...mutant, number })).filter(({ name }) => name.includes(only));
let passed = 0;
let failed = 0;
function report(good, text) {
  console.log(`${good ? "ok" : "FAILED"}  ${text}`);
  if (good) passed += 1;
  else failed += 1;
}

const whole = await simulate(binary, mutants.length);
report(whole.rule === undefined, `unbroken, the simulation reports nothing: it reported ${whole.what}`);
const reported = new Set();
async function worker() {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const { rule, what } = await simulate(binary, job.number, job.seeds);
    if (rule) reported.add(rule);
    report(job.breaks.includes(rule), `${job.name}: ${what}${job.breaks.includes(rule) ? "" : `, and not ${job.breaks.join(" or ")}`}`);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, worker));
if (only === "") {
  const missed = rules.filter((rule) => !reported.has(rule));
  report(missed.length === 0, `each of the ${rules.length} rules is reported for some mutation${missed.length === 0 ? "" : `, but ${missed.join(", ")} never`}`);
}
console.log(`\nmutations: ${passed} passed, ${failed} failed, ${Math.round((Date.now() - started) / 1000)} s`);
process.exit(failed > 0 ? 1 : 0);
