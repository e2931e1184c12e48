/**
 * Complex functions with the branch cuts and the values at infinities and signed zeros of C99 Annex G. Kahan, "Branch
 * cuts for complex elementary functions" (1987), gives the formulas of the inverse functions.
 */

import type { Complex } from "../scalar.ts";
import { productError, squaredNormMinusOne, sumExactly } from "./exact.ts";

export type { Complex };

export const complex = (re: number, im: number): Complex => ({ re, im });
const ONE = complex(1, 0);

export const negate = (z: Complex): Complex => complex(-z.re, -z.im);
export const conj = (z: Complex): Complex => complex(z.re, -z.im);
/** i·z and −i·z, exact with signed zeros. */
const timesI = (z: Complex): Complex => complex(-z.im, z.re);
const timesMinusI = (z: Complex): Complex => complex(z.im, -z.re);

export const add = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im);
export const subtract = (a: Complex, b: Complex): Complex => complex(a.re - b.re, a.im - b.im);
export const multiply = (a: Complex, b: Complex): Complex =>
  complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
export const square = (z: Complex): Complex => complex((z.re - z.im) * (z.re + z.im), 2 * z.re * z.im);
export const scale = (z: Complex, s: number): Complex => complex(z.re * s, z.im * s);

/** Quotient, the divisor scaled to size one so that nothing overflows; C99 G.5.1 at zeros and infinities. */
export function divide(a: Complex, b: Complex): Complex {
  const largest = Math.max(Math.abs(b.re), Math.abs(b.im));
  const exponent = largest > 0 && Number.isFinite(largest) ? Math.floor(Math.log2(largest)) : 0;
  const s = 2 ** -exponent;
  const [c, d] = [b.re * s, b.im * s];
  const norm = c * c + d * d;
  const re = ((a.re * c + a.im * d) / norm) * s;
  const im = ((a.im * c - a.re * d) / norm) * s;
  return Number.isNaN(re) && Number.isNaN(im) ? divideCorner(a, b, norm) : complex(re, im);
}

const unit = (x: number): number => (Math.abs(x) === Infinity ? 1 : 0) * (Object.is(x, -0) || x < 0 ? -1 : 1);
const isInfinite = (z: Complex): boolean => Math.abs(z.re) === Infinity || Math.abs(z.im) === Infinity;
const isFiniteComplex = (z: Complex): boolean => Number.isFinite(z.re) && Number.isFinite(z.im);

function divideCorner(a: Complex, b: Complex, norm: number): Complex {
  if (norm === 0 && (!Number.isNaN(a.re) || !Number.isNaN(a.im))) {
    const infinity = Object.is(b.re, -0) ? -Infinity : Infinity;
    return complex(infinity * a.re, infinity * a.im);
  }
  if (isInfinite(a) && isFiniteComplex(b)) {
    const [x, y] = [unit(a.re), unit(a.im)];
    return complex(Infinity * (x * b.re + y * b.im), Infinity * (y * b.re - x * b.im));
  }
  if (isInfinite(b) && isFiniteComplex(a)) {
    const [c, d] = [unit(b.re), unit(b.im)];
    return complex(0 * (a.re * c + a.im * d), 0 * (a.im * c - a.re * d));
  }
  return complex(NaN, NaN);
}

/** |z| without overflow. */
export const modulus = (z: Complex): number => Math.hypot(z.re, z.im);
export const argument = (z: Complex): number => Math.atan2(z.im, z.re);

/** z / |z|, 0 at 0. */
export function sign(z: Complex): Complex {
  if (z.re === 0 && z.im === 0) return z;
  const size = modulus(z);
  return complex(z.re / size, z.im / size);
}

/** Lexicographic order: real parts first. NaN in either number wins, as for real maximum. */
const hasNaN = (z: Complex): boolean => Number.isNaN(z.re) || Number.isNaN(z.im);
const less = (a: Complex, b: Complex): boolean => (a.re === b.re ? a.im < b.im : a.re < b.re);
export const maximum = (a: Complex, b: Complex): Complex => (hasNaN(a) ? a : hasNaN(b) || less(a, b) ? b : a);
export const minimum = (a: Complex, b: Complex): Complex => (hasNaN(a) ? a : hasNaN(b) || less(b, a) ? b : a);

