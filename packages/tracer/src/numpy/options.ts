/** Options objects: what Python passes by keyword comes in one last object, accepted early as well. */

import { type DType, formatShape, isDType, type Shape } from "@fluxion/ir";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isAbstract, NDArray } from "../core/ndarray.ts";
import { tracedShapeError } from "../core/tracer-errors.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { warnTruncation } from "../core/warnings.ts";
import { canonicalDType } from "./promotion.ts";
import { readInteger } from "./scalars.ts";

/** Whether a value is an options object and not an array, a list or null. */
export const isOptions = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * Names positional arguments, and merges the options object that may stand at any place after them.
 * @throws TypeError on an unknown option or one given twice; the text lists what the function knows.
 */
export function readOptions<N extends string>(
  fn: string,
  names: readonly N[],
  args: readonly unknown[],
): Partial<Record<N, unknown>> {
  const result: Partial<Record<N, unknown>> = {};
  args.forEach((arg, i) => {
    if (isOptions(arg) && i === args.length - 1) mergeOptions(fn, names, result, arg);
    else if (i < names.length) result[names[i]] = arg;
    else
      throw typeError(`${fn}() takes at most ${names.length} arguments after its arrays, got ${args.length}`);
  });
  return result;
}

/** @throws TypeError if one of the arguments after the arrays is an options object; such a function has no options. */
export function refuseOptions(fn: string, rest: readonly unknown[]): void {
  const options = rest.find(isOptions);
  if (options !== undefined)
    throw typeError(`${fn}() takes no options, got ${Object.keys(options).join(", ") || "an empty object"}`);
}

function mergeOptions<N extends string>(
  fn: string,
  names: readonly N[],
  result: Partial<Record<N, unknown>>,
  given: Record<string, unknown>,
): void {
  for (const [name, value] of Object.entries(given)) {
    const known = names.find((candidate) => candidate === name);
    if (known === undefined) {
      throw new TypeError(
        `${fn}() got an unexpected option '${name}'. It takes: ${names.join(", ")}${atLocation(userLocation())}`,
      );
    }
    if (result[known] !== undefined) throw typeError(`${fn}() got multiple values for argument '${name}'`);
    result[known] = value;
  }
}

/**
 * A dtype as the user gives it, narrowed with a warning if x64 is off.
 * @throws TypeError if there is no such dtype.
 */
export function readDType(fn: string, dtype: unknown): DType | undefined {
  if (dtype === undefined || dtype === null) return undefined;
  const name = typeof dtype === "string" ? (aliases[dtype] ?? dtype) : undefined;
  if (name === undefined || !isDType(name)) {
    throw typeError(
      `${fn}: data type ${JSON.stringify(dtype)} not understood. Use a name such as "float32" or jnp.float32.`,
    );
  }
  const canonical = canonicalDType(name);
  if (canonical !== name && name === dtype) warnTruncation(name, canonical, fn);
  return canonical;
}

/** Python's and JAX's generic names: they mean the default width and never warn. */
const aliases: Record<string, string> = {
  float: "float64",
  int: "int64",
  complex: "complex128",
  bool_: "bool",
  uint: "uint64",
};

/**
 * A shape as the user gives it: a number or a list of numbers.
 * @throws TypeError with JAX's phrase if it holds anything else; a traced value gets advice.
 */
export function readShape(fn: string, shape: unknown): number[] {
  const list = Array.isArray(shape) ? (shape as unknown[]) : [shape];
  if (!list.every(isSize)) {
    const traced = list.find(isAbstract);
    if (traced !== undefined) throw tracedShapeError(traced, fn, formatList(list));
    const concrete = list.map((dim) => (dim instanceof NDArray ? dim.item() : dim));
    if (concrete.every(isSize)) return concrete;
    throw new TypeError(
      `Shapes must be 1D sequences of concrete values of integer type, got ${formatList(list)} in ${fn}.` +
        atLocation(userLocation()),
    );
  }
  return list as number[];
}

const isSize = (dim: unknown): dim is number => typeof dim === "number" && Number.isInteger(dim);

const formatList = (list: readonly unknown[]): string =>
  `(${list.map((item) => (item instanceof NDArray ? `JitTracer(${item.weakType ? "~" : ""}${item.dtype}[${item.shape.join(",")}])` : String(item))).join(", ")}${list.length === 1 ? "," : ""})`;

/** A shape without negative sizes. */
export function checkShape(fn: string, shape: Shape, what = "shape"): Shape {
  const bad = shape.find((dim) => dim < 0);
  if (bad !== undefined)
    throw typeError(`${fn}: ${what} must have non-negative sizes, got (${shape.join(", ")})`);
  return shape;
}

/** Axis from −ndim … ndim − 1 to 0 … ndim − 1. @throws RangeError if it is outside, TypeError if it is no integer. */
export function normalizeAxis(axis: unknown, ndim: number): number {
  const at = readInteger(axis, "axis");
  if (at < -ndim || at >= ndim)
    throw rangeError(`axis ${at} is out of bounds for array of dimension ${ndim}`);
  return at < 0 ? at + ndim : at;
}

/** Axes of a reduction: all of them if none are given. */
export function readAxes(axis: unknown, ndim: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: ndim }, (_, i) => i);
  const axes = (Array.isArray(axis) ? axis : [axis]).map((a) => normalizeAxis(a, ndim));
  if (new Set(axes).size !== axes.length)
    throw rangeError(`duplicate value in 'axis': ${formatShape(axis as number[])}`);
  return axes.sort((a, b) => a - b);
}
