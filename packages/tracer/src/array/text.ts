/** Arrays as text. */

import { formatShape } from "@fluxion/ir";
import { formatAval } from "../core/aval.ts";
import { isAbstract, isKey, isTracer, type NDArray, storageOf, wordsOf } from "../core/ndarray.ts";
import { arrayConversionError } from "../core/tracer-errors.ts";
import { type HostElements, type PrintOptions, reprOf, strOf } from "./format/array-text.ts";
import { isDeleted } from "./placement.ts";

/** @throws TracerArrayConversionError on a traced array. */
export function hostElements(x: NDArray, what: string): HostElements {
  if (isAbstract(x)) throw arrayConversionError(x, what);
  const { dtype, shape, weakType } = x.aval;
  return { dtype, shape, weakType, data: storageOf(x, what) };
}

const tracerText = (x: NDArray): string => `JitTracer(${formatAval(x.aval)})`;

/** Keys print their shape and, below, their words. */
const keyText = (x: NDArray, options?: PrintOptions): string =>
  `Array(${formatShape(x.shape)}, dtype=${x.dtype}) overlaying:\n${str(wordsOf(x), options)}`;

/** What all elements of a float0 array are has no text. */
const float0Text = (x: NDArray): string => `Array(${formatShape(x.shape)}, dtype=${x.dtype})`;

/** As Python's `repr`: `Array([0., 1., 2.], dtype=float32)`, or `JitTracer(float32[3])` while tracing. */
export const repr = (x: NDArray, options?: PrintOptions): string => {
  if (isTracer(x)) return tracerText(x);
  if (x.aval.float0) return float0Text(x);
  return isKey(x) ? keyText(x, options) : reprOf(hostElements(x, "x.repr()"), options);
};

/** As Python's `str`: `[0. 1. 2.]`; a 0-d array prints as its element. */
export const str = (x: NDArray, options?: PrintOptions): string =>
  isTracer(x) || isKey(x) || x.aval.float0 ? repr(x, options) : strOf(hostElements(x, "x.str()"), options);

/** What consoles show: the repr; never an error. */
export function inspect(x: NDArray): string {
  if (isDeleted(x)) return `Array(<deleted>, ${formatAval(x.aval)})`;
  try {
    return repr(x);
  } catch {
    // A device that cannot be read at once.
    return `Array(${formatAval(x.aval)}, device=${x.device}, elements through await x.data())`;
  }
}
