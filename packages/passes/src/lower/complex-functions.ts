/**
 * Transcendental functions of complex numbers, with the branch cuts and corners of C99 Annex G. The inverse functions follow
 * Kahan, "Branch cuts for complex elementary functions" (1987).
 */

import type { Parts, Z } from "./complex-parts.ts";

export const timesI = (z: Z, p: Parts): Z => ({ re: p.neg(z.im), im: z.re });
export const timesMinusI = (z: Z, p: Parts): Z => ({ re: z.im, im: p.neg(z.re) });
export const one = (p: Parts): Z => ({ re: p.const(1), im: p.const(0) });

export const add = (a: Z, b: Z, p: Parts): Z => ({ re: p.add(a.re, b.re), im: p.add(a.im, b.im) });
export const multiply = (a: Z, b: Z, p: Parts): Z => ({
  re: p.sub(p.mul(a.re, b.re), p.mul(a.im, b.im)),
  im: p.add(p.mul(a.re, b.im), p.mul(a.im, b.re)),
});

/** Quotient, the divisor scaled by its larger part so that nothing overflows; corners as C99 G.5.1. */
export function divide(a: Z, b: Z, p: Parts): Z {
  const large = p.max(p.abs(b.re), p.abs(b.im));
  const usable = p.and(p.isFinite(large), p.gt(large, p.const(0)));
  const scale = p.select(usable, large, p.const(1));
  const [c, d] = [p.div(b.re, scale), p.div(b.im, scale)];
  const norm = p.add(p.mul(c, c), p.mul(d, d));
  const plain = {
    re: p.div(p.div(p.add(p.mul(a.re, c), p.mul(a.im, d)), norm), scale),
    im: p.div(p.div(p.sub(p.mul(a.im, c), p.mul(a.re, d)), norm), scale),
  };
  const broken = p.and(p.isNaN(plain.re), p.isNaN(plain.im));
  return p.choose(broken, divideCorner(a, b, p), plain);
}

function divideCorner(a: Z, b: Z, p: Parts): Z {
  const infinity = p.const(Number.POSITIVE_INFINITY);
  const nan = p.const(Number.NaN);
  const unit = (x: Z["re"]): Z["re"] => p.copySign(p.select(p.isInf(x), p.const(1), p.const(0)), x);
  const zeroDivisor = p.and(
    p.and(p.eq(b.re, p.const(0)), p.eq(b.im, p.const(0))),
    p.or(p.not(p.isNaN(a.re)), p.not(p.isNaN(a.im))),
  );
  const signed = p.copySign(infinity, b.re);
  const overZero = { re: p.mul(signed, a.re), im: p.mul(signed, a.im) };
  const aInfinite = p.or(p.isInf(a.re), p.isInf(a.im));
  const bInfinite = p.or(p.isInf(b.re), p.isInf(b.im));
  const aFinite = p.and(p.isFinite(a.re), p.isFinite(a.im));
  const bFinite = p.and(p.isFinite(b.re), p.isFinite(b.im));
  const [x, y] = [unit(a.re), unit(a.im)];
  const infinite = {
    re: p.mul(infinity, p.add(p.mul(x, b.re), p.mul(y, b.im))),
    im: p.mul(infinity, p.sub(p.mul(y, b.re), p.mul(x, b.im))),
  };
  const [c, d] = [unit(b.re), unit(b.im)];
  const zero = {
    re: p.mul(p.const(0), p.add(p.mul(a.re, c), p.mul(a.im, d))),
    im: p.mul(p.const(0), p.sub(p.mul(a.im, c), p.mul(a.re, d))),
  };
  const last = p.choose(p.and(bInfinite, aFinite), zero, { re: nan, im: nan });
  return p.choose(zeroDivisor, overZero, p.choose(p.and(aInfinite, bFinite), infinite, last));
}

