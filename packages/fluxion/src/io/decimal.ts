/**
 * Decimal digits of doubles, correctly rounded with ties to even as C's printf does, at any precision. JavaScript's own
 * formatting is correct but for ties, which it rounds up; so ties, and more digits than it can, take the exact way.
 */

const doubleView = new Float64Array(1);
const wordsView = new Uint32Array(doubleView.buffer);

/** Digits behind the point that JavaScript formats. */
const nativePlaces = 100;

/** |x| = mantissa · 2^exponent, exactly. */
function decompose(x: number): { mantissa: bigint; exponent: number } {
  doubleView[0] = Math.abs(x);
  const biased = wordsView[1] >>> 20;
  const fraction = (BigInt(wordsView[1] & 0xfffff) << 32n) | BigInt(wordsView[0]);
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** The q of x = odd · 2^q, for x ≠ 0: a double that is no integer has exactly -q decimals. */
function lowestBit(x: number): number {
  doubleView[0] = x;
  const [low, high] = wordsView;
  const biased = (high >>> 20) & 0x7ff;
  const trailing = low ? trailingZeros(low) : 32 + trailingZeros((high & 0xfffff) | 0x100000);
  return (biased || 1) - 1075 + trailing;
}

const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);

/** |x| · 10^scale rounded to an integer, ties to even. */
function scaled(x: number, scale: number): bigint {
  const { mantissa, exponent } = decompose(x);
  const numerator = mantissa * 10n ** BigInt(Math.max(scale, 0)) * 2n ** BigInt(Math.max(exponent, 0));
  const denominator = 10n ** BigInt(Math.max(-scale, 0)) * 2n ** BigInt(Math.max(-exponent, 0));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/**
 * Whether x may lie in the middle between two numbers of so many decimals. Odd · 2^q with q < 0 has its last decimal, a
 * 5, at place -q; between multiples of 10, 100, … only integers lie.
 */
function mayBeTie(x: number, decimals: number): boolean {
  if (x === 0) return false;
  const q = lowestBit(x);
  return decimals >= 0 ? q === -decimals - 1 : q >= 0;
}

/** |x| with `places` digits after the point. */
export function fixedDigits(x: number, places: number): string {
  const size = Math.abs(x);
  if (places <= nativePlaces && size < 1e21 && !mayBeTie(size, places)) return size.toFixed(places);
  const digits = scaled(size, places)
    .toString()
    .padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** |x| = d.ddd · 10^exponent with `places` digits after the point. */
export function exponentDigits(x: number, places: number): { digits: string; exponent: number } {
  const size = Math.abs(x);
  const text = size.toExponential(Math.min(places, nativePlaces));
  const split = text.indexOf("e");
  const exponent = Number(text.slice(split + 1));
  if (places <= nativePlaces && !mayBeTie(size, places - exponent))
    return { digits: text.slice(0, split), exponent };
  return exactExponentDigits(size, places, exponent);
}

/** `estimate` may be one too large, where rounding reached the next power of ten. */
function exactExponentDigits(
  size: number,
  places: number,
  estimate: number,
): { digits: string; exponent: number } {
  let exponent = estimate;
  let whole = scaled(size, places - exponent).toString();
  if (whole.length <= places && size !== 0) whole = scaled(size, places - --exponent).toString();
  if (whole.length > places + 1) whole = scaled(size, places - ++exponent).toString();
  whole = whole.padEnd(places + 1, "0");
  return { digits: places === 0 ? whole : `${whole[0]}.${whole.slice(1)}`, exponent };
}
