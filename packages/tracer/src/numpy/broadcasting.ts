/** Repetition along axes without copying by hand: broadcasts, grids, tiles. */

import { formatShape, type Shape } from "@fluxion/ir";
import { type ArrayLike, asArray, asArrayOrKey } from "../core/as-array.ts";
import { keyWidth } from "../core/aval.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import * as emit from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../core/ndarray.ts";
import { notImplemented, rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { ReshapeFunction } from "../types/movement.ts";
import { broadcastError, broadcastShapeOf, tryBroadcastShapes } from "./broadcast.ts";
import { stack } from "./join.ts";
import { checkShape, readDType, readOptions, readShape } from "./options.ts";
import { defaultInt } from "./promotion.ts";
import { readFlag } from "./scalars.ts";

function broadcastToOf(array: ArrayLike, shape: number | readonly number[]): NDArray {
  const x = asArrayOrKey(array, "broadcastTo", 0);
  const dims = checkShape("broadcastTo", readShape("broadcastTo", shape));
  const fits = tryBroadcastShapes([x.shape, dims]);
  if (x.ndim > dims.length || fits === undefined || fits.join() !== dims.join()) {
    throw new RangeError(
      `Incompatible types for broadcasting: input type=${x.dtype}[${x.shape.join(",")}] and requested type=` +
        `${x.dtype}[${dims.join(",")}]${atLocation(userLocation())}`,
    );
  }
  if (isKey(x)) return keysOf(broadcastTo(wordsOf(expandKeys(x, dims.length)), [...dims, keyWidth]));
  return dispatchOne("jnp.broadcast_to", [x], { dims }, ([a], s) => emit.broadcastTo(a, s.dims));
}

/**
 * `array` repeated to a shape by NumPy's rules.
 * @throws RangeError if it does not fit.
 */
export const broadcastTo = broadcastToOf as ReshapeFunction;

/** Axes in front of the keys, so that the axis of their words stays the last one. */
const expandKeys = (x: NDArray, rank: number): NDArray =>
  lax.reshape(x, [...new Array<number>(rank - x.ndim).fill(1), ...x.shape]);

/** The shape that shapes take together. @throws TypeError if they do not fit. */
export function broadcastShapes(...shapes: readonly (number | readonly number[])[]): number[] {
  const list = shapes.map((shape) => checkShape("broadcastShapes", readShape("broadcastShapes", shape)));
  const shape = tryBroadcastShapes(list);
  if (shape === undefined) throw broadcastError("broadcastShapes", list);
  return shape;
}

/** Arrays repeated to one shape, each of its own dtype. */
export function broadcastArrays(...arrays: readonly ArrayLike[]): NDArray[] {
  const args = arrays.map((x, i) => asArray(x, "broadcastArrays", i));
  return dispatch("jnp.broadcast_arrays", args, undefined, (list) => {
    const shape = broadcastShapeOf("broadcastArrays", list);
    return list.map((x) => emit.broadcastTo(x, shape));
  });
}

/**
 * Coordinates of a grid from those along its axes, one array for each axis. `indexing` "xy" exchanges the first two axes
 * of the results, "ij" does not; `sparse` leaves size 1 instead of repeating.
 */
export function meshgrid(...args: readonly unknown[]): NDArray[] {
  const last = args[args.length - 1];
  const isLast =
    typeof last === "object" && last !== null && Object.getPrototypeOf(last) === Object.prototype;
  const vectors = (isLast ? args.slice(0, -1) : args).map((x, i) => asArray(x, "meshgrid", i));
  const o = readOptions("meshgrid", ["copy", "sparse", "indexing"], isLast ? [last] : []);
  const indexing = o.indexing ?? "xy";
  if (indexing !== "xy" && indexing !== "ij")
    throw rangeError(`Valid values for indexing are 'xy' and 'ij', got ${String(indexing)}`);
  if (vectors.some(({ ndim }) => ndim !== 1)) {
    const shapes = vectors.map((x) => formatShape(x.shape)).join(", ");
    throw rangeError(`Arguments to jax.numpy.meshgrid must be 1D, got shapes [${shapes}]`);
  }
  const places = vectors.map((_, i) => i);
  if (indexing === "xy" && places.length >= 2) [places[0], places[1]] = [1, 0];
  return dispatch("jnp.meshgrid", vectors, { places, sparse: readFlag(o.sparse, "sparse") }, gridOf);
}

function gridOf(
  vectors: readonly NDArray[],
  { places, sparse }: { readonly places: readonly number[]; readonly sparse: boolean },
): NDArray[] {
  const shape = new Array<number>(vectors.length).fill(1);
  if (!sparse)
    vectors.forEach((x, i) => {
      shape[places[i]] = x.shape[0];
    });
  return vectors.map((x, i) => {
    const own = shape.map((size, axis) => (axis === places[i] ? x.shape[0] : size));
    return lax.broadcastInDim(x, own, [places[i]]);
  });
}

/** Indices of every element of a shape: one array with a leading axis, or with `sparse` a list of arrays. */
export function indices(dimensions: Shape, ...rest: readonly unknown[]): NDArray | NDArray[] {
  const o = readOptions("indices", ["dtype", "sparse"], rest);
  const shape = readShape("indices", dimensions);
  const dtype = readDType("indices", o.dtype) ?? defaultInt();
  if (readFlag(o.sparse, "sparse")) {
    const ownShape = (axis: number): number[] => shape.map((size, i) => (i === axis ? size : 1));
    return shape.map((_, axis) => lax.broadcastedIota(dtype, ownShape(axis), axis));
  }
  if (shape.length === 0) return lax.full([0], 0, dtype);
  return dispatchOne("jnp.indices", [], { shape, dtype }, (_, s) =>
    stack(s.shape.map((__, axis) => lax.broadcastedIota(s.dtype, s.shape, axis))),
  );
}

/** Index arrays for a selection by rows and columns: the i-th lies along axis i. */
export function ix_(...args: readonly ArrayLike[]): NDArray[] {
  return args.map((arg, i) => {
    const x = asArray(arg, "ix_", i);
    if (x.dtype === "bool")
      throw notImplemented(
        `Boolean arguments to jnp.ix_ are not implemented; argument ${i} is a mask, whose indices jnp.flatnonzero(mask) gives.`,
      );
    if (x.ndim !== 1)
      throw rangeError(`Arguments to jnp.ix_ must be 1-dimensional, got shape ${formatShape(x.shape)}`);
    return lax.reshape(
      x,
      args.map((_, axis) => (axis === i ? x.shape[0] : 1)),
    );
  });
}

/** `A` side by side `reps` times along each axis, the last axis last. */
export function tile(a: ArrayLike, reps: number | readonly number[]): NDArray {
  const x = asArray(a, "tile", 0);
  const counts = checkShape("tile", readShape("tile", reps), "reps");
  const rank = Math.max(x.ndim, counts.length);
  const pad = (list: readonly number[]): number[] => [
    ...new Array<number>(rank - list.length).fill(1),
    ...list,
  ];
  const statics = { shape: pad(x.shape), counts: pad(counts) };
  return dispatchOne("jnp.tile", [x], statics, ([b], s) => {
    const blocks = s.shape.flatMap((size, axis) => (s.counts[axis] === 1 ? [size] : [s.counts[axis], size]));
    let place = -1;
    const dimensions = s.counts.map((count) => {
      place += count === 1 ? 1 : 2;
      return place;
    });
    const repeated = emit.broadcastInDim(emit.reshape(b, s.shape), blocks, dimensions);
    return emit.reshape(
      repeated,
      s.shape.map((size, axis) => size * s.counts[axis]),
    );
  });
}
