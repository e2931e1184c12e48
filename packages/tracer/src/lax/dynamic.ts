/** Blocks whose place is known only when the program runs. */

import { dtypeTable, formatShape } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne, full } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { normalizeAxis } from "../numpy/options.ts";
import { resultType } from "../numpy/promotion.ts";
import * as elementwise from "./elementwise.ts";
import { expandDims, squeeze } from "./movement.ts";
import { requireKind, sameDTypes } from "./operands.ts";
import { select } from "./select.ts";

function readStarts(fn: string, starts: readonly ArrayLike[], ndim: number): NDArray[] {
  if (starts.length !== ndim)
    throw rangeError(`${fn} needs one start index for each of ${ndim} axes, got ${starts.length}.`);
  return starts.map((start, i) => {
    const index = asArray(start, fn, i);
    requireKind(fn, index.dtype, "integer");
    if (index.ndim > 0)
      throw typeError(`${fn}: start indices must be scalars, got shape ${formatShape(index.shape)}.`);
    return index;
  });
}

/** Start indices of one dtype of at least 32 bits; negative ones count from the end. */
function wrapStarts(starts: readonly NDArray[], shape: readonly number[]): NDArray[] {
  if (starts.length === 0) return [];
  const { dtype } = resultType(starts);
  const { kind, bits } = dtypeTable[dtype];
  const wide = bits >= 32 ? dtype : kind === "uint" ? "uint32" : "int32";
  return starts.map((start, axis) => {
    const index = convert(start, wide);
    if (kind === "uint") return index;
    const { payload } = index;
    if (payload.kind === "host") {
      const value = Number(payload.value.data[0]);
      return value < 0 ? full([], value + shape[axis], wide) : index;
    }
    const wrapped = elementwise.add(index, full([], shape[axis], wide));
    return select(elementwise.lt(index, full([], 0, wide)), wrapped, index);
  });
}

/**
 * A block of `sliceSizes` elements. Negative starts count from the end; a block that would stick out is moved to fit.
 * @throws TypeError if a size exceeds its axis.
 */
export function dynamicSlice(
  x: ArrayLike,
  startIndices: readonly ArrayLike[],
  sliceSizes: readonly number[],
): NDArray {
  const a = asArray(x, "dynamicSlice", 0);
  const starts = readStarts("dynamicSlice", startIndices, a.ndim);
  if (sliceSizes.length !== a.ndim || sliceSizes.some((size, axis) => size < 0 || size > a.shape[axis])) {
    throw new TypeError(
      `slice slice_sizes must be less than or equal to operand shape, got slice_sizes ${formatShape(sliceSizes)} for ` +
        `operand shape ${formatShape(a.shape)}.${atLocation(userLocation())}`,
    );
  }
  return dispatchOne("lax.dynamic_slice", [a, ...starts], { sliceSizes }, ([b, ...indices], s) =>
    emitOne(
      "dynamic_slice",
      [b, ...wrapStarts(indices, b.shape)],
      { slice_sizes: s.sliceSizes },
      { weakType: b.weakType },
    ),
  );
}

/**
 * The array with a block replaced by `update`. Negative starts count from the end; a block that would stick out is
 * moved to fit.
 * @throws TypeError if the update exceeds the array.
 */
export function dynamicUpdateSlice(
  x: ArrayLike,
  update: ArrayLike,
  startIndices: readonly ArrayLike[],
): NDArray {
  const operands = [asArray(x, "dynamicUpdateSlice", 0), asArray(update, "dynamicUpdateSlice", 1)];
  const [a, b] = operands;
  const starts = readStarts("dynamicUpdateSlice", startIndices, a.ndim);
  if (b.ndim !== a.ndim || b.shape.some((size, axis) => size > a.shape[axis])) {
    throw new TypeError(
      "dynamic_update_slice update shape must be smaller than operand shape, got update shape " +
        `${formatShape(b.shape)} for operand shape ${formatShape(a.shape)}.${atLocation(userLocation())}`,
    );
  }
  return dispatchOne(
    "lax.dynamic_update_slice",
    [...operands, ...starts],
    undefined,
    ([c, d, ...indices]) => {
      const weakType = c.weakType && d.weakType;
      return emitOne(
        "dynamic_update_slice",
        [...sameDTypes("dynamic_update_slice", [c, d]), ...wrapStarts(indices, c.shape)],
        {},
        { weakType },
      );
    },
  );
}

/** `dynamicSlice` along one axis. */
export function dynamicSliceInDim(x: ArrayLike, startIndex: ArrayLike, sliceSize: number, axis = 0): NDArray {
  const a = asArray(x, "dynamicSliceInDim", 0);
  const at = normalizeAxis(axis, a.ndim);
  return dynamicSlice(
    a,
    a.shape.map((_, i) => (i === at ? startIndex : 0)),
    a.shape.map((size, i) => (i === at ? sliceSize : size)),
  );
}

/** The element at `index` of an axis; the axis stays, with size 1, unless `keepdims` is false. */
export function dynamicIndexInDim(x: ArrayLike, index: ArrayLike, axis = 0, keepdims = true): NDArray {
  const part = dynamicSliceInDim(x, index, 1, axis);
  return keepdims ? part : squeeze(part, [normalizeAxis(axis, part.ndim)]);
}

/** `dynamicUpdateSlice` along one axis. */
export function dynamicUpdateSliceInDim(
  x: ArrayLike,
  update: ArrayLike,
  startIndex: ArrayLike,
  axis = 0,
): NDArray {
  const a = asArray(x, "dynamicUpdateSliceInDim", 0);
  const at = normalizeAxis(axis, a.ndim);
  return dynamicUpdateSlice(
    a,
    update,
    a.shape.map((_, i) => (i === at ? startIndex : 0)),
  );
}

/** Replaces the element at `index` of an axis; `update` may lack the axis. */
export function dynamicUpdateIndexInDim(
  x: ArrayLike,
  update: ArrayLike,
  index: ArrayLike,
  axis = 0,
): NDArray {
  const a = asArray(x, "dynamicUpdateIndexInDim", 0);
  const b = asArray(update, "dynamicUpdateIndexInDim", 1);
  const at = normalizeAxis(axis, a.ndim);
  if (b.ndim === a.ndim) return dynamicUpdateSliceInDim(a, b, index, at);
  return dynamicUpdateSliceInDim(a, expandDims(b, [at]), index, at);
}
