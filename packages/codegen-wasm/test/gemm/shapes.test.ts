import { describe, expect, test } from "vitest";
import type { MatrixStrides } from "../../src/gemm/index.ts";
import { dense, integers, turned } from "./elements.ts";
import { type GemmCase, type RunOptions, type RunResult, runGemm } from "./harness.ts";

const builds: Record<string, RunOptions> = {
  fused: { relaxed: true, wide: false },
  plain: { relaxed: false, wide: false },
  wide: { relaxed: true, wide: true },
};
const reversed: RunOptions = { relaxed: true, wide: false, reversed: true };

interface Layout {
  readonly lhs?: MatrixStrides;
  readonly rhs?: MatrixStrides;
  readonly out?: MatrixStrides;
}

/** Integers whose sums float32 holds exactly, so results must be equal. */
function runFloat32(
  [m, k, n]: readonly number[],
  batch: readonly number[],
  layout: Layout,
  options: RunOptions,
): RunResult {
  const matrix = (strides: MatrixStrides) => ({ dtype: "float32", strides }) as const;
  const problem: GemmCase = {
    compute: "f32",
    batch,
    m,
    n,
    k,
    lhs: matrix(layout.lhs ?? dense(batch, m, k)),
    rhs: matrix(layout.rhs ?? dense(batch, k, n)),
    out: matrix(layout.out ?? dense(batch, m, n)),
  };
  return runGemm(problem, { lhs: integers(1, -9, 9), rhs: integers(2, -9, 9) }, options);
}

function expectEqual({ actual, expected }: RunResult): void {
  expect(actual.length).toBe(expected.length);
  expect(actual).toEqual(expected);
}

const SHAPES = [
  [1, 1, 1],
  [4, 4, 4],
  [2, 3, 5],
  [6, 8, 8],
  [7, 5, 9],
  [13, 17, 21],
  [16, 16, 16],
  [1, 20, 37],
  [37, 20, 1],
  [1, 2000, 3],
  [3, 9, 100],
  [100, 33, 3],
  [65, 40, 70],
  [61, 600, 50],
  [130, 70, 260],
] as const;

describe.each(Object.entries(builds))("float32, %s", (_, options) => {
  test.each(SHAPES)("%i×%i×%i in all eight transpositions", (m, k, n) => {
    for (let bits = 0; bits < 8; bits++)
      expectEqual(
        runFloat32(
          [m, k, n],
          [],
          {
            lhs: bits & 1 ? turned(dense([], k, m)) : undefined,
            rhs: bits & 2 ? turned(dense([], n, k)) : undefined,
            out: bits & 4 ? turned(dense([], n, m)) : undefined,
          },
          options,
        ),
      );
  });

  test("every size of the last panels", () => {
    for (let m = 1; m <= 7; m += 2)
      for (let n = 1; n <= 17; n++) expectEqual(runFloat32([m, 6, n], [], {}, options));
    for (let n = 33; n <= 48; n += 3)
      expectEqual(runFloat32([40, 300, n], [], { rhs: turned(dense([], n, 300)) }, options));
  });

  test("batches, broadcast on one side or in one dimension", () => {
    expectEqual(runFloat32([5, 6, 7], [3, 4], {}, options));
    expectEqual(runFloat32([4, 4, 4], [100], {}, options));
    const [m, k, n] = [33, 80, 40];
    const shared = { ...dense([], m, k), batch: [0, 0] };
    expectEqual(runFloat32([m, k, n], [2, 3], { lhs: shared }, options));
    const inner = { ...dense([], k, n), batch: [k * n, 0] };
    expectEqual(runFloat32([m, k, n], [2, 3], { rhs: inner }, options));
    const swapped = { ...dense([], k, n), batch: [k * n, 2 * k * n] };
    expectEqual(runFloat32([m, k, n], [2, 3], { rhs: swapped }, options));
  });

  test("strides that skip, reverse and broadcast", () => {
    const [m, k, n] = [14, 21, 19];
    const skip: MatrixStrides = { batch: [], row: 2 * k * 3, column: 3 };
    const reverse: MatrixStrides = { batch: [], row: -n, column: 1 };
    const mirrored: MatrixStrides = { batch: [], row: n, column: -1 };
    const constantRows: MatrixStrides = { batch: [], row: 0, column: 1 };
    const constantColumns: MatrixStrides = { batch: [], row: 1, column: 0 };
    for (const lhs of [skip, { batch: [], row: -k, column: 1 }, constantRows, constantColumns])
      for (const rhs of [undefined, reverse, mirrored, constantRows, constantColumns])
        expectEqual(runFloat32([m, k, n], [], { lhs, rhs }, options));
    expectEqual(runFloat32([m, k, n], [], { out: { batch: [], row: 2 * n * 3, column: 3 } }, options));
    expectEqual(runFloat32([m, k, n], [], { out: reverse }, options));
    expectEqual(runFloat32([m, k, n], [], { out: mirrored }, options));
    expectEqual(runFloat32([m, k, n], [], { out: { batch: [], row: n + 5, column: 1 } }, options));
  });

  test("few rows: rhs streams by, or is read by dot products", () => {
    for (const m of [1, 2, 3, 4, 6])
      for (const [k, n] of [
        [130, 77],
        [45, 1030],
        [16, 5],
      ]) {
        const streamed = runFloat32([m, k, n], [2], {}, options);
        expectEqual(streamed);
        const dotted = runFloat32([m, k, n], [2], { rhs: turned(dense([2], n, k)) }, options);
        expect(dotted.plan.strategy).toBe(m <= 3 ? "dot" : "packed");
        expectEqual(dotted);
      }
    const long = runFloat32([3, 45, 1030], [], {}, options);
    expect(long.plan).toMatchObject({ strategy: "stream", kBlock: 8, kBlocks: 6 });
    // A packed row serves dot products as well.
    expectEqual(
      runFloat32(
        [1, 100, 9],
        [],
        { lhs: { batch: [], row: 1, column: 2 }, rhs: turned(dense([], 9, 100)) },
        options,
      ),
    );
  });

  test("nothing to add up, nothing to compute", () => {
    const { actual, plan } = runFloat32([5, 0, 11], [2], {}, options);
    expect(actual).toEqual(new Array(110).fill(0));
    expect(plan.empty).toBe(false);
    for (const [shape, batch] of [
      [[0, 4, 5], []],
      [[4, 4, 0], []],
      [
        [4, 4, 4],
        [0, 3],
      ],
    ])
      expect(runFloat32(shape, batch, {}, options).plan.empty).toBe(true);
  });
});

