/**
 * How exact the functions are: the largest error in units in the last place (ulp) of the result, against the exact
 * value, with fused and with unfused multiply-add.
 *
 * Float32 functions of one operand were compared with float64 for every argument (of one sign where the function is
 * odd or even; sine, cosine and tangent of more than 6000 and whatever goes through float64 altogether, such as erfc
 * and lgamma, by samples). Float64, and functions of two operands, are what golden values and samples of some ten
 * thousand points have shown, with some room.
 */
import type { MathOpcode } from "./table.ts";

export interface Accuracy {
  readonly f32: number;
  readonly f64: number;
  /**
   * Where the result crosses zero by cancellation, no relative bound holds: an error of so much is allowed instead,
   * in float64. (Float32 goes through float64 there and keeps its bound.)
   */
  readonly absolute64?: number;
}

const exact: Accuracy = { f32: 0, f64: 0 };

export const accuracy: Readonly<Record<MathOpcode, Accuracy>> = {
  exponential: { f32: 2, f64: 2 },
  exponential_minus_one: { f32: 2, f64: 2 },
  log: { f32: 1, f64: 1 },
  log_plus_one: { f32: 2, f64: 1.5 },
  logistic: { f32: 2, f64: 2 },
  sine: { f32: 2, f64: 2.5 },
  cosine: { f32: 2, f64: 2.5 },
  tan: { f32: 2, f64: 3.5 },
  tanh: { f32: 2, f64: 2 },
  atan2: { f32: 2, f64: 2 },
  power: { f32: 1, f64: 2 },
  sqrt: { f32: 0.5, f64: 0.5 },
  rsqrt: { f32: 1.5, f64: 1.5 },
  cbrt: { f32: 2, f64: 1.5 },
  remainder: exact,
  sign: exact,
  round_nearest_afz: exact,
  round_nearest_even: exact,
  "chlo.acos": { f32: 2, f64: 2 },
  "chlo.acosh": { f32: 3, f64: 2.5 },
  "chlo.asin": { f32: 2, f64: 2 },
  "chlo.asinh": { f32: 2, f64: 2 },
  "chlo.atan": { f32: 2, f64: 2 },
  "chlo.atanh": { f32: 3, f64: 2 },
  "chlo.bessel_i1e": { f32: 1, f64: 4 },
  "chlo.cosh": { f32: 2, f64: 2 },
  "chlo.digamma": { f32: 1, f64: 8, absolute64: 2e-15 },
  "chlo.erf": { f32: 2, f64: 2 },
  // Of the function with x² rounded, see erf-inv.ts; in float64 the errors of XLA's logarithm near ±0.64 are kept too.
  "chlo.erf_inv": { f32: 4, f64: 24 },
  "chlo.erfc": { f32: 1, f64: 4.5 },
  "chlo.lgamma": { f32: 1, f64: 6, absolute64: 5e-15 },
  "chlo.next_after": exact,
  "chlo.polygamma": { f32: 1, f64: 16 },
  "chlo.sinh": { f32: 2, f64: 2 },
  "chlo.tan": { f32: 2, f64: 3.5 },
  "chlo.zeta": { f32: 1, f64: 8 },
};
