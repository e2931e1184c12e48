/** The function of one element that an elementwise operation applies, for its element types and attributes. */

import {
  type DType,
  dtypeTable,
  type FloatDType,
  isComplex,
  isFloat,
  isWideInt,
  realPart,
} from "../dtype.ts";
import { invariant } from "../errors.ts";
import type { Operation, OperationOf } from "../module.ts";
import type { ComparisonDirection } from "../ops/schema.ts";
import { type ElementwiseOpcode, isElementwise } from "../ops/table.ts";
import { type Complex, roundToFormat } from "../scalar.ts";
import { modulus } from "./complex.ts";
import { converter } from "./conversion.ts";
import { totalOrderKey } from "./float.ts";
import { type IrregularOpcode, type Kernel, kernels } from "./scalar-kernels.ts";
import type { Scalar } from "./tensor.ts";

/** Takes as many scalars as the op has operands. */
export type ScalarFunction = (x: Scalar, y: Scalar, z: Scalar) => Scalar;
type ElementwiseOperation = { [K in ElementwiseOpcode]: OperationOf<K> }[ElementwiseOpcode];

/** The result is not rounded yet, except that of `convert`. */
export function scalarFunction(operation: Operation): ScalarFunction {
  invariant(isElementwise(operation.opcode), () => `${operation.opcode} is not elementwise`);
  const { opcode } = operation as ElementwiseOperation;
  const special = (irregular as Partial<Record<string, (operation: never) => unknown>>)[opcode];
  if (special !== undefined) return special(operation as never) as ScalarFunction;
  const { dtype } = operation.results[0].type;
  return regular(opcode as keyof typeof kernels, dtype);
}

/** The function of a regular op on one dtype. */
export function regular(opcode: keyof typeof kernels, dtype: DType): ScalarFunction {
  const kernel: Kernel = kernels[opcode];
  const found = pick(kernel, dtype);
  invariant(found !== undefined, () => `${opcode} has no meaning on ${dtype}`);
  return found as unknown as ScalarFunction;
}

function pick(kernel: Kernel, dtype: DType): unknown {
  const { kind, bits } = dtypeTable[dtype];
  if (isWideInt(dtype)) return kernel.wide;
  if (kind === "float") return kernel.floatIn?.(dtype as FloatDType) ?? kernel.float;
  if (kind === "complex") return kernel.complex;
  if (kind === "bool") return kernel.bool;
  const f = kind === "uint" ? (kernel.uint ?? kernel.int) : kernel.int;
  if (f === undefined || f.length < 3) return f;
  const type = { bits, signed: kind === "int" };
  return (x: number, y: number) => f(x, y, type);
}

type Irregular = {
  readonly [K in IrregularOpcode | "clamp"]: (operation: OperationOf<K>) => unknown;
};

const irregular: Irregular = {
  compare: ({ operands, attributes }) => {
    const { dtype } = operands[0].type;
    return comparison(dtype, attributes.comparison_direction, attributes.compare_type === "TOTALORDER");
  },
  select: () => (pred: Scalar, onTrue: Scalar, onFalse: Scalar) => (pred ? onTrue : onFalse),
  clamp: ({ results }) => {
    const { dtype } = results[0].type;
    const [max, min] = [regular("maximum", dtype), regular("minimum", dtype)];
    return (low: Scalar, x: Scalar, high: Scalar) => min(max(low, x, 0), high, 0);
  },
  is_finite: () => (x: number) => (Number.isFinite(x) ? 1 : 0),
  "chlo.is_inf": () => (x: number) => (Math.abs(x) === Infinity ? 1 : 0),
  "chlo.is_pos_inf": () => (x: number) => (x === Infinity ? 1 : 0),
  "chlo.is_neg_inf": () => (x: number) => (x === -Infinity ? 1 : 0),
  convert: ({ operands, results }) => converter(operands[0].type.dtype, results[0].type.dtype),
  reduce_precision: ({ operands, attributes: { exponent_bits, mantissa_bits } }) => {
    const bias = 2 ** (exponent_bits - 1) - 1;
    const own = ownFormats[operands[0].type.dtype as FloatDType];
    const least = exponent_bits < own.exponentBits ? 2 ** (1 - bias) : 0;
    return (x: number) => reducePrecision(x, mantissa_bits, own.minExponent, bias, least);
  },
  complex: () => (re: number, im: number) => ({ re, im }),
  real: ({ operands }) => (isComplex(operands[0].type.dtype) ? (x: Complex) => x.re : (x: number) => x),
  imag: ({ operands }) => (isComplex(operands[0].type.dtype) ? (x: Complex) => x.im : () => 0),
  abs: ({ operands }) => absolute(operands[0].type.dtype),
};

const ownFormats: Readonly<Record<FloatDType, { exponentBits: number; minExponent: number }>> = {
  float16: { exponentBits: 5, minExponent: -14 },
  bfloat16: { exponentBits: 8, minExponent: -126 },
  float32: { exponentBits: 8, minExponent: -126 },
  float64: { exponentBits: 11, minExponent: -1022 },
};

/** As in XLA the mantissa is rounded first; what is then below `least` becomes zero of the same sign. */
function reducePrecision(
  x: number,
  mantissa: number,
  minExponent: number,
  maxExponent: number,
  least: number,
): number {
  const rounded = roundToFormat(x, mantissa, minExponent, maxExponent);
  return Math.abs(rounded) < least ? (x < 0 || Object.is(x, -0) ? -0 : 0) : rounded;
}

function absolute(dtype: DType): (x: never) => Scalar {
  if (isComplex(dtype)) return modulus;
  if (isWideInt(dtype)) return (x: bigint) => (x < 0n ? -x : x);
  return Math.abs;
}

const directions: Readonly<Record<ComparisonDirection, (a: Scalar, b: Scalar) => boolean>> = {
  EQ: (a, b) => a === b,
  NE: (a, b) => a !== b,
  LT: (a, b) => a < b,
  LE: (a, b) => a <= b,
  GT: (a, b) => a > b,
  GE: (a, b) => a >= b,
};

function comparison(dtype: DType, direction: ComparisonDirection, totalOrder: boolean): unknown {
  const holds = directions[direction];
  if (isComplex(dtype)) return complexComparison(direction);
  if (totalOrder && isFloat(realPart(dtype)))
    return (a: number, b: number) => (holds(totalOrderKey(a), totalOrderKey(b)) ? 1 : 0);
  return (a: Scalar, b: Scalar) => (holds(a, b) ? 1 : 0);
}

/** Complex numbers are equal in both parts; they are ordered by real, then imaginary part. */
function complexComparison(direction: ComparisonDirection): (a: Complex, b: Complex) => number {
  const equal = (a: Complex, b: Complex) => a.re === b.re && a.im === b.im;
  if (direction === "EQ") return (a, b) => (equal(a, b) ? 1 : 0);
  if (direction === "NE") return (a, b) => (equal(a, b) ? 0 : 1);
  const holds = directions[direction];
  return (a, b) => (a.re === b.re ? Number(holds(a.im, b.im)) : Number(holds(a.re, b.re)));
}
