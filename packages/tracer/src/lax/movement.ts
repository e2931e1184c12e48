/** Functions that move elements along known axes: reshape, transpose, slice, pad, join, reverse. */

import { formatShape, paddedSize, type Shape, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray, asArrayOrKey } from "../core/as-array.ts";
import { keyWidth } from "../core/aval.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import * as emit from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import { normalizeAxis, readShape } from "../numpy/options.ts";
import { listOf } from "../numpy/scalars.ts";
import { sameDTypes } from "./operands.ts";

type Axes = number | readonly number[];

/** Axes from 0, each named once. */
function uniqueAxes(fn: string, axes: Axes, ndim: number): number[] {
  const list = listOf(axes).map((axis) => normalizeAxis(axis, ndim));
  if (new Set(list).size !== list.length)
    throw new RangeError(`${fn}: repeated axis in [${list.join(", ")}]${atLocation(userLocation())}`);
  return list;
}

const isRange = (list: readonly number[]): boolean => list.every((axis, i) => axis === i);

/**
 * The same elements in row-major order under another shape.
 * @throws TypeError if the number of elements differs.
 */
export function reshape(x: ArrayLike, shape: Axes): NDArray {
  const a = asArrayOrKey(x, "reshape", 0);
  const dims = readShape("reshape", shape);
  if (sizeOf(dims) !== sizeOf(a.shape)) {
    throw new TypeError(
      `reshape total size must be unchanged, got new_sizes ${formatShape(dims)} (size ${sizeOf(dims)}) for shape ` +
        `${formatShape(a.shape)} (size ${sizeOf(a.shape)}).${atLocation(userLocation())}`,
    );
  }
  if (isKey(a)) return keysOf(reshape(wordsOf(a), [...dims, keyWidth]));
  return dispatchOne("lax.reshape", [a], { dims }, ([b], s) => emit.reshape(b, s.dims));
}

/**
 * Result axis i is operand axis `permutation[i]`.
 * @throws TypeError if it is no permutation.
 */
export function transpose(x: ArrayLike, permutation: readonly number[]): NDArray {
  const a = asArrayOrKey(x, "transpose", 0);
  if (!isRange([...permutation].sort((p, q) => p - q)) || permutation.length !== a.ndim) {
    throw new TypeError(
      "transpose permutation isn't a permutation of operand dimensions, got permutation " +
        `${formatShape(permutation)} for operand shape ${formatShape(a.shape)}.${atLocation(userLocation())}`,
    );
  }
  if (isKey(a)) return keysOf(transpose(wordsOf(a), [...permutation, a.ndim]));
  return dispatchOne("lax.transpose", [a], { permutation }, ([b], s) =>
    isRange(s.permutation) ? b : emit.emitOne("transpose", [b], { permutation: s.permutation }),
  );
}

/** Drops axes of size 1. @throws RangeError if one has another size. */
export function squeeze(x: ArrayLike, dimensions: Axes): NDArray {
  const a = asArrayOrKey(x, "squeeze", 0);
  const axes = uniqueAxes("squeeze", dimensions, a.ndim);
  if (axes.some((axis) => a.shape[axis] !== 1)) {
    throw new RangeError(
      "cannot select an axis to squeeze out which has size not equal to one, got shape=" +
        `${formatShape(a.shape)} and dimensions=${formatShape(axes)}${atLocation(userLocation())}`,
    );
  }
  const shape = a.shape.filter((_, axis) => !axes.includes(axis));
  if (isKey(a)) return reshape(a, shape);
  return dispatchOne("lax.squeeze", [a], { shape }, ([b], s) => emit.reshape(b, s.shape));
}

/** Adds axes of size 1 that stand at the given places of the result. */
export function expandDims(x: ArrayLike, dimensions: Axes): NDArray {
  const a = asArrayOrKey(x, "expandDims", 0);
  const rank = a.ndim + listOf(dimensions).length;
  const axes = uniqueAxes("expandDims", dimensions, rank);
  let next = 0;
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : a.shape[next++]));
  if (isKey(a)) return reshape(a, shape);
  return dispatchOne("lax.expand_dims", [a], { shape }, ([b], s) => emit.reshape(b, s.shape));
}