export function sqrt({ re: x, im: y }: Z, p: Parts): Z {
  const zero = p.const(0);
  const half = p.const(0.5);
  // t = √((|x| + |z|) / 2), taken apart so that the sum cannot overflow.
  const t = p.sqrt(p.add(p.mul(p.abs(x), half), p.mul(p.hypot(x, y), half)));
  const other = p.div(y, p.mul(p.const(2), t));
  const right = { re: t, im: other };
  const left = { re: p.abs(other), im: p.copySign(t, y) };
  const plain = p.choose(p.ge(x, zero), right, left);
  const infinity = p.const(Number.POSITIVE_INFINITY);
  const nan = p.const(Number.NaN);
  const minusInf = p.eq(x, p.const(Number.NEGATIVE_INFINITY));
  const plusInf = p.eq(x, infinity);
  const atPlus = { re: infinity, im: p.select(p.isNaN(y), nan, p.copySign(zero, y)) };
  const atMinus = { re: p.select(p.isNaN(y), nan, zero), im: p.copySign(infinity, y) };
  const edges = p.choose(plusInf, atPlus, p.choose(minusInf, atMinus, plain));
  const tall = p.choose(p.isInf(y), { re: infinity, im: y }, edges);
  return p.choose(p.and(p.eq(x, zero), p.eq(y, zero)), { re: zero, im: y }, tall);
}

export function cbrt(z: Z, p: Parts): Z {
  const radius = p.cbrt(p.hypot(z.re, z.im));
  const angle = p.div(p.atan2(z.im, z.re), p.const(3));
  return { re: p.mul(radius, p.cos(angle)), im: p.mul(radius, p.sin(angle)) };
}

/** e^x (cos y + i sin y), e^x in two halves: it may overflow though the parts do not. */
export function exponential({ re: x, im: y }: Z, p: Parts): Z {
  const half = p.exp(p.mul(x, p.const(0.5)));
  const plain = { re: p.mul(p.mul(half, p.cos(y)), half), im: p.mul(p.mul(half, p.sin(y)), half) };
  const nan = p.const(Number.NaN);
  const infinity = p.const(Number.POSITIVE_INFINITY);
  const isMinus = p.eq(x, p.const(Number.NEGATIVE_INFINITY));
  const spin = p.choose(
    isMinus,
    { re: p.const(0), im: p.const(0) },
    { re: p.select(p.eq(x, infinity), infinity, nan), im: nan },
  );
  const general = p.choose(p.isFinite(y), plain, spin);
  return p.choose(p.eq(y, p.const(0)), { re: p.exp(x), im: y }, general);
}

/** e^z − 1: the real part is expm1(x) cos y − 2 sin²(y/2), in which nothing cancels near 0. */
export function expm1(z: Z, p: Parts): Z {
  const e = exponential(z, p);
  const s = p.sin(p.mul(z.im, p.const(0.5)));
  const near = p.sub(p.mul(p.expm1(z.re), p.cos(z.im)), p.mul(p.const(2), p.mul(s, s)));
  const usable = p.and(p.and(p.isFinite(z.re), p.isFinite(z.im)), p.not(p.gt(z.re, p.const(1))));
  const re = p.select(usable, near, p.sub(e.re, p.const(1)));
  return { re: p.select(p.eq(z.im, p.const(0)), p.expm1(z.re), re), im: e.im };
}

/** log|z|: near the unit circle through log1p((|x| − 1)(|x| + 1) + y²), the larger part first. */
function logModulus({ re: x, im: y }: Z, p: Parts): Z["re"] {
  const size = p.hypot(x, y);
  const large = p.max(p.abs(x), p.abs(y));
  const small = p.min(p.abs(x), p.abs(y));
  const excess = p.add(p.mul(p.sub(large, p.const(1)), p.add(large, p.const(1))), p.mul(small, small));
  const near = p.mul(p.log1p(excess), p.const(0.5));
  return p.select(p.and(p.gt(size, p.const(0.5)), p.lt(size, p.const(2))), near, p.log(size));
}

export const log = (z: Z, p: Parts): Z => ({ re: logModulus(z, p), im: p.atan2(z.im, z.re) });

/** log(1 + z): |1 + z|² − 1 = x (2 + x) + y². */
export function log1p({ re: x, im: y }: Z, p: Parts): Z {
  const shifted = p.add(p.const(1), x);
  const excess = p.add(p.mul(x, p.add(p.const(2), x)), p.mul(y, y));
  const near = p.mul(p.log1p(excess), p.const(0.5));
  const far = p.log(p.hypot(shifted, y));
  const isNear = p.and(p.lt(p.abs(x), p.const(2)), p.lt(p.abs(y), p.const(2)));
  return { re: p.select(isNear, near, far), im: p.atan2(y, shifted) };
}

