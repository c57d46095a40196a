// Runs every test runner, shows what it prints, and ends with one line that counts over all of them.
// A runner that fails without a failed test (it did not build, it crashed) counts as one failure.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";

const reports = "target/test-reports";
mkdirSync(reports, { recursive: true });

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Counts what `node --test` sums up in TAP. */
function countTap(output) {
  const sum = (word) => [...output.matchAll(new RegExp(`^# ${word} (\\d+)$`, "gm"))].reduce((all, [, n]) => all + Number(n), 0);
  return { passed: sum("pass"), failed: sum("fail") + sum("cancelled") };
}

const runners = [
  {
    name: "Rust",
    // There are no tests in the documentation, and looking for them compiles it.
    command: ["cargo", "test", "--release", "--workspace", "--no-fail-fast", "--tests"],
    count: (output) => {
      const sum = { passed: 0, failed: 0 };
      for (const [, passed, failed] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)) {
        sum.passed += Number(passed);
        sum.failed += Number(failed);
      }
      return sum;
    },
  },
  {
    name: "Mutants",
    command: ["node", "tests/sim/mutants/run.mjs"],
    count: (output) => {
      const [, passed, failed] = /^mutations: (\d+) passed, (\d+) failed/m.exec(output) ?? [0, 0, 0];
      return { passed: Number(passed), failed: Number(failed) };
    },
  },
  {
    name: "SDK",
    command: ["npx", "vitest", "run", "--root", "sdk/calling", "--reporter=default", "--reporter=json", `--outputFile=${process.cwd()}/${reports}/sdk.json`],
    report: `${reports}/sdk.json`,
    count: () => {
      const report = readJson(`${reports}/sdk.json`);
      return { passed: report.numPassedTests, failed: report.numFailedTests };
    },
  },
  {
    name: "Pages",
    command: ["npx", "vitest", "run", "--root", "web", "--reporter=default", "--reporter=json", `--outputFile=${process.cwd()}/${reports}/web.json`],
    report: `${reports}/web.json`,
    count: () => {
      const report = readJson(`${reports}/web.json`);
      return { passed: report.numPassedTests, failed: report.numFailedTests };
    },
  },
  {
    name: "Peers",
    command: ["node", "tests/peers/js/run.mjs"],
    count: countTap,
  },
  {
    name: "Python peers",
    command: ["node", "tests/peers/python/run.mjs"],
    count: (output) => {
      const all = Number(/^Ran (\d+) tests? in/m.exec(output)?.[1] ?? 0);
      const wrong = /^FAILED \((.*)\)$/m.exec(output)?.[1] ?? "";
      const failed = [...wrong.matchAll(/(?:failures|errors|unexpected successes)=(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
      return { passed: all - failed, failed };
    },
  },
  {
    name: "Events",
    command: ["node", "--test", "--test-reporter=tap", "samples/who-is-in/presence.test.mjs", "samples/voice-bot/sound.test.mjs", "tests/events/who-is-in.test.mjs"],
    count: countTap,
  },
  {
    name: "Compatibility",
    command: ["node", "--test", "--test-reporter=tap", "tests/compat/chat-events.test.mjs", "tests/compat/compatibility.test.mjs", "tests/compat/operations.test.mjs", "tests/compat/ui-library.test.mjs"],
    count: countTap,
  },
  {
    name: "Bundlers",
    command: ["node", "--test", "--test-reporter=tap", "tests/bundlers/package.test.mjs"],
    count: countTap,
  },
  {
    name: "Journeys",
    command: ["bash", "e2e/run.sh"],
    // A lane that left no report counts by its exit code.
    count: () => {
      const sum = { passed: 0, failed: 0 };
      for (const name of readdirSync("e2e/.out").filter((each) => /^results-\d+\.json$/.test(each))) {
        const { stats } = readJson(`e2e/.out/${name}`);
        sum.passed += stats.expected;
        sum.failed += stats.unexpected + stats.flaky;
      }
      return sum;
    },
  },
];

function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      from.on("data", (chunk) => {
        output += chunk;
        to.write(chunk);
      });
    }
    child.on("error", (error) => resolve({ code: 1, output: `${output}\n${error.message}` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const only = process.argv.slice(2);
const total = { passed: 0, failed: 0 };
const lines = [];
for (const runner of runners) {
  if (only.length > 0 && !only.includes(runner.name)) continue;
  console.log(`\n== ${runner.name}: ${runner.command.join(" ")}\n`);
  if (runner.report) rmSync(runner.report, { force: true });
  const started = Date.now();
  const { code, output } = await run(runner.command);
  let sum;
  try {
    sum = runner.count(output);
  } catch (error) {
    console.error(`${runner.name} left no report: ${error.message}`);
    sum = { passed: 0, failed: 0 };
  }
  if (code !== 0 && sum.failed === 0) sum.failed = 1;
  if (code === 0 && sum.passed + sum.failed === 0) {
    console.error(`${runner.name} ran no test.`);
    sum.failed = 1;
  }
  total.passed += sum.passed;
  total.failed += sum.failed;
  lines.push(`${runner.name}: ${sum.passed} passed, ${sum.failed} failed, ${Math.round((Date.now() - started) / 1000)} s`);
}
console.log(`\n${lines.join("\n")}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
