/** Limits, poles, signs of zero, NaN, overflow and denormals: what IEEE 754, C and JAX say. */
import { describe, expect, test } from "vitest";
import { type MathOpcode, mathTable } from "../../src/math/table.ts";
import { mapped, type Precision } from "./harness.ts";

const inf = Infinity;
const nan = NaN;

/** Result last. */
type Case = readonly number[];
type Cases = Partial<Record<MathOpcode, readonly Case[]>>;

const odd: readonly Case[] = [
  [0, 0],
  [-0, -0],
  [nan, nan],
];
const both: Cases = {
  exponential: [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, 0],
    [nan, nan],
    [1000, inf],
    [-1000, 0],
  ],
  exponential_minus_one: [...odd, [inf, inf], [-inf, -1], [-100, -1], [1000, inf]],
  log: [
    [0, -inf],
    [-0, -inf],
    [1, 0],
    [-1, nan],
    [inf, inf],
    [-inf, nan],
    [nan, nan],
  ],
  log_plus_one: [...odd, [-1, -inf], [-2, nan], [inf, inf], [-inf, nan]],
  logistic: [
    [0, 0.5],
    [-0, 0.5],
    [inf, 1],
    [-inf, 0],
    [nan, nan],
    [100, 1],
    [-1000, 0],
  ],
  sine: [...odd, [inf, nan], [-inf, nan]],
  cosine: [
    [0, 1],
    [-0, 1],
    [inf, nan],
    [-inf, nan],
    [nan, nan],
  ],
  tan: [...odd, [inf, nan], [-inf, nan]],
  "chlo.tan": [...odd, [inf, nan], [-inf, nan]],
  tanh: [...odd, [inf, 1], [-inf, -1], [50, 1], [-50, -1]],
  sqrt: [...odd, [4, 2], [-1, nan], [inf, inf]],
  rsqrt: [
    [0, inf],
    [-0, -inf],
    [4, 0.5],
    [-1, nan],
    [inf, 0],
    [nan, nan],
  ],
  cbrt: [...odd, [8, 2], [-27, -3], [inf, inf], [-inf, -inf]],
  sign: [...odd, [3, 1], [-0.5, -1], [inf, 1], [-inf, -1]],
  round_nearest_afz: [
    ...odd,
    [0.5, 1],
    [-0.5, -1],
    [1.5, 2],
    [2.5, 3],
    [-2.5, -3],
    [0.25, 0],
    [-0.25, -0],
    [inf, inf],
    [-inf, -inf],
    [2 ** 23 + 1, 2 ** 23 + 1],
    [0.499999970197678, 0],
  ],
  round_nearest_even: [
    ...odd,
    [0.5, 0],
    [-0.5, -0],
    [1.5, 2],
    [2.5, 2],
    [-2.5, -2],
    [0.75, 1],
    [inf, inf],
    [-inf, -inf],
  ],
  "chlo.acos": [
    [1, 0],
    [2, nan],
    [-2, nan],
    [nan, nan],
    [inf, nan],
  ],
  "chlo.acosh": [
    [1, 0],
    [0.5, nan],
    [0, nan],
    [-1, nan],
    [-5, nan],
    [inf, inf],
    [-inf, nan],
    [nan, nan],
  ],
  "chlo.asin": [...odd, [2, nan], [-2, nan], [inf, nan]],
  "chlo.asinh": [...odd, [inf, inf], [-inf, -inf]],
  "chlo.atan": odd,
  "chlo.atanh": [...odd, [1, inf], [-1, -inf], [2, nan], [-2, nan], [inf, nan]],
  "chlo.bessel_i1e": [...odd, [inf, 0], [-inf, -0]],
  "chlo.cosh": [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, inf],
    [nan, nan],
  ],
  "chlo.digamma": [
    [0, nan],
    [-0, nan],
    [-1, nan],
    [-3, nan],
    [inf, inf],
    [-inf, nan],
    [nan, nan],
  ],
  "chlo.erf": [...odd, [inf, 1], [-inf, -1], [10, 1], [-10, -1]],
  "chlo.erf_inv": [...odd, [1, inf], [-1, -inf], [1.5, nan], [-2, nan], [inf, nan]],
  "chlo.erfc": [
    [0, 1],
    [-0, 1],
    [inf, 0],
    [-inf, 2],
    [40, 0],
    [-40, 2],
    [nan, nan],
  ],
  "chlo.lgamma": [
    [0, inf],
    [-0, inf],
    [1, 0],
    [2, 0],
    [-1, inf],
    [-7, inf],
    [-(2 ** 60), inf],
    [inf, inf],
    [-inf, inf],
    [nan, nan],
  ],
  "chlo.sinh": [...odd, [inf, inf], [-inf, -inf]],
  power: [
    [2, 10, 1024],
    [0, 0, 1],
    [nan, 0, 1],
    [inf, -0, 1],
    [1, nan, 1],
    [1, inf, 1],
    [-1, inf, 1],
    [-1, -inf, 1],
    [-1, nan, nan],
    [nan, 1, nan],
    [2, nan, nan],
    [0, 3, 0],
    [-0, 3, -0],
    [-0, 2, 0],
    [0, -3, inf],
    [-0, -3, -inf],
    [-0, -2, inf],
    [-0, -0.5, inf],
    [-0, 0.5, 0],
    [0.5, inf, 0],
    [0.5, -inf, inf],
    [2, inf, inf],
    [-2, inf, inf],
    [2, -inf, 0],
    [-2, -inf, 0],
    [inf, 2, inf],
    [inf, -2, 0],
    [-inf, 3, -inf],
    [-inf, 2, inf],
    [-inf, -3, -0],
    [-inf, 0.5, inf],
    [-2, 3, -8],
    [-2, 2, 4],
    [-2, 0.5, nan],
    [-2, -3, -0.125],
    [-1, 2 ** 60, 1],
    [10, 1000, inf],
    [-10, 999, -inf],
    [10, -1000, 0],
    [-10, -999, -0],
    [inf, inf, inf],
    [inf, -inf, 0],
    [0, inf, 0],
    [0, -inf, inf],
  ],
  atan2: [
    [0, 1, 0],
    [-0, 1, -0],
    [0, 0, 0],
    [-0, 0, -0],
    [1, inf, 0],
    [-1, inf, -0],
    [nan, 1, nan],
    [1, nan, nan],
    [nan, inf, nan],
    [inf, nan, nan],
  ],
  remainder: [
    [5, 3, 2],
    [-5, 3, -2],
    [5, -3, 2],
    [0, 3, 0],
    [-0, 3, -0],
    [6, 3, 0],
    [-6, 3, -0],
    [1, 0, nan],
    [0, 0, nan],
    [inf, 3, nan],
    [5, inf, 5],
    [-5, -inf, -5],
    [-0, inf, -0],
    [inf, inf, nan],
    [nan, 1, nan],
    [1, nan, nan],
    [nan, inf, nan],
    [1e30, 1, 0],
  ],
  "chlo.next_after": [
    [1, 1, 1],
    [0, -0, -0],
    [-0, 0, 0],
    [nan, 1, nan],
    [1, nan, nan],
    [inf, inf, inf],
    [-inf, -inf, -inf],
  ],
  "chlo.zeta": [
    [1, 2, inf],
    [0.5, 1, nan],
    [2, 0, inf],
    [3, 0, nan],
    [2, -3, inf],
    [2.5, -0.5, nan],
    [2, inf, nan],
    [inf, 2, nan],
    [nan, 1, nan],
    [2, nan, nan],
  ],
  "chlo.polygamma": [
    [-1, 2, nan],
    [0.5, 2, nan],
    [1, 0, inf],
    [2, -1, nan],
    [nan, 1, nan],
    [1, nan, nan],
  ],
};

