/**
 * Fluxion against jax-js on the same WebGPU adapter, then what a call of Fluxion's consists of: dispatches, buffers that are
 * made once it has warmed up, and the time that a call takes JavaScript. Options: --rounds N (default 5), --source, --counts (only
 * the second part).
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runBench } from "./harness/bench.ts";
import { webgpuEngines } from "./harness/engines.ts";
import { workloads } from "./harness/workloads.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    source: { type: "boolean", default: false },
    counts: { type: "boolean", default: false },
  },
});

const compared = ["selu", "affine", "sum-squares", "softmax", "layer-norm", "matmul-256", "matmul-1000"];

if (!values.counts) {
  await runBench({
    workloads: workloads.filter(({ name }) => compared.includes(name)),
    engines: webgpuEngines({ source: values.source }),
    rounds: Number(values.rounds),
    turnMs: 200,
    quietSeconds: 0,
    name: "webgpu",
    source: values.source,
  });
}

const condition = values.source ? ["--conditions=fluxion-source"] : [];
const { status } = spawnSync(
  process.execPath,
  [...condition, join(import.meta.dirname, "webgpu-counts.ts")],
  {
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
