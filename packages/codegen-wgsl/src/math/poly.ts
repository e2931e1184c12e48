/** Polynomials and constants as WGSL text. */

import { floatText } from "../emit/text.ts";

export const f = floatText;

/** c₀ + c₁x + c₂x² + … by Horner's rule. */
export const poly = (x: string, c: readonly number[]): string =>
  c.slice(0, -1).reduceRight((sum, k) => `(${sum} * ${x} + ${f(k)})`, f(c[c.length - 1]));

/** A double as the sum of two float32. */
export function pair(x: number): readonly [high: number, low: number] {
  const high = Math.fround(x);
  return [high, Math.fround(x - high)];
}

/** ln 2 cut so that its product with an exponent is exact, and the rest. */
export const LN2_HI = 0.693145751953125;
export const LN2_LO = 0.0000014286068203094173;
export const MAX = 3.4028234663852886e38;
