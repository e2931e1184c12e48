/**
 * How exact the float32 functions are: the largest error in units in the last place (ulp) of the exact result, measured on
 * samples of all magnitudes. Sums, products and quotients are the adapter's own, to which WGSL allows 2.5 ulp for quotients
 * (SwiftShader rounds them correctly). float16 and bfloat16 are computed in float32 and rounded.
 *
 * WGSL lets an adapter take denormal numbers (below 2^−126) for zeros of their sign, as operands and as results. SwiftShader
 * does, so no function promises more.
 */

import type { kernel as k } from "@fluxion/ir";

export interface Accuracy {
  readonly ulp: number;
  /** The ulp is that of numbers of at least this size: by cancellation a result close to zero has no relative bound. */
  readonly least?: number;
  /** Of operands below 0 as `least` is of the others. */
  readonly leastBelowZero?: number;
}

const exact: Accuracy = { ulp: 0 };
/** Correctly rounded. */
const rounded: Accuracy = { ulp: 0.5 };

export const accuracy = {
  add: rounded,
  subtract: rounded,
  multiply: rounded,
  divide: { ulp: 2.5 },
  remainder: exact,
  negate: exact,
  abs: exact,
  sign: exact,
  maximum: exact,
  minimum: exact,
  ceil: exact,
  floor: exact,
  round_nearest_afz: exact,
  round_nearest_even: exact,
  "chlo.next_after": exact,
  sqrt: { ulp: 0.6 },
  rsqrt: { ulp: 1.5 },
  cbrt: { ulp: 1.5 },
  power: { ulp: 1.5 },
  exponential: { ulp: 1 },
  exponential_minus_one: { ulp: 1.5 },
  log: { ulp: 1 },
  log_plus_one: { ulp: 1.5 },
  logistic: { ulp: 2 },
  sine: { ulp: 1.5 },
  cosine: { ulp: 1.5 },
  tan: { ulp: 2 },
  tanh: { ulp: 1.5 },
  atan2: { ulp: 2 },
  "chlo.acos": { ulp: 1.5 },
  "chlo.acosh": { ulp: 2 },
  "chlo.asin": { ulp: 2 },
  "chlo.asinh": { ulp: 2 },
  "chlo.atan": { ulp: 2 },
  "chlo.atanh": { ulp: 2 },
  "chlo.cosh": { ulp: 2 },
  "chlo.sinh": { ulp: 2 },
  "chlo.tan": { ulp: 2 },
  "chlo.erf": { ulp: 1.5 },
  "chlo.erfc": { ulp: 4 },
  // Of JAX's function, which depends on how x² is rounded.
  "chlo.erf_inv": { ulp: 4 },
  "chlo.bessel_i1e": { ulp: 4 },
  "chlo.lgamma": { ulp: 4, least: 0.5, leastBelowZero: 16 },
  "chlo.digamma": { ulp: 4, leastBelowZero: 4 },
  "chlo.zeta": { ulp: 8 },
  "chlo.polygamma": { ulp: 8 },
} as const satisfies Partial<Record<k.ScalarOpcode, Accuracy>>;
