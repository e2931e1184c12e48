/**
 * Decimal digits of binary floating-point numbers, exactly: the shortest ones that read back as the same number in its
 * own format (Burger and Dybvig, "Printing floating-point numbers quickly and accurately", 1996), and the exact value
 * rounded at a decimal place, ties to the even digit.
 */

/** The format a number is read back in: stored bits of its mantissa and the exponent of its least normal number. */
export interface BinaryFormat {
  readonly mantissa: number;
  readonly minExponent: number;
}

export const binaryFormats = {
  float16: { mantissa: 10, minExponent: -14 },
  bfloat16: { mantissa: 7, minExponent: -126 },
  float32: { mantissa: 23, minExponent: -126 },
  float64: { mantissa: 52, minExponent: -1022 },
} as const satisfies Record<string, BinaryFormat>;

/** 0.digits · 10^point; `digits` starts with a digit other than 0, or is empty for zero. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const zero: Decimal = { digits: "", point: 1 };
const doubleView = new Float64Array(1);
const bitsView = new BigUint64Array(doubleView.buffer);

/** x = mantissa · 2^exponent with the least exponent that the format allows. */
function decompose(x: number, format: BinaryFormat): { mantissa: bigint; exponent: number } {
  doubleView[0] = x;
  const unbiased = Number((bitsView[0] >> 52n) & 0x7ffn) - 1023;
  const exponent = Math.max(unbiased, format.minExponent) - format.mantissa;
  // Two steps: 2 ** -exponent alone overflows for the least doubles.
  const half = Math.trunc(exponent / 2);
  return { mantissa: BigInt((x / 2 ** half) * 2 ** (half - exponent)), exponent };
}

const decimalExponent = (x: number): number => Number(x.toExponential().split("e")[1]);

/** The shortest digits that identify a finite x > 0 among the numbers of its format. */
export function shortestDigits(x: number, format: BinaryFormat): Decimal {
  if (format.mantissa === 52) return ofText(x.toExponential());
  const { mantissa, exponent } = decompose(x, format);
  // Below a power of two the neighbour is half as far away as above it.
  const uneven =
    mantissa === 1n << BigInt(format.mantissa) && exponent > format.minExponent - format.mantissa ? 2n : 1n;
  const scale = 2n * uneven * (exponent < 0 ? 1n << BigInt(-exponent) : 1n);
  const unit = exponent > 0 ? 1n << BigInt(exponent) : 1n;
  return generate(2n * uneven * mantissa * unit, scale, uneven * unit, unit, mantissa % 2n === 0n, x);
}

/** Digits of rest/scale until they identify it within the margins above and below. */
function generate(
  value: bigint,
  unscaled: bigint,
  above: bigint,
  below: bigint,
  closed: boolean,
  x: number,
): Decimal {
  // The shortest text of a double just below a power of ten may be that power.
  let point = decimalExponent(x);
  const shift = 10n ** BigInt(Math.abs(point));
  const scale = point > 0 ? unscaled * shift : unscaled;
  let [rest, high, low] = point > 0 ? [value, above, below] : [value * shift, above * shift, below * shift];
  if (rest < scale) {
    [rest, high, low] = [rest * 10n, high * 10n, low * 10n];
    point--;
  }
  let digits = "";
  for (;;) {
    const digit = rest / scale;
    rest -= digit * scale;
    const isLow = closed ? rest <= low : rest < low;
    const isHigh = closed ? rest + high >= scale : rest + high > scale;
    if (isLow || isHigh) {
      const up = isLow && isHigh ? 2n * rest > scale || (2n * rest === scale && digit % 2n === 1n) : isHigh;
      return carry(digits, Number(digit) + (up ? 1 : 0), point + 1);
    }
    digits += digit;
    [rest, high, low] = [rest * 10n, high * 10n, low * 10n];
  }
}

function carry(digits: string, last: number, point: number): Decimal {
  if (last < 10) return { digits: digits + last, point };
  if (digits === "") return { digits: "1", point: point + 1 };
  return carry(digits.slice(0, -1), Number(digits.at(-1)) + 1, point);
}

function ofText(text: string): Decimal {
  const [mantissa, exponent] = text.split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** The exact value of a finite x ≥ 0 rounded to `places` decimal places (negative: left of the point). */
export function roundToPlaces(x: number, places: number): Decimal {
  if (x === 0) return zero;
  const { mantissa, exponent } = decompose(x, binaryFormats.float64);
  const power = 10n ** BigInt(Math.abs(places));
  const numerator = mantissa * (exponent > 0 ? 1n << BigInt(exponent) : 1n) * (places > 0 ? power : 1n);
  const denominator = (exponent < 0 ? 1n << BigInt(-exponent) : 1n) * (places < 0 ? power : 1n);
  const floor = numerator / denominator;
  const twice = 2n * (numerator - floor * denominator);
  const rounded = twice > denominator || (twice === denominator && floor % 2n === 1n) ? floor + 1n : floor;
  if (rounded === 0n) return zero;
  const digits = String(rounded);
  return { digits, point: digits.length - places };
}

/** The exact value of a finite x > 0 rounded to `count` significant digits. */
export function roundToDigits(x: number, count: number): Decimal {
  const first = decimalExponent(x) + 1;
  const { digits, point } = roundToPlaces(x, count - first);
  // Rounding up to the next power of ten makes one digit more.
  return { digits: digits.slice(0, count), point };
}
