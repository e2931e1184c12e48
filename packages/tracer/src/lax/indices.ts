/** What `gather` and `scatter` share: modes, and how index vectors are brought inside. */

import { type DType, dtypeTable, indexLiteral, isUnsigned, sizeOf, splat } from "@fluxion/ir";
import { type ArrayLike, asArray, hostArray } from "../core/as-array.ts";
import { broadcastInDim, broadcastTo, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import { isGiven } from "../numpy/scalars.ts";
import * as elementwise from "./elementwise.ts";
import { reduceBy } from "./reduce.ts";
import { clamp } from "./select.ts";

/** What happens where an index lies outside. */
export type IndexMode = "clip" | "fill" | "drop" | "promise_in_bounds" | "promiseInBounds";

const modes = new Set(["clip", "fill", "drop", "promise_in_bounds", "promiseInBounds"]);

/** @throws RangeError if there is no such mode. */
export function checkMode(method: string, mode: unknown): IndexMode | undefined {
  if (mode === undefined || mode === null || modes.has(mode as string))
    return (mode ?? undefined) as IndexMode;
  throw rangeError(
    `Unknown gather mode "${String(mode)}" in ${method}. Known modes: clip, fill, drop, promise_in_bounds.`,
  );
}

export const isFillMode = (mode: IndexMode | null | undefined): boolean => mode === "fill" || mode === "drop";

/** What stands for elements outside unless the user says, as in JAX: NaN, the least signed or the largest unsigned integer, or true. */
function defaultFill(dtype: DType): number | bigint | boolean {
  const { kind, bits } = dtypeTable[dtype];
  if (kind === "bool") return true;
  if (kind === "float" || kind === "complex") return Number.NaN;
  const extreme = kind === "int" ? -(1n << BigInt(bits - 1)) : (1n << BigInt(bits)) - 1n;
  return bits === 64 ? extreme : Number(extreme);
}

/** The array of a fill value; a whole number wraps to the dtype of `x`, as in JAX. */
export function fillArray(x: NDArray, value: unknown, fn: string): NDArray {
  const number = value ?? defaultFill(x.dtype);
  const isWhole = typeof number === "bigint" || Number.isInteger(number);
  if (isWhole || !isGiven(value)) return hostArray(splat(x.dtype, [], number as number | bigint));
  return asArray(number as ArrayLike, fn, 2);
}

/** One bound for each component of index vectors, which lie along the last dimension. */
function bounds(indices: NDArray, most: readonly number[]): NDArray {
  const vector = hostArray(indexLiteral(indices.dtype, most));
  return broadcastInDim(vector, indices.shape, [indices.ndim - 1]);
}

/** Index vectors moved into [0, most] component by component. */
export function clipVectors(indices: NDArray, most: readonly number[]): NDArray {
  if (sizeOf(indices.shape) === 0) return indices;
  return clamp(broadcastTo(full([], 0, indices.dtype), indices.shape), indices, bounds(indices, most));
}

/** Whether all components of each index vector lie in [0, most]. */
export function vectorsInside(indices: NDArray, most: readonly number[]): NDArray {
  const high = elementwise.le(indices, bounds(indices, most));
  const inside = isUnsigned(indices.dtype)
    ? high
    : elementwise.bitwiseAnd(
        elementwise.ge(indices, broadcastTo(full([], 0, indices.dtype), indices.shape)),
        high,
      );
  return reduceBy("and", inside, [indices.ndim - 1]);
}
