/** Rounding of JavaScript numbers to each dtype, and the 16-bit float formats. */

import type { DType } from "./dtype.ts";

/** One complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);
const doubleView = new Float64Array(1);
const doubleWords = new Uint32Array(doubleView.buffer);

/**
 * Rounds a double to a binary format with `mantissa` stored bits and the exponent range [minExponent, maxExponent],
 * ties to even, subnormals included; returns a double.
 */
export function roundToFormat(x: number, mantissa: number, minExponent: number, maxExponent: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  doubleView[0] = x;
  const exponent = Math.max(((doubleWords[1] >>> 20) & 0x7ff) - 1023, minExponent);
  const quantum = 2 ** (exponent - mantissa);
  const scaled = x / quantum;
  const rounded = roundHalfEven(scaled) * quantum;
  const largest = (2 - 2 ** -mantissa) * 2 ** maxExponent;
  if (Math.abs(rounded) > largest) return x < 0 ? -Infinity : Infinity;
  return rounded === 0 && x < 0 ? -0 : rounded;
}

export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction < 0.5) return floor === 0 && (x < 0 || Object.is(x, -0)) ? -0 : floor;
  if (fraction > 0.5) return x < 0 && floor + 1 === 0 ? -0 : floor + 1;
  const even = floor % 2 === 0 ? floor : floor + 1;
  return even === 0 && x < 0 ? -0 : even;
}

export const roundToFloat16 = (x: number): number => float16FromBits(float16ToBits(x));
export const roundToBfloat16 = (x: number): number => bfloat16FromBits(bfloat16ToBits(x));

/**
 * Bits of a float32 near x from which rounding once more to 16 bits gives what rounding x itself gives: truncated, and
 * made odd where x lies between two float32 numbers.
 */
function stickyBits(x: number): number {
  floatView[0] = x;
  const rounded = floatView[0];
  if (rounded === x) return bitsView[0];
  if (Math.abs(rounded) > Math.abs(x)) bitsView[0]--;
  return bitsView[0] | 1;
}

/** Drops low bits: to the nearest, ties to even. */
const roundShift = (bits: number, shift: number): number =>
  (bits + (1 << (shift - 1)) - 1 + ((bits >>> shift) & 1)) >>> shift;

export function float16ToBits(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const bits = stickyBits(x);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16 and above
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13); // 2^-14 and above
  const shift = 126 - (magnitude >>> 23);
  return shift > 25 ? sign : sign | roundShift((magnitude & 0x7fffff) | 0x800000, shift);
}

export function float16FromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

export function bfloat16ToBits(x: number): number {
  return Number.isNaN(x) ? 0x7fc0 : roundShift(stickyBits(x), 16);
}

export function bfloat16FromBits(bits: number): number {
  bitsView[0] = (bits << 16) >>> 0;
  return floatView[0];
}

/** The entries that hold one element of a dtype: one, or two for a complex number. */
export function toStorage(
  dtype: DType,
  value: number | bigint | boolean | readonly [number, number],
): readonly (number | bigint)[] {
  const pair = Array.isArray(value) ? (value as readonly [number, number]) : undefined;
  const scalar = pair ? pair[0] : (value as number | bigint | boolean);
  switch (dtype) {
    case "bool":
      return [scalar ? 1 : 0];
    case "int64":
    case "uint64":
      return [typeof scalar === "bigint" ? scalar : BigInt(Math.trunc(Number(scalar)))];
    case "float16":
      return [float16ToBits(Number(scalar))];
    case "bfloat16":
      return [bfloat16ToBits(Number(scalar))];
    case "complex64":
    case "complex128":
      return pair ? [...pair] : [Number(scalar), 0];
    default:
      return [Number(scalar)];
  }
}
