// An app's project in a folder of its own, outside of this checkout: the SDK is packed, and installed by npm under the name of
// Microsoft's package, as somebody does who moves an app here.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startRegistry } from "./registry.mjs";

const here = join(import.meta.dirname, "..");
const root = join(here, "../..");

/** Without npm's settings, which whoever runs the tests by npm hands down. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** Runs a program; what it printed is part of the error when it fails. */
export async function run(command, args, options = {}) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1 << 26, env, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}`, { cause: error });
  }
}

/** The SDK as it would be published. */
export async function packSdk(folder) {
  const said = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: join(root, "sdk/calling") });
  const [{ filename, files, version }] = JSON.parse(said);
  return { tarball: join(folder, filename), files: files.map(({ path }) => path), version };
}

/** The project with its sample app, installed. */
export async function makeProject(dependencies = {}) {
  const folder = await mkdtemp(join(tmpdir(), "convene-bundlers-"));
  const packed = await packSdk(folder);
  const registry = await startRegistry(packed.tarball);
  try {
    const app = join(folder, "app");
    await cp(join(here, "app"), app, { recursive: true });
    const manifest = {
      name: "app",
      private: true,
      dependencies: { "@azure/communication-calling": "npm:@convene/calling@^1.46.0", "@azure/communication-common": "^2.4.0", ...dependencies },
    };
    await writeFile(join(app, "package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "npmrc"), `registry=${registry.url}\ncache=${join(folder, "cache")}\naudit=false\nfund=false\nupdate-notifier=false\n`);
    await run("npm", ["install", "--userconfig", join(folder, "npmrc")], { cwd: app });
    return { app, packed, remove: () => rm(folder, { recursive: true, force: true }) };
  } finally {
    await registry.stop();
  }
}

const tool = (name) => join(root, "node_modules/.bin", name);

/** The ways to build the sample, each by the published command; they write `index.html` and what it loads into `dist/<way>`. */
export const ways = {
  async webpack({ app }, out) {
    await run(tool("webpack-cli"), ["--mode", "production", "--entry", "./client.js", "--output-path", out, "--output-filename", "client.js"], { cwd: app });
    await page(app, out, '<script src="client.js"></script>');
  },
  async vite({ app }, out) {
    // Vite bundles what its page names.
    await page(app, app, '<script type="module" src="./client.js"></script>');
    await run(tool("vite"), ["build", "--base", "./", "--outDir", out, "--logLevel", "warn"], { cwd: app });
    await rm(join(app, "index.html"));
  },
  async esbuild({ app }, out) {
    await run(tool("esbuild"), ["client.js", "--bundle", "--minify", `--outfile=${join(out, "client.js")}`], { cwd: app });
    await page(app, out, '<script src="client.js"></script>');
  },
  /** No bundler: an import map gives the app's imports to the file that the server has. */
  async "import map"({ app, server }, out) {
    const imports = { "@azure/communication-calling": `${server}/sdk/calling.js`, "@azure/communication-common": `${server}/sdk/calling.js` };
    await cp(join(app, "client.js"), join(out, "client.js"));
    await page(app, out, `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module" src="client.js"></script>`);
  },
  /** No modules at all: the app's imports are read from the global `Convene` of a plain script. */
  async "script tag"({ app, server }, out) {
    const source = await readFile(join(app, "client.js"), "utf8");
    await writeFile(join(out, "client.js"), source.replaceAll(/^import (\{[^}]+\}) from "@azure\/[^"]+";$/gm, "const $1 = Convene;"));
    await page(app, out, `<script src="${server}/sdk/calling.global.js"></script><script src="client.js"></script>`);
  },
};

/** Builds the sample in one way; `server` is where the files without a bundler come from. Resolves with the folder to serve. */
export async function buildSample(way, project, server) {
  const out = join(project.app, "dist", way.replaceAll(" ", "-"));
  await mkdir(out, { recursive: true });
  await ways[way]({ app: project.app, server }, out);
  return out;
}

async function page(app, out, scripts) {
  const body = await readFile(join(app, "body.html"), "utf8");
  await writeFile(join(out, "index.html"), `<!doctype html>\n<html lang="en">\n<title>Sample</title>\n${body}${scripts}\n</html>\n`);
}
