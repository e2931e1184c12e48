import type { RealDType } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { computeTypeOf, type PlanOptions } from "../../src/gemm/index.ts";
import { dense, integers, type Scalar, turned, type Values } from "./elements.ts";
import { type GemmCase, type RunResult, runGemm } from "./harness.ts";

const builds: Record<string, PlanOptions> = {
  fused: { relaxed: true, wide: false },
  plain: { relaxed: false, wide: false },
  wide: { relaxed: true, wide: true },
};

const asBigInt =
  (values: Values): Values =>
  (index) =>
    BigInt(values(index));

/** All of the type's range for integers, so that sums wrap; small integers, so that sums are exact, for floats. */
function valuesOf(dtype: RealDType, seed: number): Values {
  switch (dtype) {
    case "bool":
      return integers(seed, 0, 1);
    case "int64":
    case "uint64": {
      const half = integers(seed, 0, 2 ** 32 - 1);
      return (index) => (BigInt(half(2 * index)) << 32n) | BigInt(half(2 * index + 1));
    }
    case "int32":
    case "uint32":
      // Products of two 16-bit numbers: sums stay exact in the reference, and wrap in 32 bits.
      return integers(seed, dtype === "int32" ? -65536 : 0, 65535);
    case "int8":
    case "int16":
      return integers(seed, dtype === "int8" ? -128 : -32768, dtype === "int8" ? 127 : 32767);
    case "uint8":
    case "uint16":
      return integers(seed, 0, dtype === "uint8" ? 255 : 65535);
    default:
      return integers(seed, -5, 5);
  }
}

function run(
  dtypes: { lhs: RealDType; rhs: RealDType; out: RealDType },
  [m, k, n]: readonly number[],
  bits: number,
  options: PlanOptions,
): RunResult {
  const batch = [2];
  const strides = (turn: number, rows: number, columns: number) =>
    turn ? turned(dense(batch, columns, rows)) : dense(batch, rows, columns);
  const problem: GemmCase = {
    compute: computeTypeOf(dtypes.out),
    batch,
    m,
    n,
    k,
    lhs: { dtype: dtypes.lhs, strides: strides(bits & 1, m, k) },
    rhs: { dtype: dtypes.rhs, strides: strides(bits & 2, k, n) },
    out: { dtype: dtypes.out, strides: strides(bits & 4, m, n) },
  };
  return runGemm(problem, { lhs: valuesOf(dtypes.lhs, 1), rhs: valuesOf(dtypes.rhs, 2) }, options);
}

const DTYPES: readonly RealDType[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
];

describe.each(Object.entries(builds))("%s", (_, options) => {
  test.each(DTYPES)("%s in every transposition", (dtype) => {
    const check = (shape: readonly number[], bits: number): void => {
      const { actual, expected } = run({ lhs: dtype, rhs: dtype, out: dtype }, shape, bits, options);
      expect(actual).toEqual(expected);
    };
    for (let bits = 0; bits < 8; bits++) check([14, 11, 19], bits);
    for (const bits of [0, 3, 6]) check([3, 5, 2], bits);
    for (const bits of [0, 6]) check([1, 30, 9], bits);
  });

  test.each([
    ["int8", "uint8", "int32"],
    ["int16", "int8", "int16"],
    ["bool", "bool", "int32"],
    ["float16", "bfloat16", "float32"],
    ["float32", "bfloat16", "float16"],
    ["float16", "float32", "bfloat16"],
    ["uint64", "int64", "int64"],
  ] as const)("%s times %s into %s", (lhs, rhs, out) => {
    for (let bits = 0; bits < 8; bits += 3) {
      const { actual, expected } = run({ lhs, rhs, out }, [9, 40, 21], bits, options);
      expect(actual).toEqual(expected);
    }
  });

  test.each(DTYPES)("%s: a row times a matrix that lies along k or along the row", (dtype) => {
    for (const bits of [0, 2]) {
      const { actual, expected } = run({ lhs: dtype, rhs: dtype, out: dtype }, [1, 99, 200], bits, options);
      expect(actual).toEqual(expected);
    }
  });

  test("sums that do not fit the output wait in scratch memory between blocks of k", () => {
    for (const [dtype, k] of [
      ["bfloat16", 4200],
      ["int8", 4099],
    ] as const) {
      const result = run({ lhs: dtype, rhs: dtype, out: dtype }, [9, k, 21], 2, options);
      expect(result.plan.partial).toBe("scratch");
      expect(result.plan.outer).toBe(false);
      expect(result.actual).toEqual(result.expected);
    }
    const stream = run({ lhs: "float32", rhs: "float32", out: "bfloat16" }, [2, 50, 400], 0, options);
    expect(stream.plan).toMatchObject({ partial: "scratch", strategy: "stream" });
    expect(stream.actual).toEqual(stream.expected);
    const large = run({ lhs: "float16", rhs: "float16", out: "float16" }, [140, 4200, 66], 0, options);
    expect(large.plan).toMatchObject({ partial: "scratch", outer: true });
    expect(large.actual).toEqual(large.expected);
  });
});

