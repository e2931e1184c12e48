/** Tolerances at their edges, and every golden file against its own expectations. */

import { describe, expect, test } from "vitest";
import { type Actual, compareArray, wrongElements } from "./compare.ts";
import { decodeData } from "./decode.ts";
import {
  type ArrayExpectation,
  type EncodedArray,
  type GoldenCase,
  type GoldenFile,
  isArray,
  isComplex,
  isFloating,
  isWide,
} from "./format.ts";
import { type Rule, ruleFor } from "./policy.ts";
import { families, loadFamily, takesComplex } from "./run.ts";
import { ulp } from "./ulp.ts";

const actual = (expect: ArrayExpectation, changes: Partial<Actual> = {}): Actual => ({
  dtype: expect.dtype,
  shape: expect.shape,
  weak: expect.weak ?? false,
  elements: decodeData(expect.dtype, expect.data),
  text: expect.str ?? "",
  ...changes,
});
const one = (
  dtype: string,
  data: number | string,
  rest: Partial<ArrayExpectation> = {},
): ArrayExpectation => ({ dtype, shape: [], data: [data], ...rest });
const passes = (e: ArrayExpectation, value: number, units: number, composite = false): boolean =>
  compareArray(e, actual(e, { elements: [value] }), { units, composite }).length === 0;

describe("units of the last place", () => {
  test.each([
    ["float32", 1, 2 ** -23],
    ["float32", 1.999, 2 ** -23],
    ["float32", 2, 2 ** -22],
    ["float32", 0, 2 ** -149],
    ["float32", 1e-40, 2 ** -149],
    ["float16", 1, 2 ** -10],
    ["bfloat16", 1, 2 ** -7],
    ["float64", 1, 2 ** -52],
    ["float64", 0, Number.MIN_VALUE],
    ["float32", 2 ** 29 * (1 - 2 ** -24), 2 ** 5],
  ])("%s at %d", (dtype, x, unit) => {
    expect(ulp(dtype, x)).toBe(unit);
  });
});

