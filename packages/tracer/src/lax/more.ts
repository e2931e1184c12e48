/** Small functions of `lax` that are made of others. */

import { type DType, formatShape, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { full as constant } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { broadcastError, tryBroadcastShapes } from "../numpy/broadcast.ts";
import { normalizeAxis } from "../numpy/options.ts";
import { full } from "./creation.ts";
import { type DotOptions, dotGeneral } from "./dot.ts";
import { eq, lt } from "./elementwise.ts";
import { broadcastInDim, concatenate, expandDims, reshape, split, squeeze } from "./movement.ts";
import { integerPow } from "./powers.ts";
import { select } from "./select.ts";

/** 1 / x. */
export const reciprocal = (x: ArrayLike): NDArray => integerPow(x, -1);

/** Arrays of one shape joined along a new axis. */
export function stack(operands: readonly ArrayLike[], axis = 0): NDArray {
  const arrays = operands.map((x, i) => asArray(x, "stack", i));
  return concatenate(
    arrays.map((x) => expandDims(x, [normalizeAxis(axis, x.ndim + 1)])),
    normalizeAxis(axis, (arrays[0]?.ndim ?? 0) + 1),
  );
}

/** The parts of an array along an axis, without that axis. */
export function unstack(x: ArrayLike, axis = 0): NDArray[] {
  const a = asArray(x, "unstack", 0);
  const at = normalizeAxis(axis, a.ndim);
  return split(a, new Array<number>(a.shape[at]).fill(1), at).map((part) => squeeze(part, at));
}

/** The array side by side, `reps` times along each axis. @throws RangeError unless there is a count for each axis. */
export function tile(x: ArrayLike, reps: readonly number[]): NDArray {
  const a = asArray(x, "tile", 0);
  if (reps.length !== a.ndim)
    throw rangeError(`lax.tile: ${reps.length} repetitions do not fit the shape ${formatShape(a.shape)}.`);
  const blocks = broadcastInDim(
    a,
    a.shape.flatMap((size, axis) => [reps[axis], size]),
    a.shape.map((_, axis) => 2 * axis + 1),
  );
  return reshape(
    blocks,
    a.shape.map((size, axis) => size * reps[axis]),
  );
}

/** The shape that shapes take together. @throws TypeError if they do not fit. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const shape = tryBroadcastShapes(shapes);
  if (shape === undefined) throw broadcastError("broadcastShapes", shapes);
  return shape;
}

/** Leading axes of size 1 up to a number of axes. */
export function broadcastToRank(x: ArrayLike, rank: number): NDArray {
  const a = asArray(x, "broadcastToRank", 0);
  if (rank < a.ndim) throw rangeError(`cannot broadcast an array of ${a.ndim} axes to ${rank}.`);
  return reshape(a, [...new Array<number>(rank - a.ndim).fill(1), ...a.shape]);
}

/** Axes from `startDimension` up to `stopDimension` (not included, the last by default) as one. */
export function collapse(x: ArrayLike, startDimension: number, stopDimension?: number): NDArray {
  const a = asArray(x, "collapse", 0);
  const [start, stop] = [startDimension, stopDimension ?? a.ndim].map((axis) =>
    axis < 0 ? axis + a.ndim : axis,
  );
  if (start < 0 || stop > a.ndim || start > stop)
    throw rangeError(`lax.collapse: axes ${start} to ${stop} do not fit the shape ${formatShape(a.shape)}.`);
  return reshape(a, [...a.shape.slice(0, start), sizeOf(a.shape.slice(start, stop)), ...a.shape.slice(stop)]);
}

/** Products of the matrices in the last two axes, for each index of the others. */
export function batchMatmul(lhs: ArrayLike, rhs: ArrayLike, options: DotOptions = {}): NDArray {
  const [a, b] = [asArray(lhs, "batchMatmul", 0), asArray(rhs, "batchMatmul", 1)];
  if (a.ndim < 2 || b.ndim !== a.ndim)
    throw rangeError(
      `Arguments to batch_matmul must be at least 2D and of one rank, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  const batch = Array.from({ length: a.ndim - 2 }, (_, i) => i);
  return dotGeneral(
    a,
    b,
    [
      [[a.ndim - 1], [a.ndim - 2]],
      [batch, batch],
    ],
    options,
  );
}

/**
 * The case that `which` names, element by element: a bool chooses between two, an int32 among several (its value must be
 * in range). All cases have one shape and dtype.
 */
export function selectN(which: ArrayLike, ...cases: readonly ArrayLike[]): NDArray {
  const operands = [which, ...cases].map((x, i) => asArray(x, "selectN", i));
  const [w] = operands;
  if (cases.length === 0) throw typeError("select_n must have at least one case");
  if (w.dtype !== "bool" && w.dtype !== "int32")
    throw typeError(`select_n \`which\` must have boolean type or int32 type, got ${w.dtype}.`);
  if (w.dtype === "bool" && cases.length > 2)
    throw typeError(`select_n with boolean \`which\` cannot have > 2 cases, got ${cases.length}.`);
  return dispatchOne("lax.select_n", operands, undefined, ([index, ...values]) => {
    if (values.length === 1) return values[0];
    if (index.dtype === "bool") return select(index, values[1], values[0]);
    const last = values.length - 1;
    return values
      .slice(0, last)
      .reduceRight(
        (rest, value, i) =>
          select(
            i === 0 ? lt(index, constant([], 1, "int32")) : eq(index, constant([], i, "int32")),
            value,
            rest,
          ),
        values[last],
      );
  });
}

/** An array of zeros; NumPy leaves it uninitialised. */
export const empty = (shape: readonly number[], dtype: DType): NDArray => full(shape, 0, dtype);
