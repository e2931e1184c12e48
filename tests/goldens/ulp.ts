/** Floating-point formats and their units of the last place. */

export interface FloatFormat {
  /** Bits of the significand that are stored. */
  readonly digits: number;
  readonly minExponent: number;
  readonly max: number;
}

const formats: Readonly<Record<string, FloatFormat>> = {
  float16: { digits: 10, minExponent: -14, max: 65504 },
  bfloat16: { digits: 7, minExponent: -126, max: 2 ** 127 * (2 - 2 ** -7) },
  float32: { digits: 23, minExponent: -126, max: 2 ** 127 * (2 - 2 ** -23) },
  float64: { digits: 52, minExponent: -1022, max: Number.MAX_VALUE },
};

/** The format of a float dtype, or of the parts of a complex one. */
export const formatOf = (dtype: string): FloatFormat =>
  formats[dtype === "complex64" ? "float32" : dtype === "complex128" ? "float64" : dtype];

function exponent(x: number): number {
  const guess = Math.floor(Math.log2(x));
  if (2 ** guess > x) return guess - 1;
  return 2 ** (guess + 1) <= x ? guess + 1 : guess;
}

/** Distance between neighbouring numbers of a dtype at the magnitude of x. */
export function ulp(dtype: string, x: number): number {
  const { digits, minExponent } = formatOf(dtype);
  const magnitude = Math.abs(x);
  const scale = magnitude < 2 ** minExponent ? minExponent : exponent(magnitude);
  return 2 ** Math.max(scale - digits, -1074);
}

/** A number of any size as the format shows it: what rounds beyond its largest number is infinite. */
export const clampToRange = (x: number, { max, digits }: FloatFormat): number =>
  Math.abs(x) >= max * (1 + 2 ** -(digits + 2)) ? Math.sign(x) * Infinity : x;
