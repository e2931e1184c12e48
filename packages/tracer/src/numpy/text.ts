/** NumPy's functions that print arrays. `String(x)` prints as JAX does. */

import { formatShape, sizeOf } from "@fluxion/ir";
import { arrayToString, type PrintOptions, printSettings } from "../array/format/array-text.ts";
import { hostElements, str } from "../array/text.ts";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { readOptions } from "./options.ts";

const optionNames = ["maxLineWidth", "precision", "suppressSmall", "threshold", "edgeitems"] as const;

const printOptions = (fn: string, rest: readonly unknown[]): PrintOptions => {
  const given = Object.entries(readOptions(fn, optionNames, rest)).filter(([, value]) => value !== null);
  return Object.fromEntries(given);
};

/** As Python's `str(x)`: `[0. 1. 2.]`. Options: maxLineWidth, precision, suppressSmall. */
export const arrayStr = (x: ArrayLike, ...rest: readonly unknown[]): string =>
  str(asArray(x, "arrayStr", 0), printOptions("arrayStr", rest));

/** dtypes that NumPy's text shows without naming them. */
const implied: ReadonlySet<string> = new Set(["bool", "int64", "float64", "complex128"]);

/** As NumPy's `array_repr` prints JAX's arrays: `ArrayImpl([0., 1.], dtype=float32)`. */
export function arrayRepr(x: ArrayLike, ...rest: readonly unknown[]): string {
  const options = printOptions("arrayRepr", rest);
  const elements = hostElements(asArray(x, "arrayRepr", 0), "arrayRepr");
  const { dtype, shape } = elements;
  const size = sizeOf(shape);
  const prefix = "ArrayImpl(";
  const body = prefix + arrayToString(elements, { separator: ", ", prefix, suffix: ")" }, options);
  const shown =
    (size === 0 && shape.join() !== "0") || size > (options.threshold ?? printSettings().threshold);
  const extras = [
    ...(shown ? [`shape=${formatShape(shape)}`] : []),
    ...(size === 0 || !implied.has(dtype) ? [`dtype=${dtype}`] : []),
  ];
  if (extras.length === 0) return `${body})`;
  const tail = `${extras.join(", ")})`;
  const lastLine = body.length - body.lastIndexOf("\n");
  const breaks = lastLine + tail.length + 1 > (options.maxLineWidth ?? printSettings().maxLineWidth);
  return `${body},${breaks ? `\n${" ".repeat(prefix.length)}` : " "}${tail}`;
}

/** NumPy's `array2string`: as `str`, a 0-d array in its own notation, with a separator, a prefix and a suffix. */
export function array2string(x: ArrayLike, options: PrintOptions & Partial<Surroundings> = {}): string {
  const { separator = " ", prefix = "", suffix = "", ...print } = options;
  const elements = hostElements(asArray(x, "array2string", 0), "array2string");
  return arrayToString(elements, { separator, prefix, suffix }, print);
}

interface Surroundings {
  /** Between elements. */
  readonly separator: string;
  /** What will stand before the text: further lines are indented by its length. */
  readonly prefix: string;
  /** What will stand after it: lines are shorter by its length. */
  readonly suffix: string;
}
