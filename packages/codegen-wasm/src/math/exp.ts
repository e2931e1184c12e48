/** exp and the functions made of it. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "./emitter.ts";
import { format, pick, power2 } from "./format.ts";

const { EXPM1_F32, EXPM1_F64, SINH_F32, SINH_F64, TANH_F64, TANH_REDUCED_F32 } = coefficients;

/** x = n·ln 2 + r with |r| ≤ ln 2/2; n also stands in the low bits of t. */
interface Reduced {
  readonly t: Local;
  readonly r: Local;
}

function reduce(v: Lanes, x: Local): Reduced {
  const { round, ln2Hi, ln2Lo } = format(v);
  const t = v.fma(x, Math.LOG2E, round);
  const n = v.sub(t, round);
  return { t, r: v.fnma(n, ln2Lo, v.fnma(n, ln2Hi, x)) };
}

/** Limits x to where exp has not yet overflowed or vanished altogether. NaN stays. */
function clamp(v: Lanes, x: Local, low: number, high: number): Local {
  return v.pmax(v.pmin(x, high), low);
}

/** e^r − 1 for |r| ≤ ln 2/2. */
function expm1Reduced(v: Lanes, r: Local): Local {
  const r2 = v.mul(r, r);
  return v.fma(v.poly2(r, r2, pick(v, EXPM1_F32, EXPM1_F64)), r2, r);
}

/**
 * e^x as a product of a number and a power of two, such that only that product may overflow or be denormal: 2ⁿ is
 * taken as 2^⌊n/2⌋ times 2^⌈n/2⌉. Twice the exponent's bias is in t, and so once in both halves of its low bits.
 */
export function expFactors(v: Lanes, x: Local): { value: Local; factor: Local } {
  const { round, ln2Hi, ln2Lo, bias, fraction } = format(v);
  const xc = clamp(v, x, pick(v, -110, -760), pick(v, 91, 715));
  const t = v.fma(xc, Math.LOG2E, round + 2 * bias);
  const n = v.sub(t, round + 2 * bias);
  const q = expm1Reduced(v, v.fnma(n, ln2Lo, v.fnma(n, ln2Hi, xc)));
  const half = v.shrU(t, 1);
  const s = v.shl(half, fraction);
  return { value: v.fma(q, s, s), factor: v.shl(v.isub(t, half), fraction) };
}

export function exp(v: Lanes, x: Local): Local {
  const { value, factor } = expFactors(v, x);
  return v.mul(value, factor);
}

/**
 * e^x, but for results near the least normal number and below, in whose place stands one that is about as small. Half the
 * power of two is always a normal number; twice the product overflows when e^x does.
 */
export function expAbsorbed(v: Lanes, x: Local): Local {
  const half = expNormal(v, clamp(v, x, pick(v, -86.6, -707.5), pick(v, 89, 710)), 1);
  return v.add(half, half);
}

/** As `expAbsorbed`, but anything for x > 64. */
export function expNegative(v: Lanes, x: Local): Local {
  return expNormal(v, v.pmax(x, pick(v, -87, -708)), 0);
}

/** e^x, but anything for x > 64: so far above the least number that a power of two more makes only the last product denormal. */
export function expBounded(v: Lanes, x: Local): Local {
  const raised = pick(v, 33, 65);
  return v.mul(expNormal(v, v.pmax(x, pick(v, -104.5, -746)), -raised), 2 ** -raised);
}

/** e^x/2ᵏ for arguments whose power of two, as part of that, is a normal number. */
function expNormal(v: Lanes, x: Local, k: number): Local {
  const { round, ln2Hi, ln2Lo, bias, fraction } = format(v);
  const t = v.fma(x, Math.LOG2E, round + bias - k);
  const n = v.sub(t, round + bias - k);
  const s = v.shl(t, fraction);
  return v.fma(expm1Reduced(v, v.fnma(n, ln2Lo, v.fnma(n, ln2Hi, x))), s, s);
}

/** e^x/2, finite also where e^x just overflows. */
function halfExp(v: Lanes, x: Local): Local {
  const { value, factor } = expFactors(v, x);
  return v.mul(value, v.mul(factor, 0.5));
}

/**
 * e^x − 1 = 2ⁿ·(e^r − 1) + (2ⁿ − 1). For the n whose 2ⁿ is too large the largest finite number stands in (half an
 * ulp off), which keeps the sum finite exactly where the result is.
 */
export function expm1(v: Lanes, x: Local): Local {
  const { t, r } = reduce(v, clamp(v, x, pick(v, -18, -38), pick(v, 89, 710)));
  const s = v.pmin(power2(v, t), format(v).max);
  return v.withSign(v.fma(s, expm1Reduced(v, r), v.sub(s, 1)), x);
}

