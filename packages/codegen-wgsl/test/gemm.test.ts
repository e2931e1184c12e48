/**
 * Products so large that they get the longest shaders. Their entries are small integers, so that every sum is exact and results equal
 * those of a plain loop, however an adapter rounds or contracts.
 */

import { type DType, type Literal, literal, parseModule } from "@fluxion/ir";
import { expect, it } from "vitest";
import { Random } from "../../../tests/fuzz/random.ts";
import { runModule } from "./compare.ts";

interface Product {
  readonly dtype: "float32" | "int32";
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Whether k is the first dimension of lhs, and the last one of rhs. */
  readonly transposed: readonly [lhs: boolean, rhs: boolean];
}

/** Sizes that are and are not multiples of vectors and tiles; the second and third kinds take 2²¹ and 2²⁴ multiplications. */
const products: readonly Product[] = [
  { dtype: "float32", batch: 3, m: 21, n: 44, k: 18, transposed: [false, false] },
  { dtype: "float32", batch: 1, m: 3, n: 300, k: 64, transposed: [false, false] },
  { dtype: "float32", batch: 1, m: 131, n: 100, k: 163, transposed: [false, true] },
  { dtype: "int32", batch: 2, m: 70, n: 480, k: 64, transposed: [true, false] },
  { dtype: "float32", batch: 1, m: 261, n: 254, k: 254, transposed: [false, false] },
  { dtype: "float32", batch: 1, m: 256, n: 256, k: 256, transposed: [true, true] },
];

const types: Readonly<Record<Product["dtype"], string>> = { float32: "f32", int32: "i32" };

function moduleOf({ dtype, batch, m, n, k, transposed }: Product): ReturnType<typeof parseModule> {
  const type = (rows: number, columns: number): string =>
    `tensor<${batch}x${rows}x${columns}x${types[dtype]}>`;
  const lhs = transposed[0] ? type(k, m) : type(m, k);
  const rhs = transposed[1] ? type(n, k) : type(k, n);
  const contracting = `[${transposed[0] ? 1 : 2}] x [${transposed[1] ? 2 : 1}]`;
  return parseModule(`module @product {
  func.func public @main(%x: ${lhs}, %y: ${rhs}) -> ${type(m, n)} {
    %0 = stablehlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = ${contracting} : (${lhs}, ${rhs}) -> ${type(m, n)}
    return %0 : ${type(m, n)}
  }
}`);
}

function integers(random: Random, dtype: DType, shape: readonly number[]): Literal {
  const entries = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.int(-9, 9));
  return literal(dtype, shape, dtype === "float32" ? Float32Array.from(entries) : Int32Array.from(entries));
}

function expectedOf({ batch, m, n, k, transposed }: Product, x: Literal, y: Literal): number[] {
  const [a, b] = [x.data as Float32Array, y.data as Float32Array];
  const result: number[] = [];
  for (let g = 0; g < batch; g++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum +=
            a[g * m * k + (transposed[0] ? l * m + i : i * k + l)] *
            b[g * k * n + (transposed[1] ? j * k + l : l * n + j)];
        result.push(sum);
      }
  return result;
}

it.each(products)("$dtype $batch × $m × $n × $k, transposed $transposed", async (product) => {
  const { dtype, batch, m, n, k, transposed } = product;
  const random = new Random(1);
  const x = integers(random, dtype, transposed[0] ? [batch, k, m] : [batch, m, k]);
  const y = integers(random, dtype, transposed[1] ? [batch, n, k] : [batch, k, n]);
  const [[first]] = await runModule(moduleOf(product), [x, y]);
  const expected = expectedOf(product, x, y);
  const actual = Array.from(first.data as Float32Array);
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
});