/** Puts operand axis i at result axis `broadcastDimensions[i]` and repeats along the others. */
export const broadcastInDim = (
  x: ArrayLike,
  shape: Shape,
  broadcastDimensions: readonly number[],
): NDArray => {
  const statics = { shape: readShape("broadcastInDim", shape), broadcastDimensions };
  const array = asArrayOrKey(x, "broadcastInDim", 0);
  if (isKey(array)) {
    const dims = [...statics.shape, keyWidth];
    return keysOf(broadcastInDim(wordsOf(array), dims, [...broadcastDimensions, dims.length - 1]));
  }
  return dispatchOne("lax.broadcast_in_dim", [array], statics, ([a], s) =>
    emit.broadcastInDim(a, s.shape, s.broadcastDimensions),
  );
};

/** Adds leading axes of the given sizes. */
export function broadcast(x: ArrayLike, sizes: readonly number[]): NDArray {
  const a = asArrayOrKey(x, "broadcast", 0);
  return broadcastInDim(
    a,
    [...sizes, ...a.shape],
    a.shape.map((_, axis) => axis + sizes.length),
  );
}

/**
 * Elements from `startIndices` up to `limitIndices`, every `strides`-th.
 * @throws TypeError if the bounds do not fit.
 */
export function slice(
  x: ArrayLike,
  startIndices: readonly number[],
  limitIndices: readonly number[],
  strides?: readonly number[] | null,
): NDArray {
  const a = asArray(x, "slice", 0);
  const statics = { start: startIndices, limit: limitIndices, strides: strides ?? a.shape.map(() => 1) };
  const lists = [statics.start, statics.limit, statics.strides];
  const fits =
    lists.every((list) => list.length === a.ndim) &&
    a.shape.every(
      (size, axis) =>
        0 <= lists[0][axis] &&
        lists[0][axis] <= lists[1][axis] &&
        lists[1][axis] <= size &&
        lists[2][axis] > 0,
    );
  if (!fits) {
    const [start, limit, step] = lists.map(formatShape);
    throw new TypeError(
      `slice ${start} to ${limit} with strides ${step} does not fit the shape ${formatShape(a.shape)}: starts, limits ` +
        `and strides need one entry for each axis, 0 <= start <= limit <= size and stride > 0.${atLocation(userLocation())}`,
    );
  }
  return dispatchOne("lax.slice", [a], statics, ([b], s) =>
    b.shape.every((size, axis) => s.start[axis] === 0 && s.limit[axis] === size && s.strides[axis] === 1)
      ? b
      : emit.emitOne("slice", [b], { start_indices: s.start, limit_indices: s.limit, strides: s.strides }),
  );
}

/** `slice` along one axis; negative bounds count from the end, as in Python. */
export function sliceInDim(
  x: ArrayLike,
  startIndex: number | null,
  limitIndex: number | null,
  stride = 1,
  axis = 0,
): NDArray {
  const a = asArray(x, "sliceInDim", 0);
  const at = normalizeAxis(axis, a.ndim);
  const size = a.shape[at];
  const clip = (i: number): number => Math.min(Math.max(i < 0 ? i + size : i, 0), size);
  const start = clip(startIndex ?? 0);
  const limit = Math.max(start, clip(limitIndex ?? size));
  const replace = (list: readonly number[], value: number): number[] =>
    list.map((other, i) => (i === at ? value : other));
  return slice(
    a,
    replace(
      a.shape.map(() => 0),
      start,
    ),
    replace(a.shape, limit),
    replace(
      a.shape.map(() => 1),
      stride,
    ),
  );
}

/** The element at `index` of an axis; the axis stays, with size 1, unless `keepdims` is false. */
export function indexInDim(x: ArrayLike, index: number, axis = 0, keepdims = true): NDArray {
  const a = asArray(x, "indexInDim", 0);
  const at = normalizeAxis(axis, a.ndim);
  const i = normalizeAxis(index, a.shape[at]);
  const part = sliceInDim(a, i, i + 1, 1, at);
  return keepdims ? part : squeeze(part, [at]);
}

/** Reverses the order of elements along axes. */
export function rev(x: ArrayLike, dimensions: Axes): NDArray {
  const a = asArrayOrKey(x, "rev", 0);
  const axes = uniqueAxes("rev", dimensions, a.ndim);
  if (isKey(a)) return keysOf(rev(wordsOf(a), axes));
  return dispatchOne("lax.rev", [a], { axes }, ([b], s) => {
    const moving = s.axes.filter((axis) => b.shape[axis] !== 1);
    return moving.length === 0 ? b : emit.emitOne("reverse", [b], { dimensions: moving });
  });
}