/**
 * 1/(1 + e^−x) = c/(c·2ⁿ·(e^r − 1) + c·2ⁿ + c), where 2ⁿ + 1 is mostly exact. c is 1, or for results near or
 * below the least normal number a power of two that keeps 2ⁿ in range.
 */
export function logistic(v: Lanes, x: Local): Local {
  const { one, fraction } = format(v);
  const xc = pick(
    v,
    () => clamp(v, x, -106, 30),
    () => clamp(v, x, -750, 60),
  )();
  const { t, r } = reduce(v, v.neg(xc));
  const small = v.and(v.lt(x, pick(v, -60, -500)), BigInt(pick(v, 64, 512)) << BigInt(fraction));
  const s = v.isub(power2(v, t), small);
  const c = v.isub(one, small);
  const sum = v.add(s, c);
  const lost = v.sub(c, v.sub(sum, s));
  return v.div(c, v.add(v.fma(s, expm1Reduced(v, r), lost), sum));
}

export function tanh(v: Lanes, x: Local): Local {
  return v.width === 32 ? tanhF32(v, x) : tanhF64(v, x);
}

/** Up to where float32's polynomial is fitted. The reduced argument, of an interval ln 2/2 wide, stays a little below. */
const TANH_REACH = 0.28;
const TANH_MARGIN = 0.001;

/**
 * With |x| = n·ln 2/2 + r and p = tanh r, e^2|x| = 2ⁿ·(1 + p)/(1 − p), and so
 * tanh |x| = ((2ⁿ − 1) + (2ⁿ + 1)·p)/((2ⁿ − 1) + (2ⁿ + 1)·p + 2 − 2p). The interval of r is shifted so that n = 0 for
 * all |x| up to its upper end, where nothing cancels: there the quotient is 2p/2.
 */
function tanhF32(v: Lanes, x: Local): Local {
  const { round, bias, fraction } = format(v);
  const a = v.pmin(v.abs(x), 9.5);
  const middle = TANH_REACH - TANH_MARGIN - Math.LN2 / 4;
  const t = v.fma(v.sub(a, middle), 2 * Math.LOG2E, round + bias);
  const r = v.fnma(v.sub(t, round + bias), Math.LN2 / 2, a);
  const s = v.shl(t, fraction);
  const u = v.mul(r, r);
  const p = v.fma(v.mul(v.poly(u, TANH_REDUCED_F32), u), r, r);
  const numerator = v.fma(v.add(s, 1), p, v.sub(s, 1));
  return v.withSign(v.div(numerator, v.add(numerator, v.fnma(p, 2, 2))), x);
}

/** 1 − 1/(e^2|x|/2 + ½); below 0.55 a polynomial, since there the difference cancels. */
function tanhF64(v: Lanes, x: Local): Local {
  const { round, bias, fraction } = format(v);
  const ax = v.abs(x);
  const a = v.pmin(ax, 20);
  // With r for n·ln 2/2 the half of e^2r − 1 comes out. The quotient is small where n is large, so n·ln 2 needs no second term.
  const t = v.fma(a, 2 * Math.LOG2E, round + bias);
  const r = v.fnma(v.sub(t, round + bias), Math.LN2 / 2, a);
  const s = v.shl(t, fraction);
  const c = EXPM1_F64.map((coefficient, i) => coefficient * 2 ** (i + 1));
  const r2 = v.mul(r, r);
  const q = v.fma(v.poly2(r, r2, c), r2, r);
  const large = v.sub(1, v.div(1, v.fma(s, q, v.fma(s, 0.5, 0.5))));
  const u = v.mul(x, x);
  const small = v.fma(v.mul(v.poly2(u, v.mul(u, u), TANH_F64), u), x, x);
  return v.withSign(v.select(v.lt(ax, 0.55), small, large), x);
}

/** E − 1/(4E) with E = e^|x|/2; below 1 a polynomial. */
export function sinh(v: Lanes, x: Local): Local {
  const ax = v.abs(x);
  const h = halfExp(v, ax);
  const large = v.sub(h, v.div(0.25, h));
  const u = v.mul(x, x);
  const c = pick(v, SINH_F32, SINH_F64);
  const small = v.fma(v.mul(v.poly2(u, v.mul(u, u), c), u), ax, ax);
  return v.withSign(v.select(v.lt(ax, 1), small, large), x);
}

/** E + 1/(4E) with E = e^|x|/2. */
export function cosh(v: Lanes, x: Local): Local {
  const h = halfExp(v, v.abs(x));
  return v.add(h, v.div(0.25, h));
}
