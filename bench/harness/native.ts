/** Builds the C programs of native/ (the limit) where there is a C compiler. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const sourceDirectory = join(import.meta.dirname, "../native");
const cacheDirectory = join(import.meta.dirname, "../.cache");

/** 128-bit vectors and fused multiply-add, as WebAssembly has; on other processors that is the default. */
const vectorFlags = process.arch === "x64" ? ["-mavx2", "-mfma", "-mprefer-vector-width=128"] : [];
const flags = ["-O3", ...vectorFlags, "-ffast-math", "-fopenmp"];

export type Build = { readonly program: string; readonly description: string } | { readonly problem: string };

function compilerVersion(compiler: string): string | null {
  const result = spawnSync(compiler, ["--version"], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.split("\n")[0] : null;
}

/** Compiles once per source text, compiler and flags. `CC` names the compiler (`cc` by default). */
export function buildNative(): Build {
  const compiler = process.env.CC ?? "cc";
  const version = compilerVersion(compiler);
  if (!version) return { problem: `no C compiler (${compiler} does not run)` };
  const files = readdirSync(sourceDirectory).sort();
  const digest = createHash("sha256").update([version, ...flags].join(" "));
  for (const file of files) digest.update(readFileSync(join(sourceDirectory, file)));
  const program = join(cacheDirectory, `limit-${digest.digest("hex").slice(0, 16)}`);
  const description = `${version}, ${flags.join(" ")}`;
  if (existsSync(program)) return { program, description };
  mkdirSync(cacheDirectory, { recursive: true });
  const sources = files.filter((file) => file.endsWith(".c")).map((file) => join(sourceDirectory, file));
  const result = spawnSync(compiler, [...flags, "-o", program, ...sources, "-lm"], { encoding: "utf8" });
  if (result.status === 0) return { program, description };
  return { problem: `${compiler} failed: ${result.stderr.split("\n").slice(0, 3).join(" ")}` };
}