/** Around overflow, underflow and among the denormals. */
const float32: Cases = {
  exponential: [
    [88.72283172607422, 3.402798446491225e38],
    [88.72283935546875, inf],
    [-103.97207641601562, 1.401298464324817e-45],
    [-103.97208404541016, 0],
    [-100, 3.783505853677006e-44],
  ],
  exponential_minus_one: [
    [88.72283935546875, inf],
    [1e-45, 1.401298464324817e-45],
    [-1e-45, -1.401298464324817e-45],
  ],
  log: [
    [1.401298464324817e-45, -103.27893],
    [3.4028234663852886e38, 88.72284],
  ],
  log_plus_one: [
    [1e-45, 1.401298464324817e-45],
    [3.4028234663852886e38, 88.72284],
  ],
  logistic: [
    [-100, 3.783505853677006e-44],
    [-104, 0],
  ],
  sine: [
    [1e-45, 1.401298464324817e-45],
    [-1e-45, -1.401298464324817e-45],
  ],
  tanh: [[1e-45, 1.401298464324817e-45]],
  "chlo.sinh": [
    [89.41598510742188, Math.fround(3.40281961e38)],
    [89.41600036621094, inf],
    [-89.41600036621094, -inf],
  ],
  "chlo.cosh": [
    [89.41598510742188, Math.fround(3.40281961e38)],
    [89.41600036621094, inf],
  ],
  "chlo.erfc": [
    [10.05, 7.286752014489049e-46],
    [10, 2.0884875837625446e-45],
  ],
  "chlo.atan": [
    [inf, 1.5707963705062866],
    [-inf, -1.5707963705062866],
  ],
  "chlo.asin": [
    [1, 1.5707963705062866],
    [-1, -1.5707963705062866],
  ],
  "chlo.acos": [
    [-1, 3.1415927410125732],
    [0, 1.5707963705062866],
  ],
  atan2: [
    [1, 0, 1.5707963705062866],
    [0, -1, 3.1415927410125732],
    [-0, -1, -3.1415927410125732],
    [0, -0, 3.1415927410125732],
    [inf, inf, 0.7853981852531433],
    [-inf, -inf, -2.356194496154785],
    [inf, -1, 1.5707963705062866],
  ],
  "chlo.next_after": [
    [0, 1, 1.401298464324817e-45],
    [0, -1, -1.401298464324817e-45],
    [1, 2, 1.0000001192092896],
    [1, 0, 0.9999999403953552],
    [-1, -2, -1.0000001192092896],
    [-1, 0, -0.9999999403953552],
    [3.4028234663852886e38, inf, inf],
    [inf, 0, 3.4028234663852886e38],
    [1e-45, -1, 0],
    [-1e-45, 1, -0],
  ],
  power: [
    [2, -149, 1.401298464324817e-45],
    [2, 127, 1.7014118346046923e38],
    [2, 128, inf],
    [1e-45, 1, 1.401298464324817e-45],
  ],
  cbrt: [[1.401298464324817e-45, 1.1190347512793288e-15]],
};

