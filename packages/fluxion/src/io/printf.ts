/** Python's `%` formatting of numbers, as far as `savetxt` uses it. */

import { exponentDigits, fixedDigits } from "./decimal.ts";

/** What a format is applied to: `text` is how Python's `str` prints the number. */
export interface Formattable {
  readonly value: number | bigint | boolean;
  readonly text: () => string;
}

/** One conversion such as `%-8.3f`, with the literal text before it. */
interface Conversion {
  readonly before: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

export interface Format {
  readonly conversions: readonly Conversion[];
  readonly after: string;
}

const maxDigits = 10_000;
const conversionPattern = /%([-+ #0]*)(\d*)(?:\.(\d*))?([hlL]?)(.?)/gs;

/** Parses a format; throws `TypeError` for what Python would refuse, and for `%r`, `%a`, `%c`, `%*d` and `%(name)d`. */
export function parseFormat(format: string): Format {
  const conversions: Conversion[] = [];
  let before = "";
  let at = 0;
  for (const found of format.matchAll(conversionPattern)) {
    const [all, flags, width, precision, , type] = found;
    before += format.slice(at, found.index);
    at = found.index + all.length;
    if (type === "%") {
      before += "%";
      continue;
    }
    if (!/^[diuoxXeEfFgGs]$/.test(type)) {
      throw new TypeError(
        `fmt ${JSON.stringify(format)}: cannot format with ${JSON.stringify(all)}; use %d %x %o %e %f %g or %s`,
      );
    }
    if (Number(width) > maxDigits || Number(precision ?? 0) > maxDigits) {
      throw new RangeError(`fmt ${JSON.stringify(format)}: width and precision go up to ${maxDigits}`);
    }
    const digits = precision === undefined ? undefined : Number(precision);
    conversions.push({ before, flags, width: Number(width), precision: digits, type });
    before = "";
  }
  return { conversions, after: before + format.slice(at) };
}

/** Applies a format to as many values as it has conversions. */
export function applyFormat({ conversions, after }: Format, values: readonly Formattable[]): string {
  let line = "";
  for (let i = 0; i < conversions.length; i++)
    line += conversions[i].before + convert(conversions[i], values[i]);
  return line + after;
}

function convert(conversion: Conversion, { value, text }: Formattable): string {
  const { type, precision } = conversion;
  if (type === "s")
    return pad(precision === undefined ? text() : text().slice(0, precision), "", conversion, false);
  if ("diu".includes(type)) return integer(conversion, toInteger(value), 10, "");
  if ("oxX".includes(type)) {
    if (typeof value === "number" && !Number.isInteger(value))
      throw new TypeError(`%${type} formats integers only, got ${value}`);
    const base = type === "o" ? 8 : 16;
    const whole = integer(conversion, BigInt(value), base, type === "o" ? "0o" : "0x");
    return type === "X" ? whole.toUpperCase() : whole;
  }
  const lower = real(conversion, Number(value));
  return type === lower.type ? lower.text : lower.text.toUpperCase();
}

/** Python's int(): towards zero. */
function toInteger(value: number | bigint | boolean): bigint {
  if (typeof value !== "number") return BigInt(value);
  if (!Number.isFinite(value)) throw new TypeError(`cannot convert ${value} to an integer; use %e, %f or %g`);
  return BigInt(Math.trunc(value));
}

function integer(conversion: Conversion, value: bigint, base: number, prefix: string): string {
  const magnitude = (value < 0n ? -value : value).toString(base).padStart(conversion.precision ?? 0, "0");
  const sign = signOf(value < 0n, conversion.flags) + (conversion.flags.includes("#") ? prefix : "");
  return pad(magnitude, sign, conversion, true);
}

function real(conversion: Conversion, value: number): { type: string; text: string } {
  const type = conversion.type.toLowerCase();
  const negative = value < 0 || Object.is(value, -0);
  const sign = signOf(negative, conversion.flags);
  const body = Number.isFinite(value) ? finite(conversion, type, value) : Number.isNaN(value) ? "nan" : "inf";
  return { type, text: pad(body, sign, conversion, true) };
}

function finite({ flags, precision }: Conversion, type: string, value: number): string {
  const alternate = flags.includes("#");
  const places = precision ?? 6;
  if (type === "f") return withPoint(fixedDigits(value, places), alternate);
  if (type === "e") return exponential(value, places, alternate);
  return general(value, places || 1, alternate);
}

function exponential(value: number, places: number, alternate: boolean): string {
  const { digits, exponent } = exponentDigits(value, places);
  return withPoint(digits, alternate) + exponentText(exponent);
}

const exponentText = (exponent: number): string =>
  `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;

/** C's %g: as %e if the exponent is below -4 or not below the precision, else as %f; trailing zeros go away. */
function general(value: number, significant: number, alternate: boolean): string {
  const { digits, exponent } = exponentDigits(value, significant - 1);
  const short = (text: string): string =>
    alternate ? withPoint(text, true) : text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  if (exponent < -4 || exponent >= significant) return short(digits) + exponentText(exponent);
  return short(fixedDigits(value, significant - 1 - exponent));
}

const withPoint = (digits: string, alternate: boolean): string =>
  alternate && !digits.includes(".") ? `${digits}.` : digits;

const signOf = (negative: boolean, flags: string): string =>
  negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";

function pad(body: string, sign: string, { flags, width }: Conversion, numeric: boolean): string {
  const text = sign + body;
  if (flags.includes("-")) return text.padEnd(width);
  if (numeric && flags.includes("0")) return sign + body.padStart(width - sign.length, "0");
  return text.padStart(width);
}

/** `%g` with 6 digits, the way C++ streams print floats. */
export const generalSix = (value: number): string =>
  (value < 0 || Object.is(value, -0) ? "-" : "") + general(value, 6, false);