/** For each axis: elements added before, after, and between any two; negative edges crop. */
export type PaddingConfig = readonly (readonly [low: number, high: number, interior: number])[];

/** Adds `paddingValue` around and between the elements. @throws TypeError if an axis would become negative. */
export function pad(x: ArrayLike, paddingValue: ArrayLike, paddingConfig: PaddingConfig): NDArray {
  const operands = [asArray(x, "pad", 0), asArray(paddingValue, "pad", 1)];
  const { shape } = operands[0];
  const fits = (size: number, axis: number): boolean => {
    const [low, high, interior] = paddingConfig[axis];
    return interior >= 0 && paddedSize(size, low, high, interior) >= 0;
  };
  if (paddingConfig.length !== shape.length || !shape.every(fits)) {
    throw new TypeError(
      `pad: padding ${JSON.stringify(paddingConfig)} does not fit the shape ${formatShape(shape)}.${atLocation(userLocation())}`,
    );
  }
  return dispatchOne("lax.pad", operands, { paddingConfig }, (args, s) => {
    const weakType = args.every((arg) => arg.weakType);
    const [a, value] = sameDTypes("pad", args);
    if (s.paddingConfig.every((axis) => axis.every((n) => n === 0))) return a;
    const column = (i: 0 | 1 | 2): number[] => s.paddingConfig.map((axis) => axis[i]);
    const attributes = {
      edge_padding_low: column(0),
      edge_padding_high: column(1),
      interior_padding: column(2),
    };
    return emit.emitOne("pad", [a, emit.reshape(value, [])], attributes, { weakType });
  });
}

/** Joins arrays along an axis. @throws TypeError if they differ elsewhere. */
export function concatenate(operands: readonly ArrayLike[], dimension: number): NDArray {
  const arrays = operands.map((x, i) => asArrayOrKey(x, "concatenate", i));
  if (arrays.length === 0) throw rangeError("concatenate requires a non-empty sequences of arrays");
  const [{ ndim, shape }] = arrays;
  const axis = normalizeAxis(dimension, ndim);
  if (arrays.some((x) => x.ndim !== ndim)) {
    const shapes = arrays.map((x) => formatShape(x.shape)).join(", ");
    throw new TypeError(
      `Cannot concatenate arrays with different numbers of dimensions: got ${shapes}.${atLocation(userLocation())}`,
    );
  }
  if (arrays.some((x) => x.shape.some((size, i) => i !== axis && size !== shape[i]))) {
    const shapes = arrays.map((x) => formatShape(x.shape)).join(", ");
    throw new TypeError(
      "Cannot concatenate arrays with shapes that differ in dimensions other than the one being concatenated: " +
        `concatenating along dimension ${axis} for shapes ${shapes}.${atLocation(userLocation())}`,
    );
  }
  if (arrays.every(isKey)) return keysOf(concatenate(arrays.map(wordsOf), axis));
  return dispatchOne("lax.concatenate", arrays, { axis }, (args, s) => {
    const weakType = args.every((arg) => arg.weakType);
    const parts = sameDTypes("concatenate", args);
    return parts.length === 1
      ? parts[0]
      : emit.emitOne("concatenate", parts, { dimension: s.axis }, { weakType });
  });
}

/** Parts of the given sizes along an axis. */
export function split(x: ArrayLike, sizes: readonly number[], axis = 0): NDArray[] {
  const a = asArrayOrKey(x, "split", 0);
  const at = normalizeAxis(axis, a.ndim);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== a.shape[at] || sizes.some((size) => size < 0)) {
    throw new RangeError(
      `Sizes passed to split, [${sizes.join(", ")}], must be nonnegative and sum to the size of axis ${at}, ` +
        `${a.shape[at]}.${atLocation(userLocation())}`,
    );
  }
  if (isKey(a)) return split(wordsOf(a), sizes, at).map(keysOf);
  return dispatch("lax.split", [a], { sizes, at }, ([b], s) => {
    let start = 0;
    return s.sizes.map((size) => {
      start += size;
      return sliceInDim(b, start - size, start, 1, s.at);
    });
  });
}
