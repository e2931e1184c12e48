/** Whole arrays as text: JAX's `repr`, Python's `str`, NumPy's `array2string`. */

import { type DType, formatShape, type Shape, sizeOf, type TypedArray } from "@fluxion/ir";
import { elementFormatter, scalarElementText } from "./elements.ts";
import { type LayoutOptions, layOut, shownOffsets } from "./layout.ts";

/** An array's elements in storage form. */
export interface HostElements {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weakType: boolean;
  readonly data: TypedArray;
}

/** NumPy's print options. */
export interface PrintOptions {
  /** Columns of a line; 75. */
  readonly maxLineWidth?: number;
  /** Digits after the point at most; 8. */
  readonly precision?: number;
  /** Print numbers that round to zero as 0 instead of using exponents; false. */
  readonly suppressSmall?: boolean;
  /** Arrays with more elements are summarised; 1000. */
  readonly threshold?: number;
  /** Elements shown at each end of a summarised dimension; 3. */
  readonly edgeitems?: number;
}

/** NumPy's own settings. */
const initial: Required<PrintOptions> = {
  maxLineWidth: 75,
  precision: 8,
  suppressSmall: false,
  threshold: 1000,
  edgeitems: 3,
};

let settings = initial;

/** The options of whatever is printed without options of its own. */
export const printSettings = (): Required<PrintOptions> => settings;

export function setPrintSettings(options: PrintOptions): void {
  settings = { ...settings, ...options };
}

const lineWidthOf = (options: PrintOptions): number => options.maxLineWidth ?? settings.maxLineWidth;

interface Surroundings {
  readonly separator: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** NumPy's `array2string`. */
export function arrayToString(x: HostElements, around: Surroundings, options: PrintOptions = {}): string {
  if (sizeOf(x.shape) === 0) return "[]";
  const layout: LayoutOptions = {
    separator: around.separator,
    prefix: around.prefix,
    lineWidth: lineWidthOf(options) - around.suffix.length,
    threshold: options.threshold ?? settings.threshold,
    edgeItems: options.edgeitems ?? settings.edgeitems,
  };
  const offsets = shownOffsets(x.shape, layout);
  const { precision = settings.precision, suppressSmall = settings.suppressSmall } = options;
  const numbers = { precision, suppressSmall };
  return layOut(x.shape, elementFormatter(x.dtype, x.data, offsets, x.shape.length === 0, numbers), layout);
}

/** As JAX prints `repr(x)`: `Array([0., 1., 2.], dtype=float32)`. */
export function reprOf(x: HostElements, options: PrintOptions = {}): string {
  const prefix = "Array(";
  const type = `dtype=${x.dtype}${x.weakType ? ", weak_type=True" : ""}`;
  const body =
    sizeOf(x.shape) === 0
      ? `[], shape=${formatShape(x.shape)}`
      : arrayToString(x, { separator: ", ", prefix, suffix: "," }, options);
  const lastLine = body.length - body.lastIndexOf("\n") + 1;
  // JAX pads here without breaking the line.
  const space = lastLine + type.length + 2 > lineWidthOf(options) ? " ".repeat(prefix.length) : " ";
  return `${prefix}${body},${space}${type})`;
}

/** As Python prints `str(x)`: `[0. 1. 2.]`; a 0-d array prints as its element. */
export const strOf = (x: HostElements, options: PrintOptions = {}): string =>
  x.shape.length === 0
    ? scalarElementText(x.dtype, x.data)
    : arrayToString(x, { separator: " ", prefix: "", suffix: "" }, options);