describe("float16 and bfloat16", () => {
  const special: Record<string, number[]> = {
    float16: [0, -0, 1, 65504, 2 ** -24, -(2 ** -14), 1023 * 2 ** -24, Infinity, -Infinity, Number.NaN],
    bfloat16: [0, -0, 1, 3.3895313892515355e38, 2 ** -133, -(2 ** -126), Infinity, -Infinity, Number.NaN],
  };

  test.each(["float16", "bfloat16"] as const)(
    "%s: every kind of value survives a product with 1",
    (dtype) => {
      const values = special[dtype];
      const m = values.length;
      const matrix = (type: RealDType, rows: number, columns: number) => ({
        dtype: type,
        strides: dense([], rows, columns),
      });
      const problem: GemmCase = {
        compute: "f32",
        batch: [],
        m,
        n: 4,
        k: 1,
        lhs: matrix(dtype, m, 1),
        rhs: matrix(dtype, 1, 4),
        out: matrix(dtype, m, 4),
      };
      for (const options of Object.values(builds)) {
        const { actual } = runGemm(problem, { lhs: (i) => values[i], rhs: () => 1 }, options);
        // 0 + (−0 · 1) is +0: sums start from zero.
        expect(actual).toEqual(values.flatMap((value) => new Array<Scalar>(4).fill(value === 0 ? 0 : value)));
      }
    },
  );

  test.each(["float16", "bfloat16"] as const)(
    "%s: float32 sums are rounded to nearest, ties to even",
    (dtype) => {
      // Powers of two times 1 + j/4096 lie between the type's neighbours, on ties, and in its subnormal range.
      const exponents =
        dtype === "float16" ? [-26, -25, -24, -20, -15, -14, 0, 11, 15] : [-134, -127, -3, 0, 100];
      const columns = 8192;
      const problem: GemmCase = {
        compute: "f32",
        batch: [],
        m: exponents.length,
        n: columns,
        k: 1,
        lhs: { dtype: "float32", strides: dense([], exponents.length, 1) },
        rhs: { dtype: "float32", strides: dense([], 1, columns) },
        out: { dtype, strides: dense([], exponents.length, columns) },
      };
      const inputs = { lhs: (i: number) => 2 ** exponents[i], rhs: (j: number) => 1 + j / 4096 };
      for (const options of Object.values(builds)) {
        const { actual, expected } = runGemm(problem, inputs, options);
        expect(actual).toEqual(expected);
      }
    },
  );
});

test("64-bit products keep all bits", () => {
  const one = { dtype: "int64", strides: dense([], 1, 1) } as const;
  const problem: GemmCase = { compute: "i64", batch: [], m: 1, n: 1, k: 1, lhs: one, rhs: one, out: one };
  const inputs = { lhs: () => 0x1234_5678_9abc_def1n, rhs: asBigInt(() => 0x7fff_ffff) };
  const { actual } = runGemm(problem, inputs, builds.fused);
  expect(actual).toEqual([BigInt.asIntN(64, 0x1234_5678_9abc_def1n * 0x7fff_ffffn)]);
});
