/**
 * Reading and writing the region that a plan selects, as operations of the current trace.
 *
 * The region is cut in two steps: a *slab*, which is whole along axes with a step other than ±1 and contiguous along
 * the others, then the strided elements in it. Writing goes the same way back.
 */

import { type DType, isUnsigned, type Shape, splat } from "@fluxion/ir";
import { hostArray } from "../../core/as-array.ts";
import { broadcastTo, convert, emitOne, full, reshape } from "../../core/emit.ts";
import type { NDArray } from "../../core/ndarray.ts";
import * as lax from "../../lax/index.ts";
import type { AxisPlan } from "./plan.ts";

/** The static part of a plan, and which operands still need NumPy's reading of negative numbers. */
export interface RegionPlan {
  readonly axes: readonly AxisPlan[];
  /** Operands from this one on are starts that fit already. */
  readonly checked: number;
}

const isStrided = ({ step }: AxisPlan): boolean => Math.abs(step) !== 1;

/** Least index that an axis plan with a known start selects. */
const lowest = ({ start, step, count }: AxisPlan): number => (step < 0 ? start + (count - 1) * step : start);

/** Sizes of the slab. */
const slabShape = (shape: Shape, axes: readonly AxisPlan[]): number[] =>
  axes.map((axis, i) => (isStrided(axis) ? shape[i] : axis.count));

const int32 = (value: number): NDArray => hostArray(splat("int32", [], value));

/** A traced index with negative numbers counted from the end. */
function countFromEnd(index: NDArray, size: number): NDArray {
  const wide = isWide(index.dtype) ? index : convert(index, "int32");
  if (isUnsigned(wide.dtype)) return wide;
  return lax.select(lax.lt(wide, scalarOf(wide, 0)), lax.add(wide, scalarOf(wide, size)), wide);
}

const isWide = (dtype: DType): boolean => dtype === "int64" || dtype === "uint64" || dtype === "uint32";

const scalarOf = ({ dtype }: NDArray, value: number): NDArray => hostArray(splat(dtype, [], value));

/** A start for `dynamic_slice`, which clamps by itself; clamped here if int32 could not hold it. */
const asStart = (index: NDArray, size: number): NDArray =>
  convert(
    isWide(index.dtype) ? lax.clamp(scalarOf(index, 0), index, scalarOf(index, size - 1)) : index,
    "int32",
  );

/** Whether 0 ≤ index < size. */
const isInBounds = (index: NDArray, size: number): NDArray =>
  lax.bitwiseAnd(lax.ge(index, scalarOf(index, 0)), lax.lt(index, scalarOf(index, size)));

interface Starts {
  readonly starts: readonly NDArray[];
  /** Whether every traced index lies inside; nothing if there is none. */
  readonly inBounds: () => NDArray | undefined;
}

/** Where the slab starts along every axis. */
function slabStarts(x: NDArray, operands: readonly NDArray[], { axes, checked }: RegionPlan): Starts {
  const traced: { index: NDArray; size: number }[] = [];
  const starts = axes.map((axis, i) => {
    if (axis.operand < 0) return int32(isStrided(axis) ? 0 : lowest(axis));
    if (axis.operand >= checked) return operands[axis.operand];
    const index = countFromEnd(operands[axis.operand], x.shape[i]);
    traced.push({ index, size: x.shape[i] });
    return asStart(index, x.shape[i]);
  });
  const inBounds = (): NDArray | undefined =>
    traced
      .map(({ index, size }) => isInBounds(index, size))
      .reduce<NDArray | undefined>(
        (all, one) => (all === undefined ? one : lax.bitwiseAnd(all, one)),
        undefined,
      );
  return { starts, inBounds };
}

const reversedAxes = (axes: readonly AxisPlan[]): number[] =>
  axes.flatMap(({ step }, i) => (step < 0 ? [i] : []));

const reverse = (x: NDArray, dimensions: readonly number[]): NDArray =>
  dimensions.length === 0 ? x : emitOne("reverse", [x], { dimensions });