describe("float32, large", () => {
  test.each([
    ["rows that do not collide are read in place", [400, 500, 300], {}, "direct"],
    ["rows that collide are packed", [300, 1024, 300], {}, "shared"],
    ["by columns", [300, 520, 300], { lhs: turned(dense([], 520, 300)) }, "shared"],
  ] as const)("%s", (_, shape, layout, packing) => {
    for (const options of [builds.fused, builds.wide, reversed]) {
      const result = runFloat32(shape, [], layout, options);
      expect(result.plan.packing.lhs).toBe(packing);
      expectEqual(result);
    }
  });

  test("few columns: rows are dealt out and rhs is packed once for all", () => {
    const result = runFloat32([3000, 200, 60], [], { rhs: turned(dense([], 60, 200)) }, reversed);
    expect(result.plan.rows.blocks).toBeGreaterThan(1);
    expect(result.plan.packing.rhs).toBe("shared");
    expectEqual(result);
  });

  test("the outer loop over batch and k", () => {
    const { batch, lhs } = { batch: [2], lhs: turned(dense([2], 1100, 256)) };
    const result = runFloat32([256, 1100, 200], batch, { lhs }, reversed);
    expect(result.plan).toMatchObject({ outer: true, partial: "out", kBlocks: 3 });
    expectEqual(result);
  });
});

test("float32 sums of arbitrary numbers stay within the error bound of summation", () => {
  const noise = integers(7, -(2 ** 20), 2 ** 20);
  const [m, k, n] = [50, 700, 60];
  const matrix = (rows: number, columns: number) =>
    ({ dtype: "float32", strides: dense([], rows, columns) }) as const;
  const problem: GemmCase = {
    compute: "f32",
    batch: [],
    m,
    n,
    k,
    lhs: matrix(m, k),
    rhs: matrix(k, n),
    out: matrix(m, n),
  };
  const inputs = {
    lhs: (index: number) => Number(noise(index)) / 2 ** 20,
    rhs: (index: number) => Number(noise(index + 1e6)) / 2 ** 19,
  };
  for (const options of [...Object.values(builds), reversed]) {
    const { actual, expected } = runGemm(problem, inputs, options);
    // |Σ| error ≤ k·u·Σ|x·y|, u = 2⁻²⁴, |x| ≤ 1, |y| ≤ 2; each factor is rounded to float32 once more.
    const bound = k * 2 ** -24 * k * 2;
    const errors = actual.map((value, e) => Math.abs(Number(value) - Number(expected[e])));
    expect(Math.max(...errors)).toBeLessThan(bound);
    expect(Math.max(...errors)).toBeGreaterThan(0);
  }
});
