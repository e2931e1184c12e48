/** Every op on every dtype, in vectors with a rest and as scalars, against the kernel IR's interpreter. */
import { dtypeTable, kernel as k, type RealDType, type TypedArray } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { isSupported } from "../../src/loops/ops.ts";
import { accuracy } from "../../src/math/accuracy.ts";
import {
  buffer,
  sampleCount as count,
  expectClose,
  flatGrid,
  interpret,
  loops,
  numbers,
  prepare,
  programOf,
  realDTypes,
  samples,
  variants,
} from "./harness.ts";

const arity: Readonly<Record<string, number>> = {
  abs: 1,
  add: 2,
  subtract: 2,
  multiply: 2,
  divide: 2,
  remainder: 2,
  negate: 1,
  sign: 1,
  maximum: 2,
  minimum: 2,
  power: 2,
  ceil: 1,
  floor: 1,
  round_nearest_afz: 1,
  round_nearest_even: 1,
  sqrt: 1,
  rsqrt: 1,
  cbrt: 1,
  exponential: 1,
  exponential_minus_one: 1,
  log: 1,
  log_plus_one: 1,
  logistic: 1,
  sine: 1,
  cosine: 1,
  tan: 1,
  tanh: 1,
  atan2: 2,
  and: 2,
  or: 2,
  xor: 2,
  not: 1,
  shift_left: 2,
  shift_right_arithmetic: 2,
  shift_right_logical: 2,
  popcnt: 1,
  count_leading_zeros: 1,
  select: 3,
  is_finite: 1,
  "chlo.acos": 1,
  "chlo.acosh": 1,
  "chlo.asin": 1,
  "chlo.asinh": 1,
  "chlo.atan": 1,
  "chlo.atanh": 1,
  "chlo.bessel_i1e": 1,
  "chlo.cosh": 1,
  "chlo.sinh": 1,
  "chlo.tan": 1,
  "chlo.digamma": 1,
  "chlo.erf": 1,
  "chlo.erf_inv": 1,
  "chlo.erfc": 1,
  "chlo.lgamma": 1,
  "chlo.is_inf": 1,
  "chlo.is_pos_inf": 1,
  "chlo.is_neg_inf": 1,
  "chlo.mulhi": 2,
  "chlo.next_after": 2,
  "chlo.polygamma": 2,
  "chlo.zeta": 2,
};

/** Which ops exist for a class of element types; the others must not be asked for. */
const exists: Readonly<Record<string, (opcode: string) => boolean>> = {
  float: (op) => !/^(and|or|xor|not|shift|popcnt|count|chlo.mulhi)/.test(op),
  int: (op) =>
    /^(abs|add|subtract|multiply|divide|remainder|negate|sign|maximum|minimum|power|and|or|xor|not|shift|popcnt|count|select|chlo.mulhi)/.test(
      op,
    ),
  uint: (op) => exists.int(op) && !/^(abs|sign)$/.test(op),
  bool: (op) => /^(add|multiply|maximum|minimum|and|or|xor|not|select)$/.test(op),
};

interface Case {
  readonly program: k.Program;
  readonly inputs: readonly TypedArray[];
  readonly result: RealDType;
}

/** y[i] = op(x₀[i], …), vectorised or not. */
function opCase(opcode: k.ScalarOpcode, dtype: RealDType, simd: boolean, constantSecond?: number): Case {
  const types: RealDType[] = new Array<RealDType>(arity[opcode]).fill(dtype);
  if (opcode === "select") types[0] = "bool";
  const own: RealDType = /is_/.test(opcode) ? "bool" : dtype;
  // Widened, a narrow integer shows whether it is in its range.
  const result: RealDType = dtypeTable[own].bits <= 16 && dtypeTable[own].kind !== "float" ? "int32" : own;
  const inputs = types.map((type, i) => buffer(`x${i}`, type, count));
  const y = buffer("y", result, count, "write");
  const i = new k.LoopVar("i");
  const args = inputs.map((x, n) =>
    n === 1 && constantSecond !== undefined ? k.constant(dtype, constantSecond) : k.load(x, k.indexVar(i)),
  );
  const body = [k.store(y, k.indexVar(i), k.convert(k.scalarOp(opcode, own, ...args), result))];
  const grid = { ...flatGrid(i, count), simd };
  return {
    program: programOf({
      inputs,
      outputs: [y],
      kernels: [loops({ buffers: [...inputs, y], grid, body })],
    }),
    inputs: types.map((type, n) => samples(type, n)),
    result,
  };
}

function tolerance(opcode: string, dtype: RealDType): number {
  if (dtypeTable[dtype].kind !== "float") return 0;
  const bound = accuracy[opcode as keyof typeof accuracy];
  if (bound === undefined || opcode === "sqrt") return 0;
  // The interpreter's own functions are right to about one unit; 16-bit formats are rounded from float32.
  if (dtype === "float64") return bound.f64 === 0 ? 0 : bound.f64 + 16;
  return bound.f32 === 0 ? 0 : bound.f32 + 1;
}

const supported = realDTypes.flatMap((dtype) =>
  Object.keys(arity)
    .filter((opcode) => exists[dtypeTable[dtype].kind](opcode))
    .map((opcode) => ({ opcode: opcode as k.ScalarOpcode, dtype })),
);

test("every op that exists can be emitted", () => {
  const missing = supported.filter(({ opcode, dtype }) => !isSupported({ opcode, from: dtype }));
  expect(missing).toEqual([]);
});

describe.each(variants)("relaxed $relaxed", (options) => {
  test.each(supported)("$opcode on $dtype", ({ opcode, dtype }) => {
    const vectors = opCase(opcode, dtype, true);
    const [expected] = interpret(vectors.program, vectors.inputs);
    const [actual] = prepare(vectors.program, options).run(vectors.inputs);
    const { absolute64 = 0 } = accuracy[opcode as keyof typeof accuracy] ?? {};
    expectClose(vectors.result, actual, expected, tolerance(opcode, dtype), absolute64);
    const scalars = opCase(opcode, dtype, false);
    const [single] = prepare(scalars.program, options).run(scalars.inputs);
    // Scalars and vectors agree to the bit, but for the payload of a NaN.
    expect(numbers(vectors.result, single)).toEqual(numbers(vectors.result, actual));
  });
});

const withConstants = (["shift_left", "shift_right_arithmetic", "shift_right_logical"] as const)
  .flatMap((opcode) => [0, 1, 7, 8, 31, 32, 64, -1].map((second) => ({ opcode, second })))
  .map((c) => ({ ...c, dtypes: realDTypes.filter((t) => /int/.test(dtypeTable[t].kind)) }));

describe("constant operands", () => {
  test.each(withConstants)("$opcode by $second", ({ opcode, second, dtypes }) => {
    for (const dtype of dtypes) {
      if (second < 0 && dtypeTable[dtype].kind === "uint") continue;
      const c = opCase(opcode, dtype, true, second);
      const [actual] = prepare(c.program, variants[0]).run(c.inputs);
      expectClose(c.result, actual, interpret(c.program, c.inputs)[0], 0);
    }
  });

  test.each([0, -0, 1, -2.5, Infinity, Number.NaN])("maximum and minimum with %f", (second) => {
    for (const dtype of ["float32", "float64", "bfloat16"] as const)
      for (const opcode of ["maximum", "minimum"] as const) {
        const c = opCase(opcode, dtype, true, second);
        const [actual] = prepare(c.program, variants[1]).run(c.inputs);
        expectClose(c.result, actual, interpret(c.program, c.inputs)[0], 0);
      }
  });
});
