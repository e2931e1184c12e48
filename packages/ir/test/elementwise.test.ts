/** Every elementwise op on every dtype against XLA and SciPy; `oracle/*_goldens.py` write the data. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bfloat16FromBits,
  buildFunction,
  type ComparisonDirection,
  type ComparisonType,
  type DType,
  declarationOf,
  entriesPerElement,
  float16FromBits,
  interpretFunction,
  isComplex,
  isFloat,
  type Literal,
  literal,
  type Opcode,
  realPart,
  storageFromBytes,
  storageTable,
  type TypedArray,
} from "../src/index.ts";

interface Case {
  readonly op: Opcode;
  readonly dtype: DType;
  readonly result: DType;
  /** Base64. */
  readonly data: string;
  readonly to?: DType;
  readonly direction?: ComparisonDirection;
  readonly kind?: ComparisonType;
  readonly exponent?: number;
  readonly mantissa?: number;
}
interface Goldens {
  readonly pairs: number;
  readonly values: Readonly<Record<DType, string>>;
  readonly cases: readonly Case[];
}

const load = (name: string) => JSON.parse(readFileSync(new URL(`goldens/${name}`, import.meta.url), "utf8"));
const goldens: Goldens = load("elementwise.json");

const fromBase64 = (dtype: DType, text: string): TypedArray =>
  storageFromBytes(dtype, new Uint8Array(Buffer.from(text, "base64")));

function numbers(dtype: DType, data: TypedArray): (number | bigint)[] {
  if (dtype === "float16") return Array.from(data as Uint16Array, float16FromBits);
  if (dtype === "bfloat16") return Array.from(data as Uint16Array, bfloat16FromBits);
  return Array.from(data as ArrayLike<number | bigint>);
}

/** The operands of a case: all values, or all pairs of the first ones. */
function operandsOf({ op, dtype }: Case): Literal[] {
  const all = fromBase64(dtype, goldens.values[dtype]);
  const width = entriesPerElement(dtype);
  if (declarationOf(op).operands.length === 1) return [literal(dtype, [all.length / width], all)];
  const count = Math.min(goldens.pairs, all.length / width);
  const element = (index: number) => Array.from({ length: width }, (_, part) => all[index * width + part]);
  const indices = Array.from({ length: count * count }, (_, index) => index);
  const gather = (pick: (index: number) => number) =>
    literal(
      dtype,
      [count * count],
      new storageTable[dtype](indices.flatMap((i) => element(pick(i))) as never),
    );
  return [gather((i) => Math.floor(i / count)), gather((i) => i % count)];
}

function attributesOf({ direction, kind, exponent, mantissa }: Case): object {
  if (direction !== undefined) return { comparison_direction: direction, compare_type: kind };
  return exponent === undefined ? {} : { exponent_bits: exponent, mantissa_bits: mantissa };
}

function compute(op: Opcode, attributes: object, operands: readonly Literal[], result: DType): Literal {
  const types = [{ dtype: result, shape: operands[0].type.shape }];
  const func = buildFunction(
    "main",
    operands.map(({ type }) => type),
    (b, args) => [b.one(op, args, attributes as never, { types })],
  );
  return interpretFunction(func, { name: undefined, functions: [func] }, operands)[0];
}

const epsilons: Partial<Record<DType, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float32: 2 ** -23,
  float64: 2 ** -52,
};
const smallestNormal: Partial<Record<DType, number>> = {
  float16: 2 ** -14,
  bfloat16: 2 ** -126,
  float32: 2 ** -126,
  float64: 2 ** -1022,
};

/** Units in the last place that XLA itself is off; 4 where nothing else is said. */
const xlaUlps: Partial<Record<Opcode, number>> = {
  "chlo.cosh": 16, // (e^(x + log ½) + e^(−x + log ½)): the exponent's rounding is magnified
  "chlo.sinh": 128,
  sine: 256, // complex: sinh of the imaginary part cancels near 0
  "chlo.erfc": 8,
  "chlo.erf_inv": 8,
  power: 8,
  atan2: 16, // complex: a division and a logarithm
};
/** Functions with zeros that XLA misses: the error is compared with 1 where the value is smaller. */
const xlaAbsolute: readonly Opcode[] = ["chlo.lgamma", "chlo.digamma", "chlo.polygamma", "chlo.zeta"];

