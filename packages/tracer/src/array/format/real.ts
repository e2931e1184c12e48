/** Columns of real numbers as NumPy prints them: one style for a whole array, then each number in it. */

import { roundToFormat } from "@fluxion/ir";
import { type BinaryFormat, type Decimal, roundToDigits, roundToPlaces, shortestDigits } from "./decimal.ts";

export interface RealOptions {
  /** Digits after the point at most. */
  readonly precision: number;
  /** Print small numbers as 0 instead of switching to exponents. */
  readonly suppressSmall: boolean;
  /** Whether numbers without a minus get a plus. */
  readonly plus: boolean;
}

/** How every number of one array is printed. */
interface Style extends RealOptions {
  readonly format: BinaryFormat;
  readonly exponential: boolean;
  /** Characters left and right of the point. */
  readonly left: number;
  readonly right: number;
  readonly exponentDigits: number;
}

interface Parts {
  readonly integer: string;
  readonly fraction: string;
  readonly exponent: string;
}

const roundTo = (x: number, { mantissa, minExponent }: BinaryFormat): number =>
  roundToFormat(x, mantissa, minExponent, 1 - minExponent);

/** Decimal digits that every number of the format holds. */
const decimalPrecision = ({ mantissa }: BinaryFormat): number => Math.floor(mantissa * Math.log10(2));

const trimZeros = (digits: string): string => digits.replace(/0+$/, "");

const signOf = (x: number, plus: boolean): string => (x < 0 || Object.is(x, -0) ? "-" : plus ? "+" : "");

/** Digits after the point at most `precision`, trailing zeros dropped. */
function positional(
  x: number,
  { format, precision, plus }: Pick<Style, "format" | "precision" | "plus">,
): Parts {
  let decimal: Decimal = x === 0 ? { digits: "", point: 1 } : shortestDigits(Math.abs(x), format);
  if (decimal.digits.length - decimal.point > precision) decimal = roundToPlaces(Math.abs(x), precision);
  const { digits, point } = decimal;
  const integer = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0") || "0";
  const fraction = point <= 0 ? "0".repeat(digits === "" ? 0 : -point) + digits : digits.slice(point);
  return { integer: signOf(x, plus) + integer, fraction: trimZeros(fraction), exponent: "" };
}

/** One digit, at least `least` and at most `precision` digits after the point, and an exponent. */
function scientific(
  x: number,
  { format, precision, plus }: Pick<Style, "format" | "precision" | "plus">,
  least: number,
): Parts {
  let decimal: Decimal = x === 0 ? { digits: "0", point: 1 } : shortestDigits(Math.abs(x), format);
  const fractional = decimal.digits.length - 1;
  if (x !== 0 && (fractional > precision || fractional < least)) {
    decimal = roundToDigits(Math.abs(x), (fractional > precision ? precision : least) + 1);
  }
  const exponent = decimal.point - 1;
  return {
    integer: signOf(x, plus) + decimal.digits[0],
    fraction: trimZeros(decimal.digits.slice(1)).padEnd(least, "0"),
    exponent: `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`,
  };
}

/** NumPy's choice: exponents for large or small numbers, and for ratios above 1000, compared in the array's dtype. */
function wantsExponents(finite: readonly number[], format: BinaryFormat, suppressSmall: boolean): boolean {
  const magnitudes = finite.filter((x) => x !== 0).map(Math.abs);
  if (magnitudes.length === 0) return false;
  const max = magnitudes.reduce((a, b) => Math.max(a, b));
  const min = magnitudes.reduce((a, b) => Math.min(a, b));
  if (max >= 10 ** Math.min(8, decimalPrecision(format))) return true;
  return !suppressSmall && (min < roundTo(1e-4, format) || roundTo(max / min, format) > 1000);
}

const longest = (texts: readonly string[]): number => texts.reduce((n, text) => Math.max(n, text.length), 0);

function styleOf(numbers: readonly number[], format: BinaryFormat, options: RealOptions): Style {
  const finite = numbers.filter(Number.isFinite);
  const exponential = wantsExponents(finite, format, options.suppressSmall);
  const base = { ...options, format, exponential };
  const parts = finite.map((x) => (exponential ? scientific(x, base, 0) : positional(x, base)));
  const fraction = longest(parts.map((part) => part.fraction));
  const exponentDigits = exponential ? longest(parts.map(({ exponent }) => exponent)) - 1 : 0;
  const precision = exponential ? fraction : options.precision;
  const right = exponential ? fraction + exponentDigits + 2 : fraction;
  let left = longest(parts.map(({ integer }) => integer));
  if (finite.length < numbers.length) {
    const signed = options.plus || numbers.includes(-Infinity);
    left = Math.max(left, "nan".length - right - 1, "inf".length + (signed ? 1 : 0) - right - 1);
  }
  return { ...base, precision, left, right, exponentDigits };
}

function formatReal(x: number, style: Style): string {
  const { left, right, plus, exponential } = style;
  if (!Number.isFinite(x)) {
    const text = Number.isNaN(x) ? `${plus ? "+" : ""}nan` : `${signOf(x, plus)}inf`;
    return text.padStart(left + right + 1);
  }
  if (!exponential) {
    const { integer, fraction } = positional(x, style);
    return `${integer.padStart(left)}.${fraction.padEnd(right)}`;
  }
  const { integer, fraction, exponent } = scientific(x, style, style.precision);
  const padded = exponent[0] + exponent.slice(1).padStart(style.exponentDigits, "0");
  return `${integer.padStart(left)}.${fraction}e${padded}`;
}

/** A printer for the numbers of one array. */
export function realFormatter(
  numbers: readonly number[],
  format: BinaryFormat,
  options: RealOptions,
): (x: number) => string {
  const style = styleOf(numbers, format, options);
  return (x) => formatReal(x, style);
}

/** Where NumPy's scalars begin to print with exponents, by stored mantissa bits. */
const scalarCutoff = (format: BinaryFormat): number =>
  format.mantissa === 52 ? 1e16 : 10 ** decimalPrecision(format);

/** One float as Python's `str` of a NumPy scalar: shortest digits; exponents below 1e-4 and from the cutoff on. */
export function scalarText(x: number, format: BinaryFormat): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const magnitude = Math.abs(x);
  const style = { format, precision: Number.POSITIVE_INFINITY, plus: false };
  if (magnitude === 0 || (magnitude >= roundTo(1e-4, format) && magnitude < scalarCutoff(format))) {
    const { integer, fraction } = positional(x, style);
    return `${integer}.${fraction || "0"}`;
  }
  const { integer, fraction, exponent } = scientific(x, style, 0);
  return `${integer}${fraction && `.${fraction}`}e${exponent}`;
}

/** C's `%g`: six significant digits, trailing zeros dropped. bfloat16 prints so. */
export function sixDigits(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const sign = signOf(x, false);
  if (x === 0) return `${sign}0`;
  const { digits, point } = roundToDigits(Math.abs(x), 6);
  const significant = trimZeros(digits);
  if (point - 1 < -4 || point > 6) {
    const exponent = point - 1;
    const tail = significant.length > 1 ? `.${significant.slice(1)}` : "";
    const digitsOfExponent = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${significant[0]}${tail}e${exponent < 0 ? "-" : "+"}${digitsOfExponent}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${significant}`;
  const fraction = significant.slice(point);
  return `${sign}${significant.slice(0, point).padEnd(point, "0")}${fraction && `.${fraction}`}`;
}
