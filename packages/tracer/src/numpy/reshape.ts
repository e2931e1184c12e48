/** Shapes: reshape, ravel, axes of size 1, and questions about an array's shape. */

import { formatShape, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArrayOrKey } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { ExpandDimsFunction, ReshapeFunction, SqueezeFunction } from "../types/movement.ts";
import { readAxes, readOptions, readShape } from "./options.ts";
import { isGiven } from "./scalars.ts";

type Axes = number | readonly number[];

/**
 * A shape whose −1 stands for what is left of the elements.
 * @throws TypeError if the number of elements does not fit.
 */
export function resolveShape(from: readonly number[], shape: readonly number[]): number[] {
  const fail = (why: string): never => {
    throw new TypeError(`${why}${atLocation(userLocation())}`);
  };
  const size = sizeOf(from);
  const head = `cannot reshape array of shape ${formatShape(from)} (size ${size}) into shape ${formatShape(shape)}`;
  const unknown = shape.filter((dim) => dim === -1).length;
  if (unknown > 1)
    fail(`can only specify one unknown axis size with a \`-1\` value, got ${formatShape(shape)}`);
  if (shape.some((dim) => dim < -1)) fail(`${head}: sizes must not be negative`);
  const known = sizeOf(shape.filter((dim) => dim !== -1));
  if (unknown === 0) return known === size ? [...shape] : fail(`${head} (size ${known})`);
  if (known === 0 || size % known !== 0)
    fail(`${head} because the product of specified axis sizes (${known}) does not evenly divide ${size}`);
  return shape.map((dim) => (dim === -1 ? size / known : dim));
}

/** Every axis, the last first. */
const reversed = (ndim: number): number[] => Array.from({ length: ndim }, (_, axis) => ndim - 1 - axis);

function reshapeOf(a: ArrayLike, shape: Axes, ...rest: readonly unknown[]): NDArray {
  const { order } = readOptions("reshape", ["order", "copy"], rest);
  const x = asArrayOrKey(a, "reshape", 0);
  const dims = resolveShape(x.shape, readShape("reshape", shape));
  if (order === undefined || order === "C") return lax.reshape(x, dims);
  if (order !== "F")
    throw rangeError(`Unexpected value for 'order' argument: ${String(order)}. Use "C" or "F".`);
  return dispatchOne("jnp.reshape.F", [x], { dims }, ([b], s) => {
    const columns = lax.reshape(lax.transpose(b, reversed(b.ndim)), [...s.dims].reverse());
    return lax.transpose(columns, reversed(s.dims.length));
  });
}

/**
 * The same elements under another shape; one size may be −1. `order` is "C" (row-major) or "F" (column-major).
 * @throws TypeError if the number of elements differs.
 */
export const reshape = reshapeOf as ReshapeFunction;

/** One axis with all elements. */
export const ravel = (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
  const { order } = readOptions("ravel", ["order"], rest);
  return reshape(a, [-1], { order });
};

function squeezeOf(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { axis } = readOptions("squeeze", ["axis"], rest);
  const x = asArrayOrKey(a, "squeeze", 0);
  if (axis !== undefined && axis !== null) return lax.squeeze(x, readAxes(axis, x.ndim));
  return lax.squeeze(
    x,
    x.shape.flatMap((size, i) => (size === 1 ? [i] : [])),
  );
}

/** Drops axes of size 1: all of them, or the given ones. @throws RangeError if one has another size. */
export const squeeze = squeezeOf as SqueezeFunction;

function expandDimsOf(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { axis } = readOptions("expandDims", ["axis"], rest);
  if (!isGiven(axis)) throw typeError("expandDims() missing 1 required argument: 'axis'");
  return lax.expandDims(a, axis as Axes);
}

/** Adds axes of size 1 at the given places of the result. */
export const expandDims = expandDimsOf as ExpandDimsFunction;

/** An array of at least `n` axes, size 1 in front. */
const atLeast =
  (name: string, place: (x: NDArray) => number[]) =>
  (...arrays: readonly ArrayLike[]): NDArray | NDArray[] => {
    const results = arrays.map((a, i) => {
      const x = asArrayOrKey(a, name, i);
      return lax.reshape(x, place(x));
    });
    return results.length === 1 ? results[0] : results;
  };

const inFront = (shape: readonly number[], n: number): number[] => [
  ...new Array<number>(Math.max(0, n - shape.length)).fill(1),
  ...shape,
];

export const atleast1d = atLeast("atleast1d", ({ shape }) => inFront(shape, 1));
export const atleast2d = atLeast("atleast2d", ({ shape }) => inFront(shape, 2));
/** Arrays of at least three axes; a vector of n elements becomes (1, n, 1), a matrix (m, n, 1). */
export const atleast3d = atLeast("atleast3d", ({ shape }) => {
  if (shape.length === 1) return [1, shape[0], 1];
  return shape.length === 2 ? [...shape, 1] : inFront(shape, 3);
});

/** Sizes of the axes. */
export const shape = (a: ArrayLike): readonly number[] => asArrayOrKey(a, "shape", 0).shape;
/** Number of axes. */
export const ndim = (a: ArrayLike): number => asArrayOrKey(a, "ndim", 0).ndim;
/** Number of elements, or of those along the given axes. */
export function size(a: ArrayLike, ...rest: readonly unknown[]): number {
  const { axis } = readOptions("size", ["axis"], rest);
  const x = asArrayOrKey(a, "size", 0);
  return sizeOf(readAxes(axis, x.ndim).map((i) => x.shape[i]));
}