export function sqrt(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (x === 0 && y === 0) return complex(0, y);
  if (Math.abs(y) === Infinity) return complex(Infinity, y);
  if (x === -Infinity) return complex(Number.isNaN(y) ? NaN : 0, copySign(Infinity, y));
  if (x === Infinity) return complex(Infinity, Number.isNaN(y) ? NaN : copySign(0, y));
  // A power of four keeps the sum of the next line from overflowing or vanishing.
  const large = Math.max(Math.abs(x), Math.abs(y));
  const s = large > 1e300 ? 0.25 : large < 1e-290 ? 2 ** 108 : 1;
  const t = Math.sqrt((Math.abs(x) * s + Math.hypot(x * s, y * s)) / 2) / Math.sqrt(s);
  return x >= 0 ? complex(t, y / (2 * t)) : complex(Math.abs(y) / (2 * t), copySign(t, y));
}

const copySign = (size: number, sign: number): number => (sign < 0 || Object.is(sign, -0) ? -size : size);

export const rsqrt = (z: Complex): Complex => divide(ONE, sqrt(z));

/** |z|^(1/3) at a third of the angle. */
export function cbrt(z: Complex): Complex {
  const radius = Math.cbrt(modulus(z));
  const angle = argument(z) / 3;
  return complex(radius * Math.cos(angle), radius * Math.sin(angle));
}

export function exponential(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (y === 0) return complex(Math.exp(x), y);
  if (!Number.isFinite(y)) {
    if (x === -Infinity) return complex(0, 0);
    return complex(x === Infinity ? Infinity : NaN, NaN);
  }
  // In two halves: e^x may overflow though the parts do not.
  const half = Math.exp(x / 2);
  return complex(half * Math.cos(y) * half, half * Math.sin(y) * half);
}

/** e^z − 1: the real part is expm1(x) cos y − 2 sin²(y/2), in which nothing cancels near 0. */
export function expm1(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (y === 0) return complex(Math.expm1(x), y);
  if (!Number.isFinite(y) || !Number.isFinite(x)) {
    const e = exponential(z);
    return complex(e.re - 1, e.im);
  }
  const s = Math.sin(y / 2);
  const large = exponential(z);
  const re = x > 1 ? large.re - 1 : sumExactly([Math.expm1(x) * Math.cos(y), -2 * s * s]);
  return complex(re, large.im);
}

/** log|z|, exact near the unit circle. */
function logModulus(x: number, y: number): number {
  const size = Math.hypot(x, y);
  return size > 0.5 && size < 2 ? Math.log1p(squaredNormMinusOne(x, y)) / 2 : Math.log(size);
}

export const log = (z: Complex): Complex => complex(logModulus(z.re, z.im), argument(z));

/** log(1 + z): |1 + z|² − 1 = 2x + x² + y². */
export function log1p(z: Complex): Complex {
  const { re: x, im: y } = z;
  const angle = Math.atan2(y, 1 + x);
  if (!(Math.abs(x) < 1e100 && Math.abs(y) < 1e100)) return complex(Math.log(Math.hypot(1 + x, y)), angle);
  const xx = x * x;
  const yy = y * y;
  const excess = sumExactly([2 * x, xx, yy, productError(x, x, xx), productError(y, y, yy)]);
  return complex(Math.log1p(excess) / 2, angle);
}

export function logistic(z: Complex): Complex {
  if (z.re >= 0) return divide(ONE, add(ONE, exponential(negate(z))));
  const e = exponential(z);
  return divide(e, add(ONE, e));
}

/** exp(w log z); 0 to the power of 0 is 1, to one with positive real part 0. */
export function power(z: Complex, w: Complex): Complex {
  if (w.re === 0 && w.im === 0) return ONE;
  if (z.re === 0 && z.im === 0 && w.re > 0) return complex(0, 0);
  return exponential(multiply(w, log(z)));
}

export function sinh(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (y === 0) return complex(Math.sinh(x), y);
  if (!Number.isFinite(y)) return complex(x === 0 ? x : Math.abs(x) === Infinity ? x : NaN, NaN);
  const [c, s] = [Math.cos(y), Math.sin(y)];
  return Math.abs(x) > 700 ? halves(x, Math.sign(x) * c, s) : complex(Math.sinh(x) * c, Math.cosh(x) * s);
}

export function cosh(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (y === 0) return complex(Math.cosh(x), x === 0 ? x * y : Number.isNaN(x) ? y : y * Math.sign(x));
  if (!Number.isFinite(y)) {
    if (x === 0) return complex(NaN, x);
    return complex(Math.abs(x) === Infinity ? Infinity : NaN, NaN);
  }
  const [c, s] = [Math.cos(y), Math.sin(y)];
  return Math.abs(x) > 700 ? halves(x, c, Math.sign(x) * s) : complex(Math.cosh(x) * c, Math.sinh(x) * s);
}

