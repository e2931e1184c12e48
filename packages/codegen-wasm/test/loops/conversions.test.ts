/** Conversions, bitcasts, comparisons, reduced precision and index values on every dtype, against the interpreter. */
import { type ComparisonDirection, dtypeTable, isFloat, kernel as k, type RealDType } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import {
  buffer,
  expectClose,
  flatGrid,
  interpret,
  loops,
  numbers,
  prepare,
  programOf,
  realDTypes,
  sampleCount,
  samples,
  storage,
  variants,
} from "./harness.ts";

type Make = (args: k.Expr[], i: k.LoopVar) => k.Expr;

/** y[i] = make(x₀[i], …) in vectors and in scalars; both must equal the interpreter's result bit for bit. */
function check(types: readonly RealDType[], make: Make, data = types.map((t, n) => samples(t, n))): void {
  const count = data[0]?.length ?? sampleCount;
  for (const simd of [true, false])
    for (const options of variants) {
      const i = new k.LoopVar("i");
      const inputs = types.map((type, n) => buffer(`x${n}`, type, count));
      const value = make(
        inputs.map((x) => k.load(x, k.indexVar(i))),
        i,
      );
      const y = buffer("y", value.dtype, count, "write");
      const grid = { ...flatGrid(i, count), simd };
      const body = [k.store(y, k.indexVar(i), value)];
      const program = programOf({
        inputs,
        outputs: [y],
        kernels: [loops({ buffers: [...inputs, y], grid, body })],
      });
      const [actual] = prepare(program, options).run(data);
      expectClose(value.dtype, actual, interpret(program, data)[0], 0);
    }
}

const pairs = realDTypes.flatMap((from) => realDTypes.map((to) => ({ from, to })));

test.each(pairs)("convert $from to $to", ({ from, to }) => {
  check([from], ([x]) => k.convert(x, to));
});

/** Numbers between two neighbours of a 16-bit format, on and beside the middle: two roundings would go wrong. */
test.each(["float16", "bfloat16"] as const)("wide values round once to %s", (to) => {
  const unit = to === "float16" ? 2 ** -10 : 2 ** -7;
  const middle = 1 + unit / 2;
  const around = [middle, middle + 2 ** -40, middle - 2 ** -40, middle + unit, middle + unit + 2 ** -40];
  const doubles = storage("float64", [...around, ...around.map((x) => -x), 65519.999, 65520, 3.4e38, 1e300]);
  check(["float64"], ([x]) => k.convert(x, to), [doubles]);
  const scale = to === "float16" ? 2 ** 15 : 2 ** 24;
  const integers = [...around.map((x) => Math.round(x * scale)), 2 ** 24 + 1, -(2 ** 24) - 1, 65519, 65521];
  for (const from of ["int32", "uint32", "int64", "uint64"] as const)
    check([from], ([x]) => k.convert(x, to), [storage(from, integers)]);
  const bits = new BigInt64Array([2n ** 62n + 2n ** 54n + 1n, 2n ** 53n + 1n, -(2n ** 62n) - 2n ** 54n - 1n]);
  check(["int64"], ([x]) => k.convert(x, to), [bits]);
});

const sameWidth = pairs.filter(
  ({ from, to }) =>
    from !== to && from !== "bool" && to !== "bool" && dtypeTable[from].bytes === dtypeTable[to].bytes,
);

test.each(sameWidth)("bitcast $from to $to", ({ from, to }) => {
  // NaN payloads need not survive a 16-bit format, so only ordinary numbers go into one.
  const data =
    isFloat(from) || isFloat(to) ? storage(from, [0, 1, 2, 3, -1.5, 100, 1e-3, 24, 7]) : samples(from, 1);
  if (/16/.test(from) && isFloat(to))
    return check([from], ([x]) => k.bitcast(x, to), [storage(from, [0, 1, 15360, 7])]);
  check([from], ([x]) => k.bitcast(x, to), [data]);
});

const directions: readonly ComparisonDirection[] = ["EQ", "NE", "LT", "LE", "GT", "GE"];

describe("compare", () => {
  test.each(realDTypes)("%s", (dtype) => {
    for (const direction of directions) check([dtype, dtype], ([x, y]) => k.compare(direction, x, y));
  });

  test.each(realDTypes.filter(isFloat))("%s in total order", (dtype) => {
    const ordinary = [0, -0, 1, -1, 2, -2, Infinity, -Infinity, 1e-5, -1e-5, 0, -0, 5];
    const other = [-0, 0, 1, -2, 1, -2, Infinity, Infinity, 0, -0, 0, -0, -5];
    for (const direction of directions)
      check([dtype, dtype], ([x, y]) => k.compare(direction, x, y, "TOTALORDER"), [
        storage(dtype, ordinary),
        storage(dtype, other),
      ]);
  });

  test("masks of both widths mix", () => {
    check(["float32", "float64", "int64"], ([a, b, c]) => {
      const both = k.scalarOp(
        "and",
        "bool",
        k.compare("LT", a, k.constant("float32", 1)),
        k.compare("GT", b, k.constant("float64", -1)),
      );
      const chosen = k.select(both, c, k.constant("int64", 5));
      return k.select(k.compare("EQ", c, chosen), a, k.constant("float32", 9));
    });
  });
});

test.each(realDTypes.filter(isFloat))("reduce_precision on %s", (dtype) => {
  for (const [exponentBits, mantissaBits] of [
    [5, 10],
    [8, 7],
    [8, 23],
    [4, 3],
    [11, 52],
    [5, 0],
  ]) {
    check([dtype], ([arg]) => ({ kind: "reduce_precision", dtype, exponentBits, mantissaBits, arg }));
  }
});

test("index values and range tests", () => {
  check(["int32"], ([x], i) => {
    const index = k.indexAdd(k.indexVar(i, 3), k.indexConst(-2));
    return k.scalarOp("add", "int32", x, k.indexValueOf(index));
  });
  check(["float32"], ([x], i) =>
    k.select(
      {
        kind: "inRange",
        dtype: "bool",
        tests: [
          { index: k.indexVar(i), low: 5, high: 30, step: 3 },
          { index: k.indexVar(i, -1), low: -20, high: -7 },
        ],
      },
      x,
      k.constant("float32", -1),
    ),
  );
  for (const by of [4, 5, 16])
    check(["int32"], ([x], i) =>
      k.scalarOp(
        "subtract",
        "int32",
        k.scalarOp("add", "int32", x, k.indexValueOf(k.indexFloorDiv(k.indexVar(i), by))),
        k.indexValueOf(k.indexMod(k.indexVar(i), by)),
      ),
    );
});

test("the comparison of storage tells values apart", () => {
  expect(() => expectClose("float32", storage("float32", [-0]), storage("float32", [0]), 4)).toThrow(
    "[0] 0, not 0",
  );
  expect(numbers("bfloat16", storage("bfloat16", [1.5]))).toEqual([1.5]);
});
