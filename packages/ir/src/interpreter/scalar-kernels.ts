/**
 * What each elementwise op computes on one element, by class of element type. Floats are computed in double precision
 * (the caller rounds), integers may leave their range (the caller wraps).
 */

import type { FloatDType } from "../dtype.ts";
import type { ElementwiseOpcode } from "../ops/table.ts";
import { roundHalfEven } from "../scalar.ts";
import * as c from "./complex.ts";
import * as f from "./float.ts";
import * as n from "./integer.ts";
import { besselI1e } from "./special/bessel.ts";
import { erf, erfc, erfInv } from "./special/erf.ts";
import { digamma, lgamma, polygamma, zeta } from "./special/gamma.ts";
import { nextAfter } from "./special/next-after.ts";

/** Functions of one operand ignore the second. */
type Fn<T> = (x: T, y: T) => T;
type IntegerFn = (x: number, y: number, type: n.IntegerType) => number;

/** One row: a missing class is one that the op does not take. Narrow integers are ints of up to 32 bits. */
export interface Kernel {
  readonly float?: Fn<number>;
  /** The float function that must know its format. */
  readonly floatIn?: (dtype: FloatDType) => Fn<number>;
  readonly int?: IntegerFn;
  /** Where unsigned integers differ from signed ones. */
  readonly uint?: IntegerFn;
  readonly wide?: Fn<bigint>;
  readonly bool?: Fn<number>;
  readonly complex?: Fn<c.Complex>;
}

/** Ops whose result has another type than their operands, or that read attributes; see `scalar-special.ts`. */
export type IrregularOpcode =
  | "compare"
  | "select"
  | "is_finite"
  | "convert"
  | "reduce_precision"
  | "complex"
  | "real"
  | "imag"
  | "abs"
  | "chlo.is_inf"
  | "chlo.is_pos_inf"
  | "chlo.is_neg_inf";
export type RegularOpcode = Exclude<ElementwiseOpcode, IrregularOpcode>;

// Of exactly two numbers: the built-in functions would read further arguments.
const max = (a: number, b: number): number => Math.max(a, b);
const min = (a: number, b: number): number => Math.min(a, b);
const bigMax = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const bigMin = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const identity = <T>(x: T): T => x;

/** A function of floats and complex numbers. */
const analytic = (float: Fn<number>, complex: Fn<c.Complex>): Kernel => ({ float, complex });

export const kernels: Readonly<Record<Exclude<RegularOpcode, "clamp">, Kernel>> = {
  add: {
    float: (a, b) => a + b,
    int: (a, b) => a + b,
    wide: (a, b) => a + b,
    bool: (a, b) => a | b,
    complex: c.add,
  },
  subtract: { float: (a, b) => a - b, int: (a, b) => a - b, wide: (a, b) => a - b, complex: c.subtract },
  multiply: {
    float: (a, b) => a * b,
    int: Math.imul,
    wide: (a, b) => a * b,
    bool: (a, b) => a & b,
    complex: c.multiply,
  },
  divide: { float: (a, b) => a / b, int: n.divide, wide: n.divideWide, complex: c.divide },
  remainder: {
    float: (a, b) => a % b,
    int: n.remainder,
    uint: n.remainderUnsigned,
    wide: n.remainderWide,
  },
  negate: { float: (x) => -x, int: (x) => -x, wide: (x) => -x, complex: c.negate },
  sign: {
    float: Math.sign,
    int: Math.sign,
    wide: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
    complex: c.sign,
  },
  maximum: { float: max, int: max, wide: bigMax, bool: (a, b) => a | b, complex: c.maximum },
  minimum: { float: min, int: min, wide: bigMin, bool: (a, b) => a & b, complex: c.minimum },
  power: { float: f.power, int: n.power, wide: n.powerWide, complex: c.power },
  ceil: { float: Math.ceil },
  floor: { float: Math.floor },
  round_nearest_afz: { float: f.roundAwayFromZero },
  round_nearest_even: { float: roundHalfEven },
  sqrt: analytic(Math.sqrt, c.sqrt),
  rsqrt: analytic((x) => 1 / Math.sqrt(x), c.rsqrt),
  cbrt: analytic(Math.cbrt, c.cbrt),
  exponential: analytic(Math.exp, c.exponential),
  exponential_minus_one: analytic(Math.expm1, c.expm1),
  log: analytic(Math.log, c.log),
  log_plus_one: analytic(Math.log1p, c.log1p),
  logistic: analytic(f.logistic, c.logistic),
  sine: analytic(Math.sin, c.sine),
  cosine: analytic(Math.cos, c.cosine),
  tan: analytic(Math.tan, c.tan),
  tanh: analytic(Math.tanh, c.tanh),
  atan2: analytic(Math.atan2, c.atan2),
  and: { int: (a, b) => a & b, wide: (a, b) => a & b, bool: (a, b) => a & b },
  or: { int: (a, b) => a | b, wide: (a, b) => a | b, bool: (a, b) => a | b },
  xor: { int: (a, b) => a ^ b, wide: (a, b) => a ^ b, bool: (a, b) => a ^ b },
  not: { int: (x) => ~x, wide: (x) => ~x, bool: (x) => x ^ 1 },
  shift_left: { int: n.shiftLeft, wide: n.shiftLeftWide },
  shift_right_arithmetic: { int: n.shiftRightArithmetic, wide: n.shiftRightArithmeticWide },
  shift_right_logical: { int: n.shiftRightLogical, wide: n.shiftRightLogicalWide },
  popcnt: { int: (x, _, type) => n.popcount(x, type), wide: n.popcountWide },
  count_leading_zeros: { int: (x, _, type) => n.leadingZeros(x, type), wide: n.leadingZerosWide },
  "chlo.acos": analytic(Math.acos, c.acos),
  "chlo.acosh": analytic(Math.acosh, c.acosh),
  "chlo.asin": analytic(Math.asin, c.asin),
  "chlo.asinh": analytic(Math.asinh, c.asinh),
  "chlo.atan": analytic(Math.atan, c.atan),
  "chlo.atanh": analytic(Math.atanh, c.atanh),
  "chlo.bessel_i1e": { float: besselI1e },
  "chlo.conj": analytic(identity, c.conj),
  "chlo.cosh": analytic(Math.cosh, c.cosh),
  "chlo.sinh": analytic(Math.sinh, c.sinh),
  "chlo.tan": analytic(Math.tan, c.tan),
  "chlo.digamma": { float: digamma },
  "chlo.erf": { float: erf },
  "chlo.erf_inv": { float: erfInv },
  "chlo.erfc": { float: erfc },
  "chlo.lgamma": { float: lgamma },
  "chlo.square": analytic((x) => x * x, c.square),
  "chlo.mulhi": { int: n.multiplyHigh, wide: n.multiplyHighWide },
  "chlo.next_after": { floatIn: (dtype) => (x: number, y: number) => nextAfter(dtype, x, y) },
  "chlo.polygamma": { float: polygamma },
  "chlo.zeta": { float: zeta },
};