/** Static cut: every plan's own steps. */
function staticSlice(x: NDArray, axes: readonly AxisPlan[]): NDArray {
  if (axes.every((axis, i) => axis.count === x.shape[i] && !isStrided(axis))) return x;
  return emitOne("slice", [x], {
    start_indices: axes.map((axis) => (axis.count === 0 ? 0 : lowest(axis))),
    limit_indices: axes.map((axis) =>
      axis.count === 0 ? 0 : lowest(axis) + (axis.count - 1) * Math.abs(axis.step) + 1,
    ),
    strides: axes.map(({ step }) => Math.abs(step)),
  });
}

/** The strided elements of a slab. */
const strideSlab = (slab: NDArray, axes: readonly AxisPlan[]): NDArray =>
  staticSlice(
    slab,
    axes.map((axis, i) => (isStrided(axis) ? axis : { ...axis, start: 0, step: 1, count: slab.shape[i] })),
  );

/** The selected elements, one axis for each of `x`, and whether every traced index was inside. */
export function readRegion(
  x: NDArray,
  operands: readonly NDArray[],
  plan: RegionPlan,
): { readonly region: NDArray; readonly inBounds: () => NDArray | undefined } {
  const { axes } = plan;
  const reversed = reversedAxes(axes);
  if (axes.every(({ operand }) => operand < 0)) {
    return { region: reverse(staticSlice(x, axes), reversed), inBounds: () => undefined };
  }
  const { starts, inBounds } = slabStarts(x, operands, plan);
  const slab = emitOne("dynamic_slice", [x, ...starts], { slice_sizes: slabShape(x.shape, axes) });
  return { region: reverse(strideSlab(slab, axes), reversed), inBounds };
}

/** What happens to the old elements of a region. */
export type Combine = (old: () => NDArray, value: NDArray) => NDArray;

/**
 * `x` with the selected elements combined with `value`, which has the region's shape.
 * @param guard Whether nothing is written when a traced index lies outside; otherwise the start is clamped.
 */
export function writeRegion(
  x: NDArray,
  value: NDArray,
  operands: readonly NDArray[],
  plan: RegionPlan,
  combine: Combine,
  guard: boolean,
): NDArray {
  const { axes } = plan;
  if (axes.some(({ count }) => count === 0)) return x;
  const sizes = slabShape(x.shape, axes);
  const entire = sizes.every((size, i) => size === x.shape[i]) && axes.every(({ operand }) => operand < 0);
  const { starts, inBounds } = slabStarts(x, operands, plan);
  const slab = (): NDArray => (entire ? x : emitOne("dynamic_slice", [x, ...starts], { slice_sizes: sizes }));
  const forward = reverse(value, reversedAxes(axes));
  const updated = axes.some(isStrided)
    ? writeStrided(slab(), forward, axes, combine)
    : combine(slab, forward);
  const inside = guard ? inBounds() : undefined;
  const kept = inside === undefined ? updated : lax.select(inside, updated, slab());
  return entire ? kept : emitOne("dynamic_update_slice", [x, kept, ...starts], {});
}

/** Spreads the new elements over the slab with gaps between them, and takes them where they stand. */
function writeStrided(slab: NDArray, value: NDArray, axes: readonly AxisPlan[], combine: Combine): NDArray {
  const updated = combine(() => strideSlab(slab, axes), value);
  const low = axes.map((axis) => (isStrided(axis) ? lowest(axis) : 0));
  const interior = axes.map((axis) => (isStrided(axis) ? Math.abs(axis.step) - 1 : 0));
  const high = axes.map((axis, i) => slab.shape[i] - low[i] - (axis.count - 1) * (interior[i] + 1) - 1);
  const spread = (x: NDArray, padding: NDArray): NDArray =>
    emitOne("pad", [x, padding], {
      edge_padding_low: low,
      edge_padding_high: high,
      interior_padding: interior,
    });
  const mask = spread(broadcastTo(full([], 1, "bool"), updated.shape), full([], 0, "bool"));
  return lax.select(mask, spread(updated, full([], 0, slab.dtype)), slab);
}

/** A selection's value for the region: broadcast to the selection, then with one axis for each of the array's. */
export const toRegion = (value: NDArray, selection: Shape, axes: readonly AxisPlan[]): NDArray =>
  reshape(
    broadcastTo(value, selection),
    axes.map(({ count }) => count),
  );
