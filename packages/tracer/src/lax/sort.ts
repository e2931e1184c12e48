/** Sorting. */

import { dtypeTable, isComplex, isFloat } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { avalOf } from "../core/aval.ts";
import { dispatch } from "../core/dispatch.ts";
import { emit, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { traceRegion } from "../core/trace.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { normalizeAxis } from "../numpy/options.ts";
import * as elementwise from "./elementwise.ts";
import { select } from "./select.ts";
import { compareTotalOrder } from "./total-order.ts";

export interface SortOptions {
  /** Axis to sort along; default: the last. */
  readonly dimension?: number;
  /** Whether equal elements keep their order; default true. */
  readonly isStable?: boolean;
  /** How many operands are keys: later ones decide among equals. Default 1. */
  readonly numKeys?: number;
}

/** A key in an order that every number has a place in: NaNs are one number, above infinity, and zeros are equal. */
export function canonicalKey(x: NDArray): NDArray {
  if (!isFloat(x.dtype)) return x;
  const zero = full([], 0, x.dtype);
  const unsigned = select(elementwise.eq(x, zero), zero, x);
  return select(elementwise.ne(x, x), full([], Number.NaN, x.dtype), unsigned);
}

/** The numbers that a key is ordered by: complex ones by real, then imaginary part. */
const partsOf = (x: NDArray): NDArray[] =>
  isComplex(x.dtype) ? [elementwise.real(x), elementwise.imag(x)] : [x];

/** Lexicographic order of lists of keys. */
function lexicographic(a: readonly NDArray[], b: readonly NDArray[]): NDArray {
  const [keys, others] = [a, b].map((list) => list.flatMap(partsOf).map(canonicalKey));
  let before: NDArray | undefined;
  for (let i = keys.length - 1; i >= 0; i--) {
    const less = compareTotalOrder("LT", keys[i], others[i]);
    if (before === undefined) before = less;
    else {
      const equal = compareTotalOrder("EQ", keys[i], others[i]);
      before = elementwise.bitwiseOr(less, elementwise.bitwiseAnd(equal, before));
    }
  }
  if (before === undefined) throw new Error("a sort has a key");
  return before;
}

/** Emits a sort of arrays of one shape; the first `numKeys` are keys. */
export function emitSort(
  operands: readonly NDArray[],
  dimension: number,
  numKeys = 1,
  isStable = true,
): NDArray[] {
  const avals = operands.flatMap(({ dtype }) => [avalOf(dtype, []), avalOf(dtype, [])]);
  const region = traceRegion(avals, (args) => {
    const keys = Array.from({ length: numKeys }, (_, i) => [args[2 * i], args[2 * i + 1]]);
    return [
      lexicographic(
        keys.map(([a]) => a),
        keys.map(([, b]) => b),
      ),
    ];
  }).block;
  return emit(
    "sort",
    operands,
    { dimension, is_stable: isStable },
    { regions: [region], weakType: operands.every((x) => x.weakType) },
  );
}

/**
 * Sorts arrays of one shape together, by the first `numKeys` of them; NaNs come last.
 * @returns One array if one was given, else a list.
 * @throws TypeError or RangeError if shapes differ or there is no such axis.
 */
export function sort(operand: ArrayLike, options?: SortOptions | number): NDArray;
export function sort(operands: readonly ArrayLike[], options?: SortOptions | number): NDArray[];
export function sort(
  operand: ArrayLike | readonly ArrayLike[],
  given: SortOptions | number = {},
): NDArray | NDArray[] {
  const options = typeof given === "number" ? { dimension: given } : given;
  const { dimension = -1, isStable = true, numKeys = 1 } = options;
  const list = Array.isArray(operand) ? (operand as readonly ArrayLike[]) : undefined;
  const operands = (list ?? [operand as ArrayLike]).map((x, i) => asArray(x, "sort", i));
  if (operands.length === 0) throw typeError("Sort requires at least one operand");
  if (!(numKeys >= 1 && numKeys <= operands.length))
    throw rangeError(`num_keys=${numKeys} must be between 1 and the number of operands, ${operands.length}`);
  for (const x of operands)
    if (x.shape.join() !== operands[0].shape.join())
      throw typeError(
        `Arguments to sort must have equal shapes, got: ${operands.map(({ shape }) => `(${shape.join(", ")})`).join(", ")}`,
      );
  const axis = normalizeAxis(dimension, operands[0].ndim);
  const results = dispatch("lax.sort", operands, { axis, isStable, numKeys }, (args, s) =>
    emitSort(args, s.axis, s.numKeys, s.isStable),
  );
  return list === undefined ? results[0] : results;
}

/** Sorts `keys` along an axis and `values` with them. */
export function sortKeyVal(
  keys: ArrayLike,
  values: ArrayLike,
  options: SortOptions | number = {},
): [NDArray, NDArray] {
  const rest = typeof options === "number" ? { dimension: options } : options;
  const [k, v] = sort([keys, values], { ...rest, numKeys: 1 });
  return [k, v];
}

/**
 * The `k` greatest elements along an axis in descending order, and their positions (int32). NaN is greatest.
 * @throws RangeError if the axis has fewer than `k` elements.
 */
export function topK(
  operand: ArrayLike,
  k: number,
  options: { readonly axis?: number } = {},
): [values: NDArray, indices: NDArray] {
  const x = asArray(operand, "topK", 0);
  if (isComplex(x.dtype)) throw typeError(`top_k is not compatible with complex inputs, got ${x.dtype}.`);
  if (k < 0) throw rangeError(`k argument to top_k must be nonnegative, got ${k}`);
  if (x.ndim === 0) throw typeError("top_k operand must have >= 1 dimension, got ()");
  const axis = normalizeAxis(options.axis ?? -1, x.ndim);
  if (k > x.shape[axis])
    throw rangeError(
      `k argument to top_k must be no larger than size along axis; got k=${k} with shape=(${x.shape.join(", ")}) and axis=${axis}`,
    );
  const [values, indices] = dispatch("lax.top_k", [x], { k, axis }, ([a], s) => {
    const last = a.ndim - 1;
    const swap = a.shape.map((_, i) => (i === s.axis ? last : i === last ? s.axis : i));
    const moved = (y: NDArray): NDArray =>
      s.axis === last ? y : emit("transpose", [y], { permutation: swap })[0];
    return emit("chlo.top_k", [moved(a)], { k: s.k }, { weakType: false }).map(moved);
  });
  return [values, indices];
}

/** `topK` of JAX's approximate operator: exact here. */
export function approxMaxK(
  operand: ArrayLike,
  k: number,
  options: { readonly reductionDimension?: number; readonly recallTarget?: number } = {},
): [values: NDArray, indices: NDArray] {
  return topK(operand, k, { axis: options.reductionDimension });
}

/** The `k` smallest elements in ascending order, and their positions. */
export function approxMinK(
  operand: ArrayLike,
  k: number,
  options: { readonly reductionDimension?: number; readonly recallTarget?: number } = {},
): [values: NDArray, indices: NDArray] {
  const x = asArray(operand, "approxMinK", 0);
  if (!isFloat(x.dtype) && dtypeTable[x.dtype].kind !== "int")
    throw typeError(`approx_min_k orders signed numbers, got ${x.dtype}`);
  const [values, indices] = topK(elementwise.neg(x), k, { axis: options.reductionDimension });
  return [elementwise.neg(values), indices];
}