const float64: Cases = {
  exponential: [
    [709.782712893384, 1.7976931348622732e308],
    [709.7827128933841, inf],
    [-745.1332191019411, 5e-324],
    [-745.1332191019412, 0],
  ],
  exponential_minus_one: [
    [709.7827128933841, inf],
    [5e-324, 5e-324],
    [-5e-324, -5e-324],
  ],
  log: [
    [5e-324, -744.4400719213812],
    [Number.MAX_VALUE, 709.782712893384],
  ],
  log_plus_one: [
    [5e-324, 5e-324],
    [Number.MAX_VALUE, 709.782712893384],
  ],
  sine: [
    [5e-324, 5e-324],
    [-5e-324, -5e-324],
  ],
  tanh: [[5e-324, 5e-324]],
  "chlo.sinh": [
    [710.4758600739439, 1.7976931348621744e308],
    [710.475860073944, inf],
  ],
  "chlo.lgamma": [
    [5e-324, 744.4400719213812],
    [-5e-324, 744.4400719213812],
    [1e308, inf],
  ],
  "chlo.next_after": [
    [0, 1, 5e-324],
    [1, 2, 1.0000000000000002],
    [Number.MAX_VALUE, inf, inf],
    [5e-324, -1, 0],
  ],
  power: [
    [2, -1074, 5e-324],
    [2, 1024, inf],
    [5e-324, 1, 5e-324],
    [2, 1023, 2 ** 1023],
  ],
  atan2: [
    [1, 0, Math.PI / 2],
    [0, -1, Math.PI],
    [-0, -0, -Math.PI],
    [inf, inf, Math.PI / 4],
  ],
  remainder: [
    [1e308, 5e-324, 0],
    [1e308, 1e-300, 1e308 % 1e-300],
    [5e-324, 1, 5e-324],
  ],
};

function check(opcode: MathOpcode, cases: readonly Case[], precision: Precision, relaxed: boolean): void {
  const Type = precision === "f32" ? Float32Array : Float64Array;
  const arity = cases[0].length - 1;
  const columns = Array.from({ length: arity }, (_, k) => new Type(cases.map((c) => c[k])));
  const emit = precision === "f32" ? mathTable[opcode].f32x4 : mathTable[opcode].f64x2;
  const got = mapped(emit, precision, arity, relaxed).run(...columns);
  const expected = new Type(cases.map((c) => c[arity]));
  const show = (values: ArrayLike<number>): string[] =>
    Array.from(values, (y, i) => `${cases[i].slice(0, arity).map(text)} → ${text(y)}`);
  // One ulp of slack where the exact value is no float: the sizes of errors are other tests' business.
  const close = got.map((y, i) =>
    Math.abs(y - expected[i]) <= 2e-7 * Math.abs(expected[i]) ? expected[i] : y,
  );
  const exactly = precision === "f32" ? close : got.map((y, i) => near64(y, expected[i]));
  expect(show(exactly)).toEqual(show(expected));
}

const near64 = (y: number, expected: number): number =>
  Math.abs(y - expected) <= 5e-16 * Math.abs(expected) ? expected : y;
const text = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));

describe.each([true, false])("limits, relaxed: %s", (relaxed) => {
  const entries = (cases: Cases) => Object.entries(cases) as [MathOpcode, readonly Case[]][];
  test("every function has its limits listed", () => {
    expect(Object.keys(both).sort()).toEqual(Object.keys(mathTable).sort());
  });
  test.each(entries(both))("%s, both precisions", (opcode, cases) => {
    check(opcode, cases, "f32", relaxed);
    check(opcode, cases, "f64", relaxed);
  });
  test.each(entries(float32))("%s, float32", (opcode, cases) => check(opcode, cases, "f32", relaxed));
  test.each(entries(float64))("%s, float64", (opcode, cases) => check(opcode, cases, "f64", relaxed));
});
