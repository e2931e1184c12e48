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

/**
 * x = m·2ⁿ, √½ ≤ m < √2, for x > 0 and finite. A denormal number is a multiple of 2⁻¹⁴⁹: as an integer it survives on adapters that
 * take denormal floats for zero.
 */
export const splitText = (x: string): string => `\
  let tiny = bitcast<{U}>(${x}) < {U}(0x800000u);
  let scaled = select(${x}, {F}(bitcast<{U}>(${x})), tiny);
  let i = bitcast<{I}>(scaled) - {I}(0x3f3504f3);
  let m = bitcast<{F}>((i & {I}(0x7fffff)) + {I}(0x3f3504f3));
  let n = {F}((i >> {U}(23u)) - select({I}(0), {I}(149), tiny));`;
