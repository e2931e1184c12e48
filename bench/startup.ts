/**
 * What a program waits for before its first result, each time in a new process: importing the library, and
 * the first call of jitted SELU on 1e6 elements after a smaller function has been compiled (so that code
 * generators and threads are up). Options: --runs N (default 7), --source.
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

/** Command lines that print `IMPORT_MS FIRST_CALL_MS`. */
const engines: Record<string, readonly string[]> = {
  fluxion: [...node, here("startup/fluxion.ts")],
  "jax-js": [...node, here("startup/jax-js.ts")],
  jax: [process.env.FLUXION_BENCH_PYTHON ?? "python3", here("python/startup.py")],
};
const limits = { importing: 100, firstCall: 30 }; // milliseconds, for Fluxion

interface Sample {
  readonly importing: number;
  readonly firstCall: number;
}

function runOnce([file, ...args]: readonly string[]): Sample | { readonly problem: string } {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: "utf8" });
  if (error) return { problem: error.message };
  if (status !== 0) return { problem: errorLine(stderr) ?? `code ${status}` };
  const [importing, firstCall] = stdout.trim().split(" ").map(Number);
  return { importing, firstCall };
}

if (!values.source) buildPackage();
const samples = new Map<string, Sample[]>();
const problems = new Map<string, string>();
for (let run = 0; run < Number(values.runs); run++)
  for (const [name, command] of Object.entries(engines).filter(([id]) => !problems.has(id))) {
    const sample = runOnce(command);
    if ("problem" in sample) problems.set(name, sample.problem);
    else samples.set(name, [...(samples.get(name) ?? []), sample]);
  }

for (const [name, list] of samples) {
  const importing = median(list.map((s) => s.importing));
  const firstCall = median(list.map((s) => s.firstCall));
  const isMet = importing <= limits.importing && firstCall <= limits.firstCall;
  const mark = name !== "fluxion" ? "" : isMet ? "  ✓" : "  ✗ (limits: import 100 ms, first call 30 ms)";
  console.log(`${name}: import ${importing.toFixed(1)} ms, first SELU ${firstCall.toFixed(1)} ms${mark}`);
  if (name === "fluxion" && !isMet) process.exitCode = 1;
}
for (const [name, problem] of problems) console.log(`${name}: absent (${problem})`);
if (problems.has("fluxion")) process.exitCode = 1;
