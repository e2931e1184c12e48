/** Normal draws are √2·erf⁻¹ of uniform ones, and shall be JAX's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mathTable } from "../../src/math/table.ts";
import { mapped } from "./harness.ts";

interface Draws {
  readonly x: number[];
  /** JAX's results as signed integers. */
  readonly bits: string[];
}

const draws: { float32: Draws; float64: Draws } = JSON.parse(
  readFileSync(new URL("goldens/erf-inv-jax.json", import.meta.url), "utf8"),
);
const { f32x4, f64x2 } = mathTable["chlo.erf_inv"];

/** Distances in representable numbers; both results have the same sign. */
function distances(got: ArrayLike<number | bigint>, expected: string[]): number[] {
  return expected.map((bits, i) => Math.abs(Number(BigInt(got[i]) - BigInt(bits))));
}
const equalShare = (d: number[]): number => d.filter((x) => x === 0).length / d.length;

test("float32: JAX's in most draws, within 3 ulp in all", () => {
  const got = mapped(f32x4, "f32", 1, true).run(Float32Array.from(draws.float32.x));
  const d = distances(new Int32Array(got.buffer), draws.float32.bits);
  expect(Math.max(...d)).toBeLessThanOrEqual(3);
  // Engines on machines without it may round twice.
  expect(equalShare(d)).toBeGreaterThan(0.9);
});

test("float32 without it: within 3 ulp", () => {
  const got = mapped(f32x4, "f32", 1, false).run(Float32Array.from(draws.float32.x));
  const d = distances(new Int32Array(got.buffer), draws.float32.bits);
  expect(Math.max(...d)).toBeLessThanOrEqual(3);
  expect(equalShare(d)).toBeGreaterThan(0.9);
});

test.each([true, false])(
  "float64, fused multiply-add %s: JAX's in most draws, within 3 ulp in all",
  (fused) => {
    const got = mapped(f64x2, "f64", 1, fused).run(Float64Array.from(draws.float64.x));
    const d = distances(new BigInt64Array(got.buffer), draws.float64.bits);
    expect(Math.max(...d)).toBeLessThanOrEqual(3);
    expect(equalShare(d)).toBeGreaterThan(0.8);
  },
);
