// Entry of every npm script: node scripts/setup.mjs TARGET [ARGS...]
//
// npm may run under an older Node and before anything is installed, so this file is plain JavaScript without
// dependencies. It installs what is missing, then runs TARGET (scripts/TARGET.ts, or a path) on the Node that
// package-lock.json names, which strips types by itself.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const bin = join(root, "node_modules", ".bin");
const node = join(bin, process.platform === "win32" ? "node.exe" : "node");

function say(text) {
  console.log(`setup: ${text}`);
}

function npm(...args) {
  const result = spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error(`setup: npm ${args.join(" ")} failed; is the npm registry within reach?`);
    process.exit(result.status ?? 1);
  }
}

function lockedPackages(path) {
  return Object.entries(JSON.parse(readFileSync(path, "utf8")).packages).filter(([name]) =>
    name.includes("node_modules/"),
  );
}

/** Why the installed packages are not those of package-lock.json, or null. */
function installProblem() {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return "node_modules is missing";
  const installed = new Map(lockedPackages(hidden));
  for (const [name, wanted] of lockedPackages(join(root, "package-lock.json"))) {
    const found = installed.get(name);
    if (!found && wanted.optional) continue; // a binary for another platform
    if (!found) return `${name} is missing`;
    if (found.version !== wanted.version)
      return `${name} is ${found.version}, package-lock.json has ${wanted.version}`;
  }
  return null;
}

function ensureInstalled() {
  const problem = installProblem();
  if (problem) {
    say(`${problem}; running npm ci (about a minute)`);
    npm("ci", "--loglevel=error");
  }
  // npm's ignore-scripts setting leaves the node package without its binary.
  if (!existsSync(node)) {
    say("fetching the Node binary of the node package");
    npm("rebuild", "node", "--ignore-scripts=false", "--loglevel=error");
  }
}

function run(target, args) {
  const file = target.endsWith(".ts") ? resolve(root, target) : join(root, "scripts", `${target}.ts`);
  if (!existsSync(file)) {
    console.error(`setup: there is no ${file.slice(root.length + 1)}`);
    return 1;
  }
  const separator = process.platform === "win32" ? ";" : ":";
  const env = { ...process.env, PATH: `${bin}${separator}${process.env.PATH ?? ""}` };
  const result = spawnSync(node, ["--disable-warning=ExperimentalWarning", file, ...args], {
    cwd: root,
    stdio: "inherit",
    env,
  });
  if (result.error) console.error(`setup: cannot run ${node}: ${result.error.message}`);
  return result.status ?? 1;
}

const [target, ...args] = process.argv.slice(2);
if (!target) {
  console.error("usage: node scripts/setup.mjs TARGET [ARGS...]");
  process.exit(2);
}
ensureInstalled();
process.exit(run(target, args));
