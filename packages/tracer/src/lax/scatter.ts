/** `scatter` and its kin: copies of an array with updates put where index vectors say. */

import { asScatterNumbers, windowMap } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { avalOf } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { traceRegion } from "../core/trace.ts";
import { runStaged } from "./control/run.ts";
import * as elementwise from "./elementwise.ts";
import { checked, type GatherDimensionNumbers, withVectorDim } from "./gather.ts";
import { checkMode, clipVectors, type IndexMode } from "./indices.ts";
import { requireKind, sameDTypes } from "./operands.ts";

/** As JAX's class of this name; the index vectors lie along the last dimension of the indices. */
export interface ScatterDimensionNumbers {
  /** Dimensions of the updates that walk their windows. */
  readonly updateWindowDims: readonly number[];
  /** Dimensions of the operand that windows have one element of and updates none. */
  readonly insertedWindowDims: readonly number[];
  /** Dimension of the operand that each component of an index vector is for. */
  readonly scatterDimsToOperandDims: readonly number[];
  readonly operandBatchingDims?: readonly number[];
  readonly scatterIndicesBatchingDims?: readonly number[];
}

export interface ScatterOptions {
  /** `drop` (the default; also `fill`) leaves out windows that do not lie inside, `clip` moves them. */
  readonly mode?: IndexMode | null;
  readonly indicesAreSorted?: boolean;
  /** Promises that no two updates meet, so that they may run in parallel. */
  readonly uniqueIndices?: boolean;
}

/** How an element and an update combine. */
export type Combine = (old: NDArray, update: NDArray) => NDArray;

export const combinations = {
  set: (_: NDArray, update: NDArray) => update,
  add: (old: NDArray, update: NDArray) => elementwise.add(old, update),
  sub: (old: NDArray, update: NDArray) => elementwise.sub(old, update),
  mul: (old: NDArray, update: NDArray) => elementwise.mul(old, update),
  min: (old: NDArray, update: NDArray) => elementwise.min(old, update),
  max: (old: NDArray, update: NDArray) => elementwise.max(old, update),
} as const satisfies Record<string, Combine>;

export interface ScatterPlan {
  readonly numbers: GatherDimensionNumbers;
  readonly clip: boolean;
  readonly unique: boolean;
  readonly sorted: boolean;
}

/** Emits a scatter of updates that have the operand's dtype. */
export function emitScatter(
  x: NDArray,
  given: NDArray,
  updates: NDArray,
  { numbers, clip, unique, sorted }: ScatterPlan,
  combine: Combine,
): NDArray {
  const d = withVectorDim(numbers, given.ndim);
  const { window } = windowMap(d, x.ndim, given.ndim);
  const room = numbers.startIndexMap.map((axis) => {
    const walked = window[axis];
    return x.shape[axis] - (walked === undefined ? 1 : updates.shape[walked]);
  });
  const indices = clip ? clipVectors(given, room) : given;
  const scalar = avalOf(x.dtype, []);
  const region = traceRegion([scalar, scalar], ([a, b]) => [convert(combine(a, b), x.dtype)]).block;
  const scatter_dimension_numbers = asScatterNumbers(d);
  return emitOne(
    "scatter",
    [x, indices, updates],
    { scatter_dimension_numbers, indices_are_sorted: sorted, unique_indices: unique },
    { regions: [region], weakType: x.weakType },
  );
}

const planOf = (d: ScatterDimensionNumbers, options: ScatterOptions): ScatterPlan => ({
  numbers: {
    offsetDims: d.updateWindowDims,
    collapsedSliceDims: d.insertedWindowDims,
    startIndexMap: d.scatterDimsToOperandDims,
    operandBatchingDims: d.operandBatchingDims ?? [],
    startIndicesBatchingDims: d.scatterIndicesBatchingDims ?? [],
  },
  clip: checkMode("lax.scatter", options.mode) === "clip",
  unique: options.uniqueIndices === true,
  sorted: options.indicesAreSorted === true,
});

/** A scatter as users call it. */
export type Scatter = (
  operand: ArrayLike,
  scatterIndices: ArrayLike,
  updates: ArrayLike,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: ScatterOptions,
) => NDArray;

const scatterBy =
  (name: string, combination: keyof typeof combinations): Scatter =>
  (operand, scatterIndices, updates, dimensionNumbers, options = {}) => {
    const operands = [operand, scatterIndices, updates].map((x, i) => asArray(x, name, i));
    requireKind(name, operands[1].dtype, "integer", 1);
    if (combination === "add" || combination === "sub" || combination === "mul")
      requireKind(name, operands[0].dtype, "number", 0);
    return checked(() =>
      dispatchOne(`lax.${name}`, operands, planOf(dimensionNumbers, options), ([x, indices, given], plan) => {
        const [a, b] = sameDTypes(name, [x, given]);
        return emitScatter(a, indices, b, plan, combinations[combination]);
      }),
    );
  };

/**
 * `operand` with the windows at the index vectors replaced by `updates`; of updates that meet the last one stays.
 * @throws TypeError if the dimension numbers do not fit the shapes.
 */
export const scatter = scatterBy("scatter", "set");
/** `operand` with updates added. */
export const scatterAdd = scatterBy("scatter_add", "add");
/** `operand` with updates subtracted. */
export const scatterSub = scatterBy("scatter_sub", "sub");
/** `operand` multiplied by updates. */
export const scatterMul = scatterBy("scatter_mul", "mul");
/** The smaller of `operand` and updates. */
export const scatterMin = scatterBy("scatter_min", "min");
/** The larger of `operand` and updates. */
export const scatterMax = scatterBy("scatter_max", "max");

/**
 * `operand` with `func` applied to the elements at the index vectors, once for each time that they are named.
 * @param updateShape Shape that updates would have.
 */
export function scatterApply(
  operand: ArrayLike,
  scatterIndices: ArrayLike,
  func: (x: NDArray) => ArrayLike,
  dimensionNumbers: ScatterDimensionNumbers,
  options: ScatterOptions & { readonly updateShape?: readonly number[] } = {},
): NDArray {
  const operands = [operand, scatterIndices].map((x, i) => asArray(x, "scatterApply", i));
  const plan = planOf(dimensionNumbers, options);
  return checked(
    () =>
      runStaged("scatter_apply", operands, ([x, indices]) => [
        emitApply(x, indices, options.updateShape ?? [], plan, func),
      ])[0],
  );
}

/** Emits a scatter whose updates are not looked at. */
export function emitApply(
  x: NDArray,
  indices: NDArray,
  updateShape: readonly number[],
  plan: ScatterPlan,
  func: (x: NDArray) => ArrayLike,
): NDArray {
  const updates = broadcastTo(full([], 0, x.dtype), updateShape);
  return emitScatter(x, indices, updates, plan, (old) => asArray(func(old), "apply", 0));
}
