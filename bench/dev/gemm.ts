/**
 * Times the matrix product alone, without the layers above: GFLOP/s on 1 and 2 threads, first call and steady state.
 *
 *     node --conditions=fluxion-source bench/dev/gemm.ts [--revectorize] [--dtype float32] [256 1000 2048 | MxKxN …]
 *
 * MxKxN may have batch sizes before it. `ta` after a size stores lhs by columns, `tb` rhs: 1000tb, 64x128x64x128tab.
 */

import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import type { RealDType } from "@fluxion/ir";
import { CpuRuntime } from "@fluxion/runtime";
import { computeTypeOf, type GemmPlan, planGemm } from "../../packages/codegen-wasm/src/gemm/index.ts";
import { dense, turned } from "../../packages/codegen-wasm/test/gemm/elements.ts";
import { emitModule, specOf } from "../../packages/codegen-wasm/test/gemm/harness.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    revectorize: { type: "boolean", default: false },
    dtype: { type: "string", default: "float32" },
    threads: { type: "string", default: "1,2" },
    seconds: { type: "string", default: "1" },
    plain: { type: "boolean", default: false },
    cpu: { type: "boolean", default: false },
  },
});
if (values.revectorize) setFlagsFromString("--experimental-wasm-revectorize");

interface Problem {
  readonly label: string;
  readonly batch: number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lhsTurned: boolean;
  readonly rhsTurned: boolean;
}

function parse(text: string): Problem {
  const [sizes, flags = ""] = text.split("t", 2);
  const numbers = sizes.split("x").map(Number);
  const [m, k, n] = numbers.length >= 3 ? numbers.slice(-3) : [numbers[0], numbers[0], numbers[0]];
  return {
    label: text,
    batch: numbers.slice(0, -3),
    m,
    n,
    k,
    lhsTurned: flags.includes("a"),
    rhsTurned: flags.includes("b"),
  };
}

function planOf(problem: Problem, dtype: RealDType): GemmPlan {
  const { batch, m, n, k } = problem;
  const strides = (flag: boolean, rows: number, columns: number) =>
    flag ? turned(dense(batch, columns, rows)) : dense(batch, rows, columns);
  const spec = specOf({
    compute: computeTypeOf(dtype),
    batch,
    m,
    n,
    k,
    lhs: { dtype, strides: strides(problem.lhsTurned, m, k) },
    rhs: { dtype, strides: strides(problem.rhsTurned, k, n) },
    out: { dtype, strides: dense(batch, m, n) },
  });
  return planGemm(spec, { relaxed: !values.plain, wide: values.revectorize });
}

/** Milliseconds; with `--cpu` those that the main thread ran, which says something about one thread on a busy machine. */
function now(): number {
  if (!values.cpu) return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function measure(problem: Problem, threads: number): Promise<void> {
  const dtype = values.dtype as RealDType;
  const plan = planOf(problem, dtype);
  const runtime = new CpuRuntime({ threads });
  const { batch, m, n, k } = problem;
  const count = batch.reduce((a, b) => a * b, 1);
  const frame = runtime.alloc(64, "frame");
  const addresses = [m * k, k * n, m * n, n]
    .map((elements) => runtime.alloc(Math.max(64, elements * count * 8), "matrix"))
    .concat(runtime.alloc(Math.max(64, plan.scratchBytes), "scratch"));
  const i32 = new Int32Array(runtime.memory.wasm.buffer);
  i32.set(addresses, frame / 4);
  if (dtype === "float32") {
    const f32 = new Float32Array(runtime.memory.wasm.buffer);
    for (const [at, size] of [
      [addresses[0], m * k * count],
      [addresses[1], k * n * count],
    ])
      for (let e = 0; e < size; e++) f32[at / 4 + e] = Math.sin(e);
  }
  const emitStart = performance.now();
  const binary = emitModule(plan, { relaxed: !values.plain, wide: values.revectorize }, true);
  const emitted = performance.now() - emitStart;
  const instance = runtime.instantiate(new WebAssembly.Module(binary));
  await runtime.ready();
  const times: number[] = [];
  const end = performance.now() + Number(values.seconds) * 1000;
  do {
    const start = now();
    instance.main(frame);
    times.push(now() - start);
  } while (performance.now() < end || times.length < 5);
  runtime.close();
  report(problem, threads, times, emitted, binary.length, plan);
}

function report(
  problem: Problem,
  threads: number,
  times: number[],
  emitted: number,
  bytes: number,
  plan: GemmPlan,
): void {
  const { batch, m, n, k } = problem;
  const flops = 2 * batch.reduce((a, b) => a * b, 1) * m * n * k;
  const rate = (ms: number): string => `${(flops / ms / 1e6).toFixed(1)}`;
  const sorted = times.slice(1).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const { packing, kBlocks, items, tasks, rows, columns } = plan;
  console.log(
    `${problem.label.padEnd(12)} ${threads} thread${threads > 1 ? "s" : " "}  GFLOP/s: first ${rate(times[0])}, ` +
      `median ${rate(median)} (${median.toFixed(4)} ms), best ${rate(sorted[0])} (${sorted[0].toFixed(4)} ms)  ` +
      `[lhs ${packing.lhs}, rhs ${packing.rhs}, ${rows.count}x${columns.count} panels, ${kBlocks} k-blocks, ` +
      `${items} items, ${tasks} tasks; emitted in ${emitted.toFixed(1)} ms, ${bytes} bytes]`,
  );
}

const sizes = positionals.length > 0 ? positionals : ["256", "1000", "2048"];
for (const size of sizes)
  for (const threads of values.threads.split(",").map(Number)) await measure(parse(size), threads);
