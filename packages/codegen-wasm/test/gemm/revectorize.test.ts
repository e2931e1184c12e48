/**
 * The same products in V8's optimised code with pairs of vectors joined to 256 bits. The engine reads its flags when a
 * module is compiled, and this file has a process of its own.
 */
import { setFlagsFromString } from "node:v8";
import { beforeAll, expect, test } from "vitest";
import type { MatrixStrides } from "../../src/gemm/index.ts";
import { dense, integers, turned } from "./elements.ts";
import { runGemm } from "./harness.ts";

beforeAll(() => {
  setFlagsFromString("--experimental-wasm-revectorize");
  setFlagsFromString("--no-liftoff");
});

const SHAPES = [
  [6, 8, 16],
  [5, 7, 9],
  [64, 64, 64],
  [70, 33, 95],
  [61, 600, 50],
  [3, 50, 400],
  [1, 300, 90],
] as const;

test.each([
  ["float32", "f32"],
  ["float64", "f64"],
  ["int32", "i32"],
  ["float16", "f32"],
] as const)("%s", (dtype, compute) => {
  const matrix = (strides: MatrixStrides) => ({ dtype, strides });
  for (const wide of [true, false])
    for (const relaxed of [true, false])
      for (const [m, k, n] of SHAPES)
        for (const rhs of [dense([], k, n), turned(dense([], n, k))]) {
          const problem = { compute, batch: [], m, n, k, lhs: matrix(dense([], m, k)), rhs: matrix(rhs) };
          const { actual, expected } = runGemm(
            { ...problem, out: matrix(dense([], m, n)) },
            { lhs: integers(1, -3, 3), rhs: integers(2, -3, 3) },
            { relaxed, wide },
          );
          expect(actual).toEqual(expected);
        }
});
