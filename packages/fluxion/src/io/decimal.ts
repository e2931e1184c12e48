/** Decimal digits of doubles, correctly rounded with ties to even as C's printf does, at any precision. */

const doubleView = new Float64Array(1);
const bitsView = new BigUint64Array(doubleView.buffer);

/** JavaScript formats up to this many digits; beyond, exact integer arithmetic does. */
const nativeDigits = 98;

/** |x| = mantissa · 2^exponent, exactly. */
function decompose(x: number): { mantissa: bigint; exponent: number } {
  doubleView[0] = Math.abs(x);
  const biased = Number(bitsView[0] >> 52n);
  const fraction = bitsView[0] & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

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
 * |x| with `places` digits after the point. JavaScript's own formatting rounds ties up; a tie shows as a last digit 5 one
 * place further, and only then the exact way is taken.
 */
export function fixedDigits(x: number, places: number): string {
  const size = Math.abs(x);
  if (places < nativeDigits && size < 1e21 && !size.toFixed(places + 1).endsWith("5"))
    return size.toFixed(places);
  const digits = scaled(size, places)
    .toString()
    .padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** |x| = d.ddd · 10^exponent with `places` digits after the point. */
export function exponentDigits(x: number, places: number): { digits: string; exponent: number } {
  const size = Math.abs(x);
  if (places < nativeDigits && !/5e/.test(size.toExponential(places + 1))) {
    const [digits, exponent] = size.toExponential(places).split("e");
    return { digits, exponent: Number(exponent) };
  }
  let exponent = Number(size.toExponential(20).split("e")[1]);
  let whole = scaled(size, places - exponent).toString();
  if (whole.length > places + 1) {
    exponent++;
    whole = scaled(size, places - exponent).toString();
  } else if (whole.length < places + 1 && size !== 0) {
    exponent--; // 20 digits rounded up to the next power of ten
    whole = scaled(size, places - exponent).toString();
  }
  whole = whole.padEnd(places + 1, "0");
  return { digits: places === 0 ? whole : `${whole[0]}.${whole.slice(1)}`, exponent };
}