describe("one value", () => {
  const up = (n: number): number => 1 + n * 2 ** -23;
  test("exact: NaN is NaN, zeros have signs", () => {
    expect(passes(one("float32", "nan"), NaN, 0)).toBe(true);
    expect(passes(one("float32", "nan"), 0, 0)).toBe(false);
    expect(passes(one("float32", "-0"), 0, 0)).toBe(false);
    expect(passes(one("float32", 1), up(1), 0)).toBe(false);
    expect(passes(one("int32", 1), 2, 4)).toBe(false);
  });
  test("units from the truth, not from JAX", () => {
    const e = one("float32", up(5), { ref: [1] });
    expect([0, 2, -2].map((n) => passes(e, up(n), 2))).toEqual([true, true, true]);
    expect([3, 5, -4].map((n) => passes(e, up(n), 2))).toEqual([false, false, false]);
    expect(passes(e, up(5), 2, true)).toBe(true);
    expect(passes(e, up(8), 2, true)).toBe(false);
  });
  test("16-bit results: one unit at most, two for formulas", () => {
    const e = one("float16", 1, { ref: [1] });
    expect(passes(e, 1 + 2 ** -10, 4)).toBe(true);
    expect(passes(e, 1 + 2 ** -9, 4)).toBe(false);
    expect(passes(e, 1 + 2 ** -9, 4, true)).toBe(true);
    expect(passes(e, 1 + 3 * 2 ** -10, 4, true)).toBe(false);
  });
  test("a bound of its own", () => {
    const e = one("float32", 1, { ref: [1], tol: [1e-3] });
    expect(passes(e, 1.0009, 0)).toBe(true);
    expect(passes(e, 1.0011, 0)).toBe(false);
    expect(passes(e, NaN, 0)).toBe(false);
  });
  test("special values and zeros where JAX and the truth agree, and where they do not", () => {
    expect(passes(one("float32", "inf", { ref: ["inf"] }), 3.4e38, 2)).toBe(false);
    expect(passes(one("float32", "inf", { ref: [1e39] }), Infinity, 2)).toBe(true);
    expect(passes(one("float32", "nan", { ref: ["nan"] }), Infinity, 2)).toBe(false);
    expect(passes(one("float32", "nan", { ref: ["inf"] }), Infinity, 2)).toBe(true);
    expect(passes(one("float32", "nan", { ref: ["inf"] }), 1, 2, true)).toBe(false);
    expect(passes(one("float32", "inf", { ref: [2 ** 127] }), 2 ** 127, 2, true)).toBe(true);
    expect(passes(one("float32", "inf", { ref: [2 ** 127] }), 1.1 * 2 ** 127, 2, true)).toBe(false);
    expect(passes(one("float32", 2 ** 127, { ref: [1e39] }), 2 ** 127, 2, true)).toBe(true);
    expect(passes(one("float32", 2 ** 127, { ref: [1e39] }), 0, 2, true)).toBe(false);
    expect(passes(one("float32", "-0", { ref: ["-0"] }), 0, 2)).toBe(false);
    expect(passes(one("float32", 0, { ref: ["-0"] }), 0, 2)).toBe(true);
    expect(passes(one("float32", 0, { ref: [0] }), 1e-45, 2)).toBe(false);
  });
  test("a subnormal truth may be flushed, with its sign", () => {
    const e = one("float32", 0, { ref: [-1e-40] });
    expect(passes(e, -0, 2)).toBe(true);
    expect(passes(e, 0, 2)).toBe(false);
    expect(passes(e, Math.fround(-1e-40), 2)).toBe(true);
    expect(passes(e, -2e-40, 2)).toBe(false);
  });
  test("complex values are compared by distance", () => {
    const e: ArrayExpectation = { dtype: "complex64", shape: [], data: [1, 0], ref: [1, 1e-9] };
    const near = (re: number, im: number): boolean =>
      compareArray(e, actual(e, { elements: [re, im] }), { units: 4 }).length === 0;
    expect([near(1, 0), near(1, 4e-7), near(1, 1e-6), near(1.000001, 0), near(NaN, 0)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

/** Where JAX's own float results are further from the truth than Fluxion's may be: function, dtype, worst units. */
const jaxIsOff: Readonly<Record<string, number>> = {
  // Flushed to zero: the result, 2^-126 rounded up, is normal.
  "jnp.arcsin float32": 2 ** 23,
  "jnp.asin float32": 2 ** 23,
  "jnp.arcsin bfloat16": 2 ** 7,
  "jnp.asin bfloat16": 2 ** 7,
  // exp(x + log 1/2), so the rounding of the sum is magnified.
  "jnp.sinh float32": 24,
  "jnp.cosh float32": 24,
  "jnp.sinh float64": 10,
  "jnp.cosh float64": 10,
  "jnp.exp float32": 4.1,
  "jnp.expm1 float32": 4.1,
  "jnp.expm1 float16": 1.5,
  "jnp.tanh float32": 3.8,
  "jnp.arctan float32": 2.2,
  "jnp.atan float32": 2.2,
  "jnp.log1p float32": 2.1,
  "jnp.arctanh bfloat16": 1.1,
  "jnp.atanh bfloat16": 1.1,
  "jnp.arcsinh float16": 1.1,
  "jnp.arccosh float16": 1.2,
  "nn.sigmoid float16": 1.7,
  "nn.sigmoid bfloat16": 1.5,
};

function* expectations(file: GoldenFile): Generator<[GoldenCase, ArrayExpectation, Rule]> {
  for (const golden of file.cases) {
    for (const e of golden.expect) {
      if (isArray(e)) yield [golden, e, ruleFor(golden.fn, takesComplex(golden, file) || isComplex(e.dtype))];
    }
  }
}

/** The worst distance from the truth, in units of the last place, among the elements that a rule refuses. */
function worstError(e: ArrayExpectation, rule: Rule): number {
  const own = decodeData(e.dtype, e.data).map(Number);
  const truth = e.ref === undefined ? own : decodeData("float64", e.ref).map(Number);
  return Math.max(
    ...wrongElements(e, own, rule).map((i) => Math.abs(own[i] - truth[i]) / ulp(e.dtype, truth[i])),
  );
}

/** Another value of the dtype, further away than any tolerance. */
function spoil(dtype: string, v: number | bigint): number | bigint {
  if (typeof v === "bigint" || isWide(dtype)) return BigInt(v) ^ 1n;
  if (dtype === "bool") return 1 - v;
  if (!isFloating(dtype) && !isComplex(dtype)) return v === 0 ? 1 : v - 1;
  return Number.isNaN(v) ? 0 : Number.isFinite(v) ? v + Math.abs(v) + 1 : -v;
}

describe.each(families)("%s", (family) => {
  const file = loadFamily(family);

  test("JAX's own results pass, except where JAX is known to be off", () => {
    const found: Record<string, number> = {};
    for (const [golden, e, rule] of expectations(file)) {
      if (compareArray(e, actual(e), rule).length === 0) continue;
      const key = `${golden.fn} ${e.dtype}`;
      found[key] = Math.max(found[key] ?? 0, worstError(e, rule));
    }
    const unknown = Object.entries(found).filter(([key, units]) => !(units <= (jaxIsOff[key] ?? 0)));
    expect(unknown).toEqual([]);
  });

  test("every expectation rejects a wrong value, shape, dtype, weak type and text", () => {
    const accepted: string[] = [];
    for (const [golden, e, rule] of expectations(file)) {
      const right = actual(e);
      const { elements } = right;
      const changes: Partial<Actual>[] = [
        { shape: [...e.shape, 1] },
        { dtype: `${e.dtype}x` },
        { weak: !right.weak },
      ];
      changes.push(
        ...elements
          .map((_, at) => ({ elements: elements.map((v, i) => (i === at ? spoil(e.dtype, v) : v)) }))
          .slice(0, 20),
      );
      if (e.str !== undefined) changes.push({ text: `${e.str} ` });
      const missed = changes.filter((change) => compareArray(e, { ...right, ...change }, rule).length === 0);
      if (missed.length > 0)
        accepted.push(
          `${golden.id}: ${JSON.stringify(missed[0], (_, v) => (typeof v === "bigint" ? `${v}` : v))}`,
        );
    }
    expect(accepted).toEqual([]);
  });

  test("shared inputs decode to their shapes, and identifiers differ", () => {
    const sizes = Object.values(file.inputs).map(
      ({ dtype, data }: EncodedArray) => decodeData(dtype, data).length,
    );
    const shapes = Object.values(file.inputs).map(({ dtype, shape }) =>
      shape.reduce((n, d) => n * d, isComplex(dtype) ? 2 : 1),
    );
    expect(sizes).toEqual(shapes);
    expect(new Set(file.cases.map(({ id }) => id)).size).toBe(file.cases.length);
    expect(file.cases.length).toBeGreaterThan(0);
  });
});