/** Entries where XLA departs from the specification or from C99, and the interpreter does not follow it. */
function departs({ op, dtype }: Case, element: number, operands: readonly Literal[]): string | undefined {
  const value = (k: number) => operands[k].data[element];
  if (op === "power" && !isFloat(dtype) && !isComplex(dtype) && Number(value(1)) > 63)
    return "XLA reads six bits of an integer exponent";
  if (!isComplex(dtype)) return undefined;
  const part = (k: number, p: 0 | 1) => operands[k].data[2 * element + p];
  if (op === "maximum" || op === "minimum") return "XLA compares the real parts alone";
  const onCut =
    operands.length === 1 && (Object.is(part(0, 1), -0) || (part(0, 0) === 0 && Number(part(0, 1)) < -1));
  if (onCut) return "XLA ignores the sign of zero on a branch cut";
  const zero = (k: number) => part(k, 0) === 0 && part(k, 1) === 0;
  if (op === "power" && zero(0)) return "XLA gives NaN for powers of 0";
  if (op === "atan2" && (zero(0) || zero(1))) return "the argument of 0/z is a matter of rounding";
  const rotated = (s: 1 | -1) =>
    part(0, 0) === -s * Number(part(1, 1)) && part(0, 1) === s * Number(part(1, 0));
  if (op === "atan2" && (rotated(1) || rotated(-1))) return "a pole: x² + y² = 0";
  const onAxis = (k: number) => part(k, 0) === 0 || part(k, 1) === 0;
  if (op === "atan2" && onAxis(0) && onAxis(1) && part(1, 0) === 0)
    return "a branch cut of the root: x² + y² < 0";
  return undefined;
}

/** Whether an entry is what XLA computed, within its own errors; `size` is the modulus that errors are relative to. */
function close(
  op: Opcode,
  dtype: DType,
  actual: number | bigint,
  expected: number | bigint,
  size: number,
): boolean {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return true;
  const epsilon = epsilons[dtype];
  if (epsilon === undefined || typeof actual === "bigint" || typeof expected === "bigint") return false;
  const flushed = expected === 0 && Math.abs(actual) < (smallestNormal[dtype] ?? 0);
  const absolute = xlaAbsolute.includes(op);
  const scale = Math.max(size, absolute ? 1 : 0);
  return flushed || Math.abs(actual - expected) <= (absolute ? 16 : (xlaUlps[op] ?? 4)) * epsilon * scale;
}

function check(golden: Case): number {
  const operands = operandsOf(golden);
  const { op, result } = golden;
  const actual = numbers(result, compute(op, attributesOf(golden), operands, result).data);
  const expected = numbers(result, fromBase64(result, golden.data));
  expect(actual.length).toBe(expected.length);
  const width = entriesPerElement(result);
  let compared = 0;
  for (let i = 0; i < actual.length; i++) {
    const element = Math.floor(i / width);
    if (departs(golden, element, operands) !== undefined) continue;
    const parts = expected.slice(element * width, element * width + width).map(Number);
    const size = Math.hypot(...parts);
    const agrees = close(op, realPart(result), actual[i], expected[i], Number.isNaN(size) ? 0 : size);
    const inputs = operands.map(({ data, type }) => {
      const step = entriesPerElement(type.dtype);
      return numbers(type.dtype, data.slice(element * step, (element + 1) * step) as TypedArray);
    });
    if (!agrees)
      expect.fail(`${op} ${golden.dtype} of ${inputs.join(" and ")}: ${actual[i]}, XLA gives ${expected[i]}`);
    compared++;
  }
  return compared;
}

describe("elementwise ops agree with XLA", () => {
  const byOp = Map.groupBy(goldens.cases, ({ op }) => op);
  test.each([...byOp.keys()])("%s", (op) => {
    for (const golden of byOp.get(op) ?? []) {
      // Complex maximum and minimum are left to the tests of the interpreter.
      const skipped = isComplex(golden.dtype) && (op === "maximum" || op === "minimum");
      if (!skipped) expect(check(golden)).toBeGreaterThan(0);
    }
  });
});

interface SpecialCase {
  readonly op: Opcode;
  readonly operands: readonly (readonly number[])[];
  readonly result: readonly number[];
}

/** Relative errors, 1.2e-15 where nothing else is said. */
const specialTolerance: Partial<Record<Opcode, number>> = {
  "chlo.digamma": 3e-14,
  "chlo.lgamma": 2e-15,
  "chlo.erfc": 4e-15, // SciPy does not correct for the rounding of x²
};
/** Functions with zeros: errors are relative to 1 where the value is smaller. */
const specialAbsolute: readonly Opcode[] = ["chlo.digamma", "chlo.lgamma"];

describe("special functions agree with SciPy in double precision", () => {
  test.each(load("special.json") as SpecialCase[])("$op", ({ op, operands, result }) => {
    const literals = operands.map((values) => literal("float64", [values.length], Float64Array.from(values)));
    const actual = compute(op, {}, literals, "float64").data as Float64Array;
    const tolerance = specialTolerance[op] ?? 1.2e-15;
    result.forEach((expected, i) => {
      const scale = specialAbsolute.includes(op) ? Math.max(1, Math.abs(expected)) : Math.abs(expected);
      const error = Math.abs(actual[i] - expected) / scale;
      if (!(error <= tolerance))
        expect.fail(`${op} of ${operands.map((values) => values[i])}: ${actual[i]}, SciPy gives ${expected}`);
    });
    expect(actual.length).toBe(result.length);
  });
});
