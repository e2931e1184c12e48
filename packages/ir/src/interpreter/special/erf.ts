/** Error functions (Abramowitz and Stegun, chapter 7). */

import { productError } from "../exact.ts";

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** e^(−x²) though x² is rounded: the error of the square is multiplied back in. */
function gaussian(x: number): number {
  const square = x * x;
  return Math.exp(-square) * (1 - productError(x, x, square));
}

/** Below this erf is summed, above it erfc. */
const TURN = 1;

/** erf(x) = 2x/√π · e^(−x²) · Σ (2x²)ⁿ / (1·3·5···(2n+1)): every term is positive (7.1.6). */
function series(x: number): number {
  const square = 2 * x * x;
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= square / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_ROOT_PI * x * gaussian(x) * sum;
}

/** erfc(x) for x ≥ 1 by the continued fraction x + ½/(x + 1/(x + 3⁄2/(x + …))) (7.1.14). */
function tail(x: number): number {
  const depth = Math.ceil(12 + 170 / (x * x));
  let fraction = x;
  for (let n = depth; n >= 1; n--) fraction = x + n / 2 / fraction;
  return gaussian(x) / (fraction * Math.sqrt(Math.PI));
}

export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const size = Math.abs(x);
  if (size < TURN) return series(x);
  const value = size > 6 ? 1 : 1 - tail(size);
  return x < 0 ? -value : value;
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < -TURN) return x < -6 ? 2 : 2 - tail(-x);
  if (x <= TURN) return 1 - series(x);
  return x > 28 ? 0 : tail(x);
}

/** A rough inverse: Winitzki's formula, within 2 parts in a thousand. */
function roughInverse(size: number, complement: number): number {
  const a = 0.147;
  const l = Math.log(complement * (1 + size));
  const t = 2 / (Math.PI * a) + l / 2;
  return Math.sqrt(Math.sqrt(t * t - l / a) - t);
}

/** Halley's iteration on erf, or on erfc where erf is close to one. */
export function erfInv(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size === 1) return x * Infinity;
  if (size < 1e-9) return x / TWO_OVER_ROOT_PI;
  const complement = 1 - size;
  let root = roughInverse(size, complement);
  for (let step = 0; step < 4; step++) {
    const error = size < 0.5 ? erf(root) - size : complement - erfc(root);
    const newton = error / (TWO_OVER_ROOT_PI * gaussian(root));
    root -= newton / (1 + root * newton);
    // The error after a step is the cube of the step.
    if (Math.abs(newton) < 1e-6 * root) break;
  }
  return x < 0 ? -root : root;
}
