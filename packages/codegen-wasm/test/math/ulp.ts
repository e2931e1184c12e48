/** The size of one unit in the last place of numbers like `x`, down to the denormals' constant one. */
export function ulpOf(x: number, precision: "f32" | "f64"): number {
  const [digits, least] = precision === "f32" ? [23, -126] : [52, -1022];
  const a = Math.abs(x);
  let exponent = Math.max(Math.floor(Math.log2(a)), least);
  if (a < 2 ** exponent && exponent > least) exponent--;
  if (a >= 2 ** (exponent + 1)) exponent++;
  return 2 ** (exponent - digits);
}

/** |got − (high + low)| in ulp of the result; ∞ if one is NaN, infinite or zero and the other is not the same. */
export function ulpError(got: number, high: number, low: number, precision: "f32" | "f64"): number {
  if (Number.isNaN(high)) return Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  const rounded = precision === "f32" ? Math.fround(high) : high;
  if (Object.is(got, rounded) && low === 0 && rounded === high) return 0;
  const special = !Number.isFinite(rounded) || !Number.isFinite(got) || (rounded === 0 && got === 0);
  if (special) return Object.is(got, rounded) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(got - high - low) / ulpOf(rounded, precision);
}
