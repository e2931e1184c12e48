/** The derivative of the exponentially scaled Bessel function of order 1, which is written by that of order 0. */

import { type Builder, besselI0eSeries, type DType, type Value } from "@fluxion/ir";
import { add, compare, div, lit, mul, neg, sub } from "./math.ts";

/** Spacing of the numbers at 1. */
const epsilon: Partial<Record<DType, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float32: 2 ** -23,
  float64: 2 ** -52,
};

/** Clenshaw's recurrence: Σ′ cₖ Tₖ(u) for x = 2u. */
function chebyshev(b: Builder, x: Value, coefficients: readonly number[]): Value {
  let [b0, b1, b2] = [0, 0, 0].map((value) => lit(b, x, value));
  for (const c of coefficients.toReversed()) {
    [b2, b1] = [b1, b0];
    b0 = add(b, sub(b, mul(b, x, b1), b2), lit(b, x, c));
  }
  return mul(b, lit(b, x, 0.5), sub(b, b0, b2));
}

/** e^−|x| I₀(x) */
function besselI0e(b: Builder, given: Value): Value {
  const { dtype } = given.type;
  if (dtype !== "float32" && dtype !== "float64")
    return b.convert(besselI0e(b, b.convert(given, "float32")), dtype);
  const x = b.op("abs", given);
  const { near, far } = besselI0eSeries;
  const terms = (list: readonly number[], count: number): readonly number[] =>
    dtype === "float64" ? list : list.slice(0, count);
  const eight = lit(b, x, 8);
  const isNear = compare(b, "LE", x, eight);
  // Out of its interval the series would overflow, and spoil the derivatives of the branch that is taken.
  const beyond = b.op("select", isNear, eight, x);
  const low = chebyshev(b, sub(b, mul(b, lit(b, x, 0.5), x), lit(b, x, 2)), terms(near, 18));
  const high = chebyshev(b, sub(b, div(b, lit(b, x, 32), beyond), lit(b, x, 2)), terms(far, 7));
  return b.op("select", isNear, low, div(b, high, b.op("sqrt", beyond)));
}

/** y = e^−|x| I₁(x): y′ = e^−|x| I₀(x) − y·(sign x + 1/x), and ½ at 0. */
export function besselI1eSlope(b: Builder, x: Value, y: Value): Value {
  const tiny = lit(b, x, epsilon[x.type.dtype] ?? 0);
  const isPlain = compare(b, "GT", b.op("abs", x), tiny);
  const safe = b.op("select", isPlain, x, tiny);
  const factor = add(b, b.op("sign", safe), div(b, lit(b, x, 1), safe));
  return b.op("select", isPlain, add(b, besselI0e(b, safe), neg(b, mul(b, y, factor))), lit(b, x, 0.5));
}
