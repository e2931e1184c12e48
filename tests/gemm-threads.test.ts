/** Matrix products on real threads: every number of threads gives the same bits. */
import { CpuRuntime } from "@fluxion/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { type GemmPlan, type MatrixStrides, planGemm } from "../packages/codegen-wasm/src/gemm/index.ts";
import { dense, turned } from "../packages/codegen-wasm/test/gemm/elements.ts";
import { emitModule, specOf } from "../packages/codegen-wasm/test/gemm/harness.ts";

const OPTIONS = { relaxed: true, wide: false };
const runtime = new CpuRuntime({ threads: 3 });
afterAll(() => {
  runtime.close();
});

interface Problem {
  readonly batch: readonly number[];
  readonly shape: readonly [m: number, k: number, n: number];
  readonly lhs?: MatrixStrides;
  readonly rhs?: MatrixStrides;
}

function planOf({ batch, shape: [m, k, n], lhs, rhs }: Problem): GemmPlan {
  const matrix = (strides: MatrixStrides) => ({ dtype: "float32", strides }) as const;
  const spec = specOf({
    compute: "f32",
    batch,
    m,
    n,
    k,
    lhs: matrix(lhs ?? dense(batch, m, k)),
    rhs: matrix(rhs ?? dense(batch, k, n)),
    out: matrix(dense(batch, m, n)),
  });
  return planGemm(spec, OPTIONS);
}

/** Runs the product as often as there are numbers of threads; returns the outputs. */
async function outputs(problem: Problem, threadCounts: readonly number[]): Promise<Float32Array[]> {
  const plan = planOf(problem);
  const count = problem.batch.reduce((product, size) => product * size, 1);
  const [m, k, n] = problem.shape;
  const sizes = [m * k * count, k * n * count, m * n * count, n];
  const addresses = sizes.map((size) => runtime.alloc(size * 4, "matrix"));
  const frame = runtime.alloc(64, "frame");
  const scratch = runtime.alloc(Math.max(plan.scratchBytes, 64), "scratch");
  const view = (at: number): Float32Array =>
    new Float32Array(runtime.memory.wasm.buffer, addresses[at], sizes[at]);
  new Int32Array(runtime.memory.wasm.buffer).set([...addresses, scratch], frame / 4);
  view(0).forEach((_, e, lhs) => {
    lhs[e] = Math.sin(e);
  });
  view(1).forEach((_, e, rhs) => {
    rhs[e] = Math.cos(3 * e);
  });
  const instance = runtime.instantiate(new WebAssembly.Module(emitModule(plan, OPTIONS, true)));
  const results: Float32Array[] = [];
  for (const threads of threadCounts) {
    runtime.threads = threads;
    await runtime.ready();
    view(2).fill(Number.NaN);
    instance.main(frame);
    results.push(view(2).slice());
  }
  instance.dispose();
  for (const address of [...addresses, frame, scratch]) runtime.free(address);
  return results;
}

describe("1, 2 and 3 threads agree", () => {
  const [m, k, n] = [180, 512, 300];
  test.each<[string, Problem, Partial<GemmPlan>]>([
    ["panels packed by items", { batch: [], shape: [m, k, n] }, { outer: false }],
    [
      "panels packed by all threads first",
      { batch: [], shape: [m, k, n], lhs: turned(dense([], k, m)) },
      { packing: { lhs: "shared", rhs: "item" } },
    ],
    ["the outer loop", { batch: [], shape: [400, 1024, 300] }, { outer: true }],
    ["a batch of small ones", { batch: [300], shape: [16, 16, 16] }, { batch: 300 }],
    ["a row times a matrix", { batch: [], shape: [1, 900, 2000] }, { strategy: "stream" }],
    [
      "a matrix times a column",
      { batch: [], shape: [2000, 900, 1] },
      { strategy: "dot", packing: { lhs: "direct", rhs: "direct" } },
    ],
  ])("%s", async (_, problem, expectedPlan) => {
    expect(planOf(problem)).toMatchObject(expectedPlan);
    // Several times over: a race shows up only now and then.
    const [first, ...others] = await outputs(problem, [1, 2, 3, 2, 3, 2, 3, 2, 3]);
    expect(first.some(Number.isNaN)).toBe(false);
    const bytes = ({ buffer }: Float32Array): Buffer => Buffer.from(buffer);
    for (const other of others) expect(bytes(other).equals(bytes(first))).toBe(true);
  });
});
