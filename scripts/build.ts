/**
 * Builds the package that users install into packages/fluxion/dist:
 *
 *   node/index.js, browser/index.js   the library, code-split; other packages of the workspace are bundled in
 *   cli.js                            the command line (once src/cli/main.ts exists)
 *   types/                            declarations of all packages
 *
 * npm dependencies (binaryen, fflate, …) stay imports. Options: --if-stale does nothing when dist is current.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { distDir, inputDigest, isBuilt } from "./lib/built.ts";
import { gatherDeclarations } from "./lib/declarations.ts";
import { root, runTool, seconds } from "./lib/run.ts";

const packageDir = join(root, "packages/fluxion");
const cliSource = join(packageDir, "src/cli/main.ts");
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2023",
  sourcemap: true,
  legalComments: "none",
  logLevel: "warning",
  external: Object.keys({ ...dependencies, ...peerDependencies }).flatMap((name) => [name, `${name}/*`]),
};

/** A page has no `node:` modules: an `import()` behind a check is fine there, a static import is not. */
const noStaticNodeImports: Plugin = {
  name: "no-static-node-imports",
  setup({ onResolve }) {
    onResolve({ filter: /^node:/ }, ({ kind, path, importer }) => {
      if (kind === "dynamic-import") return { path, external: true };
      const file = relative(root, importer);
      return {
        errors: [{ text: `${file} imports ${path} statically, so the library cannot load in a page` }],
      };
    });
  },
};

async function bundle(outDir: string): Promise<void> {
  const index = join(packageDir, "src/index.ts");
  const hasCli = existsSync(cliSource);
  await build({
    ...common,
    platform: "node",
    conditions: ["fluxion-source", "node", "import"],
    entryPoints: { "node/index": index, ...(hasCli ? { cli: cliSource } : {}) },
    chunkNames: "node/[name]-[hash]",
    outdir: outDir,
  });
  await build({
    ...common,
    platform: "browser",
    conditions: ["fluxion-source", "browser", "import"],
    entryPoints: { "browser/index": index },
    chunkNames: "browser/[name]-[hash]",
    outdir: outDir,
    alias: { "csv-parse/sync": "csv-parse/browser/esm/sync" }, // its own Buffer
    plugins: [noStaticNodeImports],
  });
  if (hasCli) makeExecutable(join(outDir, "cli.js"));
}

function makeExecutable(file: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

/** npm links the command at install time only when its file is there, and before the first build it is not. */
function linkCommand(): void {
  const command = join(root, "node_modules/.bin/fluxion");
  if (process.platform === "win32" || !existsSync(join(distDir, "cli.js"))) return;
  rmSync(command, { force: true });
  symlinkSync("../fluxion/dist/cli.js", command);
}

/** Builds beside the old output and swaps, so that a program that runs meanwhile never sees half a build. */
async function buildPackage(): Promise<void> {
  const digest = inputDigest();
  const fresh = join(packageDir, `.cache/dist-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  try {
    await bundle(fresh);
    gatherDeclarations(join(fresh, "types"));
    writeFileSync(join(fresh, ".inputs"), digest);
    rmSync(distDir, { recursive: true, force: true });
    renameSync(fresh, distDir);
    linkCommand();
    cpSync(join(root, "LICENSE"), join(packageDir, "LICENSE"));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const start = performance.now();
if (process.argv.includes("--if-stale") && isBuilt()) process.exit(0);
console.log("build: tsc -b, then bundling packages/fluxion/dist");
if (runTool("tsc", ["-b"]) !== 0) process.exit(1);
try {
  await buildPackage();
} catch (error) {
  console.error(`build: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
console.log(`build: done in ${seconds(start)}`);