/** e^|x| / 2 times (c, s) without overflow on the way. */
function halves(x: number, c: number, s: number): Complex {
  const half = Math.exp(Math.abs(x) / 2);
  return complex((half * c * half) / 2, (half * s * half) / 2);
}

export function tanh(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (Math.abs(x) > 22) {
    // tanh x is 1 to the last bit; the imaginary part decays as e^−2|x|.
    const tail = Number.isFinite(y) ? 4 * Math.sin(y) * Math.cos(y) * Math.exp(-2 * Math.abs(x)) : 0;
    return complex(Math.sign(x), tail);
  }
  if (y === 0) return complex(Math.tanh(x), y);
  if (!Number.isFinite(y)) return complex(x === 0 ? x : NaN, NaN);
  const t = Math.tan(y);
  const beta = 1 + t * t;
  const s = Math.sinh(x);
  const rho = Math.sqrt(1 + s * s);
  if (!Number.isFinite(beta)) return complex(rho / s, 1 / t);
  const norm = 1 + beta * s * s;
  return complex((beta * rho * s) / norm, t / norm);
}

// sin z = −i sinh(iz) and so on.
export const sine = (z: Complex): Complex => timesMinusI(sinh(timesI(z)));
export const cosine = (z: Complex): Complex => cosh(timesI(z));
export const tan = (z: Complex): Complex => timesMinusI(tanh(timesI(z)));

const oneMinus = (z: Complex): Complex => complex(1 - z.re, -z.im);
const onePlus = (z: Complex): Complex => complex(1 + z.re, z.im);
const minusOne = (z: Complex): Complex => complex(z.re - 1, z.im);
/** Beyond this size 1 ± z is z. */
const huge = (z: Complex): boolean => Math.max(Math.abs(z.re), Math.abs(z.im)) > 1e150;
const logTwice = (z: Complex): number => Math.log(modulus(scale(z, 2 ** -500))) + 501 * Math.LN2;

export function acos(z: Complex): Complex {
  if (huge(z)) return complex(Math.atan2(Math.abs(z.im), z.re), copySign(logTwice(z), -z.im));
  const [p, m] = [sqrt(onePlus(z)), sqrt(oneMinus(z))];
  return complex(2 * Math.atan2(m.re, p.re), Math.asinh(p.re * m.im - p.im * m.re));
}

export function asin(z: Complex): Complex {
  if (huge(z)) return complex(Math.atan2(z.re, Math.abs(z.im)), copySign(logTwice(z), z.im));
  const [p, m] = [sqrt(onePlus(z)), sqrt(oneMinus(z))];
  return complex(Math.atan2(z.re, m.re * p.re - m.im * p.im), Math.asinh(m.re * p.im - m.im * p.re));
}

export function acosh(z: Complex): Complex {
  if (huge(z)) return complex(logTwice(z), argument(z));
  const [p, m] = [sqrt(onePlus(z)), sqrt(minusOne(z))];
  return complex(Math.asinh(m.re * p.re + m.im * p.im), 2 * Math.atan2(m.im, p.re));
}

export const asinh = (z: Complex): Complex => timesMinusI(asin(timesI(z)));

export function atanh(z: Complex): Complex {
  const { re: x, im: y } = z;
  if (Math.abs(x) === Infinity || Math.abs(y) === Infinity)
    return complex(copySign(0, x), copySign(Math.PI / 2, y));
  if (Math.abs(x) === 1 && y === 0) return complex(x * Infinity, y);
  if (huge(z)) return complex(divide(ONE, z).re, copySign(Math.PI / 2, y));
  const d = 1 - Math.abs(x);
  const re = Math.log1p((4 * Math.abs(x)) / (d * d + y * y)) / 4;
  const im = Math.atan2(2 * y, (1 - x) * (1 + x) - y * y) / 2;
  return complex(copySign(re, x), im);
}

export const atan = (z: Complex): Complex => timesMinusI(atanh(timesI(z)));

/** −i log((x + iy) / √(x² + y²)) for complex x and y. */
export function atan2(y: Complex, x: Complex): Complex {
  const norm = sqrt(add(multiply(x, x), multiply(y, y)));
  return timesMinusI(log(divide(add(x, timesI(y)), norm)));
}
