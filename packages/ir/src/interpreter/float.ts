/** Real functions where JavaScript's `Math` differs from IEEE 754 and C, or has none. */

export function roundAwayFromZero(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** C's pow: 1 to any power is 1, and so is −1 to an infinite one. */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y))) return 1;
  return x ** y;
}

/** 1 / (1 + e^−x), evaluated on the side where the exponential cannot overflow. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** min(max(x, low), high), NaN if any is NaN. */
export const clamp = (low: number, x: number, high: number): number => Math.min(Math.max(low, x), high);

const doubles = new Float64Array(1);
const doubleBits = new BigInt64Array(doubles.buffer);

/** Order of IEEE totalOrder: −NaN < −∞ < … < −0 < +0 < … < +∞ < +NaN, as a signed integer. */
export function totalOrderKey(x: number): bigint {
  doubles[0] = x;
  const bits = doubleBits[0];
  return bits < 0n ? bits ^ 0x7fffffffffffffffn : bits;
}
