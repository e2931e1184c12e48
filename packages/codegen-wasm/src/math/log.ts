/** Logarithms and the inverse hyperbolic functions. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "./emitter.ts";
import { decode, format, pick } from "./format.ts";

const { LOG_F32, LOG_F64 } = coefficients;

/** log(1 + f) + n·ln 2 for √½ ≤ 1 + f ≤ √2. */
function logSum(v: Lanes, f: Local, n: Local): Local {
  const { ln2Hi, ln2Lo } = format(v);
  const f2 = v.mul(f, f);
  if (v.width === 32) {
    const p = v.mul(v.poly2(f, f2, LOG_F32), v.mul(f2, f));
    return v.fma(n, ln2Hi, v.add(f, v.fma(n, ln2Lo, v.fnma(f2, 0.5, p))));
  }
  // log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)) with s = f/(2 + f), where 2 artanh s = 2s + s·R(s²).
  const s = v.div(f, v.add(f, 2));
  const z = v.mul(s, s);
  const r = v.mul(v.poly2(z, v.mul(z, z), LOG_F64), z);
  const half = v.mul(f2, 0.5);
  const tail = v.fma(n, ln2Lo, v.mul(s, v.add(half, r)));
  return v.fma(n, ln2Hi, v.sub(f, v.sub(half, tail)));
}

/** Puts the limits right: −∞ for 0, NaN below, ∞ and NaN as they are; `x` is the argument, `y` the finite result. */
function logLimits(v: Lanes, x: Local, y: Local): Local {
  const atZero = v.keep(v.eq(x, 0), Number.NEGATIVE_INFINITY);
  const infiniteOrNaN = v.andnot(x, v.lt(x, Number.POSITIVE_INFINITY));
  return v.or(v.add(y, v.or(atZero, infiniteOrNaN)), v.lt(x, 0));
}

/** Natural logarithm. A denormal argument is first multiplied into the range of normal numbers. */
export function log(v: Lanes, x: Local): Local {
  const { fraction, one, minNormal } = format(v);
  const up = v.and(v.lt(x, minNormal), BigInt(fraction + 1) << BigInt(fraction));
  const { n, m } = decode(v, v.mul(x, v.iadd(up, one)), up);
  return logLimits(v, x, logSum(v, v.sub(m, 1), n));
}

/**
 * log(1 + x). With 1 + x ≈ 2ⁿm, f = x·2⁻ⁿ + (2⁻ⁿ − 1) has lost nothing to the rounding of 1 + x. Where x is tiny
 * the result is x itself.
 */
export function log1p(v: Lanes, x: Local): Local {
  const { one, fraction, epsilon, max } = format(v);
  const u = v.add(x, 1);
  const { n, field } = decode(v, u);
  // 2^(2−n), since 2^−n itself may be denormal.
  const s = v.isub(one + (2n << BigInt(fraction)), field);
  const f = v.fma(v.mul(v.pmin(x, max), 0.25), s, v.fma(s, 0.25, -1));
  const y = logLimits(v, u, logSum(v, f, n));
  return v.select(v.lt(v.abs(x), epsilon / 2), x, y);
}

/** From here on 1/x is nothing beside log x. */
const huge = (v: Lanes): number => pick(v, 2 ** 28, 2 ** 56);

/** sign(x)·log1p(a + a²/(1 + √(1 + a²))) with a = |x|; log a + ln 2 for huge a. */
export function asinh(v: Lanes, x: Local): Local {
  const a = v.abs(x);
  const isHuge = v.gt(a, huge(v));
  const a2 = v.mul(a, a);
  const z = v.add(a, v.div(a2, v.add(v.sqrt(v.add(a2, 1)), 1)));
  const y = log1p(v, v.select(isHuge, a, z));
  return v.withSign(v.add(y, v.keep(isHuge, Math.LN2)), x);
}

/** log1p(t + √(2t + t²)) with t = x − 1; log x + ln 2 for huge x; NaN below 1. */
export function acosh(v: Lanes, x: Local): Local {
  const isHuge = v.gt(x, huge(v));
  const t = v.sub(x, 1);
  const z = v.add(t, v.sqrt(v.mul(t, v.add(t, 2))));
  const y = log1p(v, v.select(isHuge, x, z));
  return v.or(v.add(y, v.keep(isHuge, Math.LN2)), v.lt(x, 1));
}

/** ½·log1p(2a/(1 − a)) with the sign of x, a = |x|. */
export function atanh(v: Lanes, x: Local): Local {
  const a = v.abs(x);
  const y = log1p(v, v.div(v.add(a, a), v.sub(1, a)));
  return v.withSign(v.mul(y, 0.5), x);
}
