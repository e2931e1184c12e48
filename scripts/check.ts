/**
 * What `npm test` runs. `check.ts [STEP...]` runs only those steps; all are run even when an early one fails.
 * The last line is `N passed, N failed[, N skipped]` over the tests; the exit code covers every step.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureChromium } from "./lib/chromium.ts";
import { root, runScript, runTool, seconds } from "./lib/run.ts";
import { addCounts, type Counts, noTests, runVitest } from "./lib/vitest.ts";

interface Outcome {
  readonly ok: boolean;
  readonly counts?: Counts;
}

interface Step {
  readonly what: string;
  run(): Outcome;
}

const tool = (name: string, ...args: string[]): Outcome => ({ ok: runTool(name, args) === 0 });

const CODE = ["packages", "tests", "bench", "examples", "scripts"].filter((dir) =>
  existsSync(join(root, dir)),
);

const steps: Record<string, Step> = {
  types: {
    what: "types (tsc -b; tests, benchmarks, examples and scripts)",
    run: () => ({ ok: runTool("tsc", ["-b"]) === 0 && runTool("tsc", ["-p", "tsconfig.tests.json"]) === 0 }),
  },
  lint: { what: "lint and format (biome)", run: () => tool("biome", "check", "--error-on-warnings") },
  imports: {
    what: "import direction and cycles (dependency-cruiser)",
    run: () => tool("depcruise", "--output-type", "err", ...CODE),
  },
  unit: {
    what: "unit, golden and conformance tests (vitest), those of WebGPU on Chromium's SwiftShader where there is no GPU",
    run: () => {
      const ready = ensureChromium();
      const result = runVitest("unit", ["--exclude", "tests/built/**", "--exclude", "tests/browser/**"]);
      return { ...result, ok: ready && result.ok };
    },
  },
  built: {
    what: "the built package, in Node, in an outside project and in a browser",
    run: () => {
      const ready = [runScript("build", ["--if-stale"]) === 0, ensureChromium()].every(Boolean);
      const result = runVitest("built", ["tests/built", "tests/browser"]);
      return { ...result, ok: ready && result.ok };
    },
  },
};

function chosenSteps(names: readonly string[]): string[] {
  const unknown = names.filter((name) => !(name in steps));
  if (unknown.length > 0) {
    console.error(
      `check: no step named ${unknown.join(", ")}; the steps are ${Object.keys(steps).join(", ")}`,
    );
    process.exit(2);
  }
  return names.length > 0 ? [...names] : Object.keys(steps);
}

const failed: string[] = [];
const summary: string[] = [];
let counts: Counts | undefined;
for (const name of chosenSteps(process.argv.slice(2))) {
  const step = steps[name];
  const start = performance.now();
  console.log(`\n── ${name}: ${step.what}`);
  const outcome = step.run();
  if (outcome.counts) counts = addCounts(counts ?? noTests, outcome.counts);
  if (!outcome.ok) failed.push(name);
  summary.push(`${outcome.ok ? "ok    " : "FAILED"} ${name.padEnd(8)} ${seconds(start)}`);
}

console.log(`\n${summary.join("\n")}`);
if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
if (counts) {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
}
process.exit(failed.length > 0 ? 1 : 0);
