/** `gather`: slices of an array that start where index vectors say. */

import { formatShape, InferenceError, type GatherDimensionNumbers as Numbers } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastInDim, broadcastTo, convert, emitOne } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import { checkMode, clipVectors, fillArray, type IndexMode, isFillMode, vectorsInside } from "./indices.ts";
import { requireKind } from "./operands.ts";
import { select } from "./select.ts";

/** As JAX's class of this name; the index vectors lie along the last dimension of the indices. */
export interface GatherDimensionNumbers {
  /** Dimensions of the result that walk the slices. */
  readonly offsetDims: readonly number[];
  /** Dimensions of the operand of which slices have one element and the result none. */
  readonly collapsedSliceDims: readonly number[];
  /** Dimension of the operand that each component of an index vector is for. */
  readonly startIndexMap: readonly number[];
  readonly operandBatchingDims?: readonly number[];
  readonly startIndicesBatchingDims?: readonly number[];
}

export interface GatherOptions {
  /** `fill` (the default) gives `fillValue` for slices that do not lie inside, `clip` moves them. */
  readonly mode?: IndexMode | null;
  /** Default: NaN, the least signed or the largest unsigned integer, or true. */
  readonly fillValue?: ArrayLike;
  /** Ignored: hints for XLA. */
  readonly indicesAreSorted?: boolean;
  readonly uniqueIndices?: boolean;
}

/** The op's numbers for indices of a rank whose last dimension holds the vectors. */
export const withVectorDim = (d: GatherDimensionNumbers, indicesRank: number): Numbers => ({
  offsetDims: d.offsetDims,
  collapsedSliceDims: d.collapsedSliceDims,
  operandBatchingDims: d.operandBatchingDims ?? [],
  startIndicesBatchingDims: d.startIndicesBatchingDims ?? [],
  startIndexMap: d.startIndexMap,
  indexVectorDim: Math.max(0, indicesRank - 1),
});

/** Emits a gather; slices outside are filled if there is a fill value, else moved inside. */
export function emitGather(
  x: NDArray,
  indices: NDArray,
  d: GatherDimensionNumbers,
  sizes: readonly number[],
  fill: NDArray | undefined,
): NDArray {
  const dimension_numbers = withVectorDim(d, indices.ndim);
  const result = emitOne(
    "gather",
    [x, indices],
    { dimension_numbers, slice_sizes: sizes },
    { weakType: x.weakType },
  );
  if (fill === undefined || d.startIndexMap.length === 0) return result;
  const inside = vectorsInside(
    indices,
    d.startIndexMap.map((axis) => x.shape[axis] - sizes[axis]),
  );
  const scattered = result.shape.map((_, axis) => axis).filter((axis) => !d.offsetDims.includes(axis));
  const mask = broadcastInDim(inside, result.shape, scattered);
  return select(mask, result, broadcastTo(convert(fill, x.dtype, x.weakType), result.shape));
}

/** Errors of the op's own checks, as the user's. */
export function checked<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    throw new TypeError(`${error.message}${atLocation(userLocation())}`, { cause: error });
  }
}

/**
 * Slices of `sliceSizes` elements of `operand`, one for each index vector along the last dimension of `startIndices`.
 * @throws TypeError if the dimension numbers do not fit the shapes.
 */
export function gather(
  operand: ArrayLike,
  startIndices: ArrayLike,
  dimensionNumbers: GatherDimensionNumbers,
  sliceSizes: readonly number[],
  options: GatherOptions = {},
): NDArray {
  const mode = checkMode("lax.gather", options.mode) ?? "fill";
  const x = asArray(operand, "gather", 0);
  const indices = asArray(startIndices, "gather", 1);
  requireKind("gather", indices.dtype, "integer", 1);
  sliceSizes.forEach((size, axis) => {
    if (size >= 0 && size <= x.shape[axis]) return;
    throw typeError(
      `Slice size at index ${axis} in gather op is out of range, must be within [0, ${x.shape[axis]} + 1), got ` +
        `${size}. The operand has shape ${formatShape(x.shape)}.${atLocation(userLocation())}`,
    );
  });
  const fill = isFillMode(mode) ? [fillArray(x, options.fillValue, "gather")] : [];
  const statics = { dimensionNumbers, sliceSizes, clip: mode === "clip" };
  return checked(() =>
    dispatchOne("lax.gather", [x, indices, ...fill], statics, ([a, i, f], s) =>
      emitGather(a, s.clip ? clipFor(a, i, s) : i, s.dimensionNumbers, s.sliceSizes, f),
    ),
  );
}

const clipFor = (
  x: NDArray,
  indices: NDArray,
  s: { dimensionNumbers: GatherDimensionNumbers; sliceSizes: readonly number[] },
): NDArray =>
  clipVectors(
    indices,
    s.dimensionNumbers.startIndexMap.map((axis) => x.shape[axis] - s.sliceSizes[axis]),
  );
