// The Python environment of the tests, made anew when requirements.txt changes. Run by itself it prints the interpreter's path.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const place = join(here, "../../../target/peers-python");
const requirements = readFileSync(join(here, "requirements.txt"), "utf8");

/** The interpreter, once everything is installed. */
export function python() {
  const made = join(place, "made-from.txt");
  const binary = join(place, "bin/python");
  if (existsSync(made) && readFileSync(made, "utf8") === requirements) return binary;
  rmSync(place, { recursive: true, force: true });
  const inherit = { stdio: ["ignore", 2, 2] };
  execFileSync("python3", ["-m", "venv", place], inherit);
  execFileSync(binary, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", join(here, "requirements.txt")], inherit);
  writeFileSync(made, requirements);
  return binary;
}

if (process.argv[1] === import.meta.filename) console.log(python());
