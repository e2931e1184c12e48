/**
 * What tracing, differentiating and compiling cost in a process that has compiled something before: the step of the
 * bench's MLP, and the gradient of 2,000 elementwise operations. Options: --runs N (default 7), --source.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "./harness/build-package.ts";
import { errorLine } from "./harness/error-line.ts";
import { median } from "./harness/statistics.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "7" }, source: { type: "boolean", default: false } },
});
const condition = values.source ? ["--conditions=fluxion-source"] : [];
const node = [process.execPath, "--disable-warning=ExperimentalWarning", ...condition];
const here = (file: string): string => join(import.meta.dirname, file);

/** Command lines that print `MLP_MS CHAIN_MS`. */
const engines: Record<string, readonly string[]> = {
  fluxion: [...node, here("startup/fluxion-compile.ts")],
  "jax-js": [...node, here("startup/jax-js-compile.ts")],
  jax: [process.env.FLUXION_BENCH_PYTHON ?? "python3", here("python/compile.py")],
};
/** Milliseconds, for Fluxion. */
const limits = { step: 100, chain: 400 };

const samples = new Map<string, { step: number; chain: number }[]>();
const problems = new Map<string, string>();

function runOnce(name: string, [file, ...args]: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: "utf8" });
  if (error || status !== 0) {
    problems.set(name, error?.message ?? errorLine(stderr) ?? `code ${status}`);
    return;
  }
  const [step, chain] = stdout.trim().split(" ").map(Number);
  samples.set(name, [...(samples.get(name) ?? []), { step, chain }]);
}

if (!values.source) buildPackage();
for (let run = 0; run < Number(values.runs); run++)
  for (const [name, command] of Object.entries(engines)) if (!problems.has(name)) runOnce(name, command);

for (const [name, list] of samples) {
  const [step, chain] = [median(list.map((s) => s.step)), median(list.map((s) => s.chain))];
  const isMet = step <= limits.step && chain <= limits.chain;
  const mark =
    name !== "fluxion" ? "" : isMet ? "  ✓" : `  ✗ (limits: ${limits.step} and ${limits.chain} ms)`;
  console.log(
    `${name}: step of an MLP ${step.toFixed(0)} ms, gradient of a chain ${chain.toFixed(0)} ms${mark}`,
  );
  if (name === "fluxion" && !isMet) process.exitCode = 1;
}
for (const [name, problem] of problems) console.log(`${name}: absent (${problem})`);
if (problems.has("fluxion")) process.exitCode = 1;
