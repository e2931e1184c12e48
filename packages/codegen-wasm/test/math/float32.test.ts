/**
 * Float32 functions of one operand against their float64 versions, over an even sample of all bit patterns; with
 * FLUXION_EXHAUSTIVE=1 over all 2³² (hours).
 */
import { describe, expect, test } from "vitest";
import { accuracy } from "../../src/math/accuracy.ts";
import type { LaneFunction } from "../../src/math/emitter.ts";
import { type MathOpcode, mathFunctions, mathTable } from "../../src/math/table.ts";
import { mapped } from "./harness.ts";
import { sweep } from "./sweep.ts";
import { ulpError } from "./ulp.ts";

const exhaustive = process.env.FLUXION_EXHAUSTIVE === "1";
const step = exhaustive ? 1 : 4099;

const binary: readonly MathOpcode[] = [
  "power",
  "atan2",
  "remainder",
  "chlo.next_after",
  "chlo.polygamma",
  "chlo.zeta",
];
/** erf⁻¹ depends on the rounding of x² in the type at hand, so its float64 version is no reference. */
const unary = (Object.keys(mathFunctions) as MathOpcode[]).filter(
  (op) => !binary.includes(op) && op !== "chlo.erf_inv",
);

describe.each([true, false])("float32, relaxed: %s", (relaxed) => {
  test.each(unary)("%s", { timeout: exhaustive ? 3_600_000 : 60_000 }, (opcode) => {
    const fn: LaneFunction = mathFunctions[opcode];
    const { ulp, at } = sweep(fn, relaxed, step);
    expect(ulp, `at ${at}`).toBeLessThanOrEqual(accuracy[opcode].f32);
  });
});

/** Reproducible numbers of all magnitudes and signs, with the corners among them. */
function samples(count: number, seed: number): Float32Array {
  const corners = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, Infinity, -Infinity, NaN, 1e-45, -1e-45, 3.4e38];
  const bits = new Uint32Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bits[i] = state ^ (state >>> 15);
  }
  const out = new Float32Array(bits.buffer);
  for (let i = 0; i < count; i += 3) out[i] = ((bits[i] % 4001) - 2000) / 128;
  for (let i = 1; i < count; i += 7) out[i] = corners[bits[i] % corners.length];
  return out;
}

describe.each([true, false])("float32 of two operands, relaxed: %s", (relaxed) => {
  const x = samples(200_000, 1);
  const y = samples(200_000, 2);
  /** C's pow, of which JavaScript differs in 1^NaN and (±1)^±∞. */
  const pow = (a: number, b: number): number =>
    a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) ? 1 : a ** b;
  const references: [MathOpcode, (a: number, b: number) => number][] = [
    ["power", pow],
    ["atan2", Math.atan2],
    ["remainder", (a, b) => a % b],
  ];
  test.each(references)("%s", (opcode, reference) => {
    const got = mapped(mathTable[opcode].f32x4, "f32", 2, relaxed).run(x, y);
    let worst = { ulp: 0, at: "" };
    got.forEach((z, i) => {
      const ulp = ulpError(z, reference(x[i], y[i]), 0, "f32");
      if (ulp > worst.ulp) worst = { ulp, at: `${x[i]}, ${y[i]}` };
    });
    expect(worst.ulp, worst.at).toBeLessThanOrEqual(accuracy[opcode].f32);
  });
});

test.each([true, false])("the float64 remainder is exact, relaxed: %s", (relaxed) => {
  const x = Float64Array.from(samples(100_000, 3), (v, i) => v * 1.1 ** (i % 2000));
  const y = Float64Array.from(samples(100_000, 4), (v, i) => (v / 3) * 1.1 ** -(i % 3000));
  const got = mapped(mathTable.remainder.f64x2, "f64", 2, relaxed).run(x, y);
  const wrong = Array.from(got.keys()).filter((i) => !Object.is(got[i], x[i] % y[i]));
  expect(wrong.map((i) => [x[i], y[i], got[i], x[i] % y[i]])).toEqual([]);
});
