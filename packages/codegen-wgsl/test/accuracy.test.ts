/** The bounds of `math/accuracy.ts`, measured on the adapter against double precision. */

import { readFileSync } from "node:fs";
import type { ElementwiseOpcode } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { type Accuracy, accuracy } from "../src/math/accuracy.ts";
import { opTable } from "../src/ops/table.ts";
import { inDouble, inSingle, onAdapter } from "./one-op.ts";

const goldens = "../../codegen-wasm/test/math/goldens/erf-inv-jax.json";
const draws: { readonly float32: { readonly x: number[]; readonly bits: string[] } } = JSON.parse(
  readFileSync(new URL(goldens, import.meta.url), "utf8"),
);

type Opcode = keyof typeof accuracy;

const binary: readonly Opcode[] = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "remainder",
  "maximum",
  "minimum",
  "power",
  "atan2",
  "chlo.next_after",
  "chlo.zeta",
  "chlo.polygamma",
];
const unary = (Object.keys(accuracy) as Opcode[]).filter(
  (opcode) => !binary.includes(opcode) && opcode !== "chlo.erf_inv",
);

const LEAST_NORMAL = 2 ** -126;
const corners = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  Infinity,
  -Infinity,
  NaN,
  2 ** -149,
  -(2 ** -149),
  LEAST_NORMAL,
  -LEAST_NORMAL,
  3.4028234663852886e38,
  -3.4028234663852886e38,
];

/** Every n-th bit pattern, a grid around zero where most functions bend, and the corners. */
function samples(): Float32Array {
  const step = 32_771;
  const bits = Uint32Array.from({ length: Math.floor(2 ** 32 / step) }, (_, i) => i * step);
  const grid = Array.from({ length: 60_000 }, (_, i) => (i - 30_000) / 2_700 + 1e-5);
  return Float32Array.from([...new Float32Array(bits.buffer), ...grid, ...corners]);
}

/** A pseudo-random permutation of samples, so that two of them meet in all combinations of magnitudes. */
function shuffled(values: Float32Array, seed: number): Float32Array {
  const result = values.slice();
  let state = seed;
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Pairs of corners, then pairs of any samples. */
function pairs(): [Float32Array, Float32Array] {
  const all = samples().subarray(0, -corners.length);
  const first = corners.flatMap((x) => corners.map(() => x));
  const second = corners.flatMap(() => corners);
  const half = all.length >> 1;
  return [
    Float32Array.from([...first, ...shuffled(all, 1).subarray(0, half)]),
    Float32Array.from([...second, ...shuffled(all, 2).subarray(0, half)]),
  ];
}

/** Orders up to 12 and arguments that leave finite numbers. */
function orders(opcode: Opcode): [Float32Array, Float32Array] {
  const count = 20_000;
  const whole = opcode === "chlo.polygamma";
  const order = Float32Array.from({ length: count }, (_, i) => (whole ? i % 7 : 1.01 + (i % 1201) / 100));
  return [order, Float32Array.from({ length: count }, (_, i) => 0.01 + ((i * 10_729) % count) / 1000)];
}

const flushed = (values: Float32Array): Float32Array => values.map((x) => (isTiny(x) ? x * 0 : x));

function ulpOf(size: number): number {
  const exponent = Math.max(Math.floor(Math.log2(size)), -126);
  return 2 ** (exponent - 23);
}

const isTiny = (x: number): boolean => Math.abs(x) < LEAST_NORMAL;

/** Error in ulp; infinite for a wrong NaN, infinity or zero. */
function errorOf(got: number, exact: number, least: number): number {
  const nearest = Math.fround(exact);
  const ulp = ulpOf(Math.max(Math.abs(nearest), least));
  if (Object.is(got, nearest)) return Number.isFinite(nearest) ? Math.abs(nearest - exact) / ulp : 0;
  if (isTiny(exact) && isTiny(got) && (got === 0 || nearest === 0)) return 0;
  const measurable = Number.isFinite(got) && Number.isFinite(nearest);
  return measurable ? Math.abs(got - exact) / ulp : Infinity;
}

interface Worst {
  readonly ulp: number;
  readonly at: string;
}

async function worstOf(opcode: Opcode, operands: readonly Float32Array[]): Promise<Worst> {
  const bound: Accuracy = accuracy[opcode];
  const reference = opcode === "chlo.next_after" ? inSingle : inDouble;
  const op = opcode as ElementwiseOpcode;
  const got = await onAdapter(op, operands);
  const exact = reference(op, operands);
  const exactOfFlushed = reference(op, operands.map(flushed));
  let worst: Worst = { ulp: 0, at: "" };
  got.forEach((y, i) => {
    const arguments_ = operands.map((operand) => operand[i]);
    const least = (arguments_.at(-1) ?? 0) < 0 ? (bound.leastBelowZero ?? 0) : (bound.least ?? 0);
    const ulp = Math.min(errorOf(y, exact[i], least), errorOf(y, exactOfFlushed[i], least));
    if (ulp > worst.ulp) worst = { ulp, at: `${arguments_.join(", ")} gave ${y}, exactly ${exact[i]}` };
  });
  return worst;
}

describe("largest errors of float32 functions", () => {
  it("has a bound for every function", () => {
    const functions = Object.entries(opTable).filter(
      ([opcode, row]) => "float" in row && !/is_/.test(opcode),
    );
    expect(Object.keys(accuracy).sort()).toEqual(functions.map(([opcode]) => opcode).sort());
  });
  it.each(unary)("%s", async (opcode) => {
    const { ulp, at } = await worstOf(opcode, [samples()]);
    expect(ulp, at).toBeLessThanOrEqual(accuracy[opcode].ulp);
  });
  it("chlo.erf_inv, which is to be JAX's", async () => {
    const { x, bits } = draws.float32;
    const got = new Int32Array((await onAdapter("chlo.erf_inv", [Float32Array.from(x)])).buffer);
    const distances = bits.map((expected, i) => Math.abs(got[i] - Number(expected)));
    expect(Math.max(...distances)).toBeLessThanOrEqual(accuracy["chlo.erf_inv"].ulp);
  });
  it.each(binary)("%s", async (opcode) => {
    const operands = opcode === "chlo.zeta" || opcode === "chlo.polygamma" ? orders(opcode) : pairs();
    const { ulp, at } = await worstOf(opcode, operands);
    expect(ulp, at).toBeLessThanOrEqual(accuracy[opcode].ulp);
  });
});
