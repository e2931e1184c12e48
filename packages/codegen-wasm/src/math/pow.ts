/** x to the power y, with the special cases of IEEE 754 and C. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { type Lanes, viaF64 } from "./emitter.ts";
import { decode, format, pick, power2 } from "./format.ts";

const { EXPM1_F64, POW_EXP2_F32, POW_LOG_F32, POW_LOG_F64 } = coefficients;

/** 2^z for float64 z = high + low, |z| ≤ 1100, as a product whose last factor alone may overflow or be denormal. */
function exp2(v: Lanes, high: Local, low: Local): Local {
  const { round } = format(v);
  const t = v.add(high, round);
  const n = v.sub(t, round);
  const r = v.mul(v.add(v.sub(high, n), low), Math.LN2);
  const r2 = v.mul(r, r);
  const p = v.add(v.fma(v.poly2(r, r2, EXPM1_F64), r2, r), 1);
  const half = v.fma(high, 0.5, round);
  return v.mul(v.mul(p, power2(v, half)), power2(v, v.isub(t, half)));
}

/** The upper half of the digits of a float64. */
function head(v: Lanes, x: Local): Local {
  return v.andnot(x, 0x7ffffffn);
}

/**
 * log₂ x of a positive normal float64 as high + low, good to about 65 bits. With m = (1 + s)/(1 − s):
 * log₂ m = (2/(3 ln 2))·s·(3 + s² + s⁴R(s²)). Products of heads are exact. High has at most 26 digits.
 */
function log2Pair(v: Lanes, x: Local, raised: Local): { high: Local; low: Local } {
  const { n, m } = decode(v, x, raised);
  const [f, g] = [v.sub(m, 1), v.add(m, 1)];
  const inverse = v.div(1, g);
  const s = v.mul(f, inverse);
  const sh = head(v, s);
  const gh = head(v, g);
  const gl = v.sub(m, v.sub(gh, 1));
  const sl = v.mul(v.sub(v.sub(f, v.mul(sh, gh)), v.mul(sh, gl)), inverse);
  const z = v.mul(s, s);
  const z2 = v.mul(z, z);
  const r = v.fma(z2, v.poly2(z, z2, POW_LOG_F64), v.mul(sl, v.add(sh, s)));
  const square = v.mul(sh, sh);
  const th = head(v, v.add(v.add(square, 3), r));
  const tl = v.sub(r, v.sub(v.sub(th, 3), square));
  const u = v.mul(sh, th);
  const w = v.fma(sl, th, v.mul(tl, s));
  const ph = head(v, v.add(u, w));
  const pl = v.sub(w, v.sub(ph, u));
  // 2/(3 ln 2), its head, and what the head lacks.
  const [c, ch, cl] = [0.9617966939259756, 0.9617967009544373, -7.028461650952758e-9];
  const qh = v.mul(ph, ch);
  const ql = v.fma(ph, cl, v.mul(pl, c));
  const high = head(v, v.add(v.add(qh, ql), n));
  return { high, low: v.sub(ql, v.sub(v.sub(high, n), qh)) };
}

/** −∞ where x = 0, ∞ or NaN where x is, else 0: to be added to a logarithm. */
function limits(v: Lanes, x: Local): Local {
  const infiniteOrNaN = v.andnot(x, v.lt(x, Number.POSITIVE_INFINITY));
  return v.or(v.keep(v.eq(x, 0), Number.NEGATIVE_INFINITY), infiniteOrNaN);
}

/** x^y for x ≥ 0 on float64 lanes, but NaN for 1^∞ and 0^0. */
function magnitudeF64(v: Lanes, x: Local, y: Local): Local {
  const { fraction, one, minNormal } = format(v);
  const up = v.and(v.lt(x, minNormal), 54n << BigInt(fraction));
  const { high, low } = log2Pair(v, v.mul(x, v.iadd(up, one)), up);
  const rough = v.mul(y, v.add(high, limits(v, x)));
  const near = v.lt(v.abs(rough), 1100);
  const yh = head(v, y);
  const productLow = v.fma(v.sub(y, yh), high, v.mul(y, low));
  const clamped = v.pmax(v.pmin(rough, 1100), -1100);
  return exp2(v, v.select(near, v.mul(yh, high), clamped), v.and(near, productLow));
}

/** The same for float32 values in float64 lanes, to more digits than float32 needs; the range takes care of itself. */
function magnitudeF32(v: Lanes, x: Local, y: Local): Local {
  const { n, m } = decode(v, x);
  const s = v.div(v.sub(m, 1), v.add(m, 1));
  const z = v.mul(s, s);
  const log2 = v.fma(v.poly2(z, v.mul(z, z), POW_LOG_F32), s, n);
  const product = v.mul(y, v.add(log2, limits(v, x)));
  const { round } = format(v);
  const clamped = v.pmax(v.pmin(product, 300), -300);
  const t = v.add(clamped, round);
  const r = v.sub(clamped, v.sub(t, round));
  return v.mul(v.poly2(r, v.mul(r, r), POW_EXP2_F32), power2(v, t));
}

export function pow(v: Lanes, x: Local, y: Local): Local {
  const ax = v.abs(x);
  const raw = pick(
    v,
    () => viaF64(v, magnitudeF32, ax, y),
    () => magnitudeF64(v, ax, y),
  )();
  const isNumber = v.eq(y, y);
  const magnitude = v.select(v.and(v.eq(ax, 1), isNumber), 1, raw);
  const integer = v.eq(v.trunc(y), y);
  const half = v.mul(y, 0.5);
  const odd = v.andnot(integer, v.eq(v.trunc(half), half));
  const signed = v.xor(magnitude, v.and(v.sign(x), odd));
  // A negative finite base with an exponent that is no integer.
  const finiteNegative = v.and(v.lt(x, 0), v.gt(x, Number.NEGATIVE_INFINITY));
  const result = v.or(signed, v.andnot(finiteNegative, integer));
  return v.select(v.or(v.eq(y, 0), v.eq(x, 1)), 1, result);
}
