/** Where elements are not zero. The number of places decides a shape: it must be known, or given as `size`. */

import { type Shape, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, full, reshape } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { combinations, emitScatter } from "../lax/scatter.ts";
import type { WhereFunction } from "../types/movement.ts";
import { cumsum } from "./cumulative.ts";
import { checkShape, isOptions, readOptions } from "./options.ts";
import { countNonzero } from "./reduce.ts";
import { isGiven, readInteger } from "./scalars.ts";
import { concreteNumber } from "./search.ts";
import { flattened } from "./sort.ts";
import { where as choose } from "./where.ts";

const isTrue = (x: NDArray): NDArray =>
  x.dtype === "bool" ? x : lax.ne(x, broadcastTo(full([], 0, x.dtype), x.shape));

/**
 * Emits the row-major positions of the true elements of a vector, `size` of them; where there are fewer, `fill` stands.
 */
export function truePlaces(mask: NDArray, size: number, fill: number): NDArray {
  const [count] = mask.shape;
  const start = full([size], fill, "int32");
  if (count === 0 || size === 0) return broadcastTo(start, [size]);
  const rank = lax.sub(cumsum(convert(mask, "int32")), full([count], 1, "int32"));
  const target = lax.select(mask, rank, full([count], size, "int32"));
  const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] };
  const plan = { numbers, clip: false, unique: false, sorted: false };
  return emitScatter(start, reshape(target, [count, 1]), lax.iota("int32", count), plan, combinations.set);
}

/** One index array for each axis, from row-major positions. */
export function unravel(places: NDArray, shape: Shape): NDArray[] {
  const constant = (value: number): NDArray => broadcastTo(full([], value, places.dtype), places.shape);
  let rest = places;
  const indices: NDArray[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = constant(Math.max(1, shape[axis]));
    indices.unshift(lax.rem(rest, size));
    rest = lax.div(rest, size);
  }
  return indices;
}

const context = (fn: string): string =>
  `The size argument of jnp.${fn} must be statically specified to use jnp.${fn} within JAX transformations.`;

/** How many elements are not zero: `size` if it is given. */
export function countOrSize(fn: string, x: NDArray, size: unknown): number {
  if (isGiven(size)) return checkShape(fn, [readInteger(size, "size")], "size")[0];
  return concreteNumber(countNonzero(x), context(fn));
}

function readFill(fillValue: unknown, ndim: number): number[] {
  const list = Array.isArray(fillValue)
    ? (fillValue as number[])
    : new Array<number>(ndim).fill(readInteger(fillValue, "fillValue", 0));
  if (list.length !== ndim)
    throw rangeError(`fill_value has ${list.length} entries for an array with ${ndim} axes`);
  return list.map(Number);
}

/** As `nonzero`, under the name of the function that the user called. */
function nonzeroOf(fn: string, a: NDArray, o: { size?: unknown; fillValue?: unknown }): NDArray[] {
  if (a.ndim === 0)
    throw rangeError(
      `Calling ${fn} on 0d arrays is not allowed. Use jnp.atleast1d(scalar).nonzero() instead.`,
    );
  const size = countOrSize(fn, a, o.size);
  const fill = readFill(o.fillValue, a.ndim);
  return dispatch("jnp.nonzero", [a], { size, fill }, ([x], s) => {
    const mask = flattened(isTrue(x));
    const [places, found] = [truePlaces(mask, s.size, 0), truePlaces(mask, s.size, -1)];
    const missing = lax.lt(found, full([s.size], 0, "int32"));
    return unravel(places, x.shape).map((index, axis) =>
      s.fill[axis] === 0 && sizeOf(x.shape) > 0
        ? lax.select(missing, full([s.size], 0, "int32"), index)
        : lax.select(missing, full([s.size], s.fill[axis], "int32"), index),
    );
  });
}

/**
 * Indices of the elements that are not zero, one array for each axis. Under `jit` their number, `size`, must be given;
 * where there are fewer, `fillValue` (0) stands.
 * @throws ConcretizationTypeError without `size` under jit.
 */
export function nonzero(a: ArrayLike, ...rest: readonly unknown[]): NDArray[] {
  return nonzeroOf("nonzero", asArray(a, "nonzero", 0), readOptions("nonzero", ["size", "fillValue"], rest));
}

function whereOf(condition: ArrayLike, ...rest: readonly unknown[]): NDArray | NDArray[] {
  const cases = rest.filter((x) => !isOptions(x));
  if (!cases.some(isGiven))
    return nonzeroOf(
      "where",
      asArray(condition, "where", 0),
      readOptions("where", ["size", "fillValue"], rest.slice(cases.length)),
    );
  if (rest.length !== 2 || !rest.every(isGiven))
    throw typeError(
      "Either both or neither of the x and y arguments should be provided to jnp.where(condition, x, y); size and " +
        "fillValue belong to the form with neither.",
    );
  return choose(condition, ...(rest as [ArrayLike, ArrayLike]));
}

/**
 * `x` where the condition holds, else `y`; all three broadcast, a number counts as true unless it is 0. With the condition
 * alone, `nonzero`.
 * @throws TypeError if one of `x` and `y` is missing, or shapes do not broadcast.
 */
export const where = whereOf as WhereFunction;

/** As `nonzero`, of the flattened array: one array. */
export function flatnonzero(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const x = asArray(a, "flatnonzero", 0);
  const o = readOptions("flatnonzero", ["size", "fillValue"], rest);
  const flat = dispatchOne("jnp.ravel", [x], undefined, ([b]) => flattened(b));
  return nonzeroOf("flatnonzero", flat, o)[0];
}

/** Indices of the elements that are not zero as rows of a matrix. */
export function argwhere(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const x = asArray(a, "argwhere", 0);
  const o = readOptions("argwhere", ["size", "fillValue"], rest);
  if (x.ndim === 0) {
    const rows = countOrSize("argwhere", x, o.size);
    return lax.full([rows, 0], 0, "int32");
  }
  return dispatchOne("jnp.argwhere", nonzeroOf("argwhere", x, o), undefined, (columns) =>
    lax.concatenate(
      columns.map((column) => reshape(column, [...column.shape, 1])),
      1,
    ),
  );
}
