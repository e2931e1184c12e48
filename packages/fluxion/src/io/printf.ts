/** Python's `%` formatting of numbers, as far as `savetxt` uses it. */

import { exponentDigits, fixedDigits } from "./decimal.ts";

export type Scalar = number | bigint | boolean;

/** A format made ready: `literals[i]` stands before what `conversions[i]` makes of value i, the last one at the end. */
export interface Format {
  readonly literals: readonly string[];
  readonly conversions: readonly ((value: Scalar) => string)[];
}

/** The parts of a conversion such as `%-8.3f`. */
interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

const maxDigits = 10_000;
const conversionPattern = /%([-+ #0]*)(\d*)(?:\.(\d*))?([hlL]?)(.?)/gs;

/**
 * Parses a format; `text` is how Python's `str` prints a value, for `%s`. Throws `TypeError` for what Python would
 * refuse, and for `%r`, `%a`, `%c`, `%*d` and `%(name)d`.
 */
export function parseFormat(format: string, text: (value: Scalar) => string): Format {
  const literals: string[] = [];
  const conversions: ((value: Scalar) => string)[] = [];
  let literal = "";
  let at = 0;
  for (const found of format.matchAll(conversionPattern)) {
    const [all, flags, width, precision, , type] = found;
    literal += format.slice(at, found.index);
    at = found.index + all.length;
    if (type === "%") {
      literal += "%";
      continue;
    }
    const digits = precision === undefined ? undefined : Number(precision);
    if (Number(width) > maxDigits || (digits ?? 0) > maxDigits) {
      throw new RangeError(`fmt ${JSON.stringify(format)}: width and precision go up to ${maxDigits}`);
    }
    const convert = converter({ flags, width: Number(width), precision: digits, type }, text);
    if (!convert) {
      const known = "use %d %x %o %e %f %g or %s";
      throw new TypeError(
        `fmt ${JSON.stringify(format)}: cannot format with ${JSON.stringify(all)}; ${known}`,
      );
    }
    conversions.push(convert);
    literals.push(literal);
    literal = "";
  }
  return { literals: [...literals, literal + format.slice(at)], conversions };
}

function converter(spec: Spec, text: (value: Scalar) => string): ((value: Scalar) => string) | undefined {
  const { type, precision } = spec;
  switch (type) {
    case "s":
      return (value) => pad(text(value).slice(0, precision), "", spec, false);
    case "d":
    case "i":
    case "u":
      return (value) => integer(spec, toInteger(value), 10, "");
    case "o":
      return (value) => integer(spec, exactInteger(value, type), 8, "0o");
    case "x":
      return (value) => integer(spec, exactInteger(value, type), 16, "0x");
    case "X":
      return (value) => integer(spec, exactInteger(value, type), 16, "0x").toUpperCase();
    case "e":
    case "f":
    case "g":
      return (value) => real(spec, type, Number(value));
    case "E":
    case "F":
    case "G":
      return (value) => real(spec, type.toLowerCase(), Number(value)).toUpperCase();
    default:
      return undefined;
  }
}

/** Python's int(): towards zero. */
function toInteger(value: Scalar): bigint {
  if (typeof value !== "number") return BigInt(value);
  if (!Number.isFinite(value)) throw new TypeError(`cannot convert ${value} to an integer; use %e, %f or %g`);
  return BigInt(Math.trunc(value));
}

function exactInteger(value: Scalar, type: string): bigint {
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw new TypeError(`%${type} formats integers only, got ${value}`);
  }
  return BigInt(value);
}

function integer(spec: Spec, value: bigint, base: number, prefix: string): string {
  const magnitude = (value < 0n ? -value : value).toString(base).padStart(spec.precision ?? 0, "0");
  const sign = signOf(value < 0n, spec.flags) + (spec.flags.includes("#") ? prefix : "");
  return pad(magnitude, sign, spec, true);
}

function real(spec: Spec, type: string, value: number): string {
  const negative = value < 0 || Object.is(value, -0);
  const body = Number.isFinite(value) ? finite(spec, type, value) : Number.isNaN(value) ? "nan" : "inf";
  return pad(body, signOf(negative, spec.flags), spec, true);
}

function finite({ flags, precision }: Spec, type: string, value: number): string {
  const alternate = flags.includes("#");
  const places = precision ?? 6;
  if (type === "f") return withPoint(fixedDigits(value, places), alternate);
  if (type === "g") return general(value, places || 1, alternate);
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

function pad(body: string, sign: string, { flags, width }: Spec, numeric: boolean): string {
  if (sign.length + body.length >= width) return sign + body;
  if (flags.includes("-")) return (sign + body).padEnd(width);
  if (numeric && flags.includes("0")) return sign + body.padStart(width - sign.length, "0");
  return (sign + body).padStart(width);
}

/** `%g` with 6 digits, the way C++ streams print floats. */
export const generalSix = (value: number): string =>
  (value < 0 || Object.is(value, -0) ? "-" : "") + general(value, 6, false);
