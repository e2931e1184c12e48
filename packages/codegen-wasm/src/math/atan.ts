/** Inverse trigonometric functions. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "./emitter.ts";
import { pick } from "./format.ts";

const { ASIN_F32, ASIN_F64, ATAN_F32, ATAN_F64 } = coefficients;

/** x·(1 + u·P(u)), u = x². The signs of atan's coefficients alternate: Horner's rule keeps the partial sums small. */
function oddPoly(v: Lanes, x: Local, u: Local, c: readonly number[]): Local {
  return v.fma(v.mul(v.poly(u, c), u), x, x);
}

/** π/2 and π as a float and what it lacks. */
const halfPi = (v: Lanes): readonly [number, number] =>
  pick(v, [1.5707963705062866, -4.371139000186241e-8], [Math.PI / 2, 6.123233995736766e-17]);

/** hi + lo − y, where the first difference is mostly exact. */
function complement(v: Lanes, [hi, lo]: readonly [number, number], y: Local): Local {
  return v.add(v.sub(hi, y), lo);
}

export function atan(v: Lanes, x: Local): Local {
  const a = v.abs(x);
  const large = v.gt(a, 1);
  const t = v.div(v.select(large, 1, a), v.select(large, a, 1));
  const y = oddPoly(v, t, v.mul(t, t), pick(v, ATAN_F32, ATAN_F64));
  return v.withSign(v.select(large, complement(v, halfPi(v), y), y), x);
}

/** The angle of the point (x, y) in (−π, π]; zeros and infinities count as limits along the axes and diagonals. */
export function atan2(v: Lanes, y: Local, x: Local): Local {
  const [ax, ay] = [v.abs(x), v.abs(y)];
  const steep = v.gt(ay, ax);
  const numerator = v.select(steep, ax, ay);
  const denominator = v.select(steep, ay, ax);
  // 0/0 counts as 0, ∞/∞ as 1.
  const quotient = v.and(v.div(numerator, denominator), v.ne(denominator, 0));
  const t = v.select(v.eq(numerator, Number.POSITIVE_INFINITY), 1, quotient);
  const acute = oddPoly(v, t, v.mul(t, t), pick(v, ATAN_F32, ATAN_F64));
  const right = halfPi(v);
  const folded = v.select(steep, complement(v, right, acute), acute);
  const left = v.ilt(x, 0);
  const angle = v.select(left, complement(v, [2 * right[0], 2 * right[1]], folded), folded);
  const unordered = v.or(v.ne(x, x), v.ne(y, y));
  return v.or(v.withSign(angle, y), unordered);
}

/** asin a up to here is the polynomial itself; above, asin a = π/2 − 2 asin s with s = √((1 − a)/2). */
const DIRECT = 0.5625;

interface ArcSine {
  readonly small: Local;
  /** asin of a or of s. */
  readonly value: Local;
}

function arcSine(v: Lanes, a: Local): ArcSine {
  const small = v.lt(a, DIRECT);
  const u = v.select(small, v.mul(a, a), v.mul(v.sub(1, a), 0.5));
  const s = v.select(small, a, v.sqrt(u));
  return { small, value: oddPoly(v, s, u, pick(v, ASIN_F32, ASIN_F64)) };
}

export function asin(v: Lanes, x: Local): Local {
  const { small, value } = arcSine(v, v.abs(x));
  return v.withSign(v.select(small, value, complement(v, halfPi(v), v.add(value, value))), x);
}

export function acos(v: Lanes, x: Local): Local {
  const { small, value } = arcSine(v, v.abs(x));
  const right = halfPi(v);
  const twice = v.add(value, value);
  const negative = v.lt(x, 0);
  const outer = v.select(negative, complement(v, [2 * right[0], 2 * right[1]], twice), twice);
  return v.select(small, complement(v, right, v.xor(value, v.sign(x))), outer);
}