/** 1 / (1 + e^−z) for Re z ≥ 0, e^z / (1 + e^z) else. */
export function logistic(z: Z, p: Parts): Z {
  const right = p.ge(z.re, p.const(0));
  const e = exponential(p.choose(right, { re: p.neg(z.re), im: p.neg(z.im) }, z), p);
  return divide(p.choose(right, one(p), e), add(one(p), e, p), p);
}

/** exp(w log z); 0 to the power of 0 is 1, to one with positive real part 0. */
export function power(z: Z, w: Z, p: Parts): Z {
  const zero = p.const(0);
  const isZero = (v: Z): Z["re"] => p.and(p.eq(v.re, zero), p.eq(v.im, zero));
  const general = exponential(multiply(w, log(z, p), p), p);
  const atZero = p.choose(p.and(isZero(z), p.gt(w.re, zero)), { re: zero, im: zero }, general);
  return p.choose(isZero(w), one(p), atZero);
}

export function sinh({ re: x, im: y }: Z, p: Parts): Z {
  const plain = { re: p.mul(p.sinh(x), p.cos(y)), im: p.mul(p.cosh(x), p.sin(y)) };
  const nan = p.const(Number.NaN);
  const keep = p.or(p.eq(x, p.const(0)), p.isInf(x));
  const general = p.choose(p.isFinite(y), plain, { re: p.select(keep, x, nan), im: nan });
  return p.choose(p.eq(y, p.const(0)), { re: p.sinh(x), im: y }, general);
}

export function cosh({ re: x, im: y }: Z, p: Parts): Z {
  const zero = p.const(0);
  const plain = { re: p.mul(p.cosh(x), p.cos(y)), im: p.mul(p.sinh(x), p.sin(y)) };
  const nan = p.const(Number.NaN);
  const infinite = { re: p.select(p.isInf(x), p.const(Number.POSITIVE_INFINITY), nan), im: nan };
  const spin = p.choose(p.eq(x, zero), { re: nan, im: x }, infinite);
  const real = {
    re: p.cosh(x),
    im: p.select(p.eq(x, zero), p.mul(x, y), p.select(p.isNaN(x), y, p.mul(y, p.sign(x)))),
  };
  return p.choose(p.eq(y, zero), real, p.choose(p.isFinite(y), plain, spin));
}

export function tanh({ re: x, im: y }: Z, p: Parts): Z {
  const zero = p.const(0);
  const t = p.tan(y);
  const beta = p.add(p.const(1), p.mul(t, t));
  const s = p.sinh(x);
  const rho = p.sqrt(p.add(p.const(1), p.mul(s, s)));
  const norm = p.add(p.const(1), p.mul(beta, p.mul(s, s)));
  const plain = { re: p.div(p.mul(p.mul(beta, rho), s), norm), im: p.div(t, norm) };
  const pole = p.choose(p.isFinite(beta), plain, { re: p.div(rho, s), im: p.div(p.const(1), t) });
  const nan = p.const(Number.NaN);
  const spin = p.choose(p.isFinite(y), pole, { re: p.select(p.eq(x, zero), x, nan), im: nan });
  const middle = p.choose(p.eq(y, zero), { re: p.tanh(x), im: y }, spin);
  const decay = p.mul(p.mul(p.const(4), p.mul(p.sin(y), p.cos(y))), p.exp(p.mul(p.const(-2), p.abs(x))));
  const far = { re: p.sign(x), im: p.select(p.isFinite(y), decay, zero) };
  return p.choose(p.gt(p.abs(x), p.const(22)), far, middle);
}

// sin z = −i sinh(iz) and so on.
export const sine = (z: Z, p: Parts): Z => timesMinusI(sinh(timesI(z, p), p), p);
export const cosine = (z: Z, p: Parts): Z => cosh(timesI(z, p), p);
export const tan = (z: Z, p: Parts): Z => timesMinusI(tanh(timesI(z, p), p), p);
