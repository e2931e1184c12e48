/** `x.get(...)` and `x.at(...).get()`: reading a selection. */

import type { Shape } from "@fluxion/ir";
import { type ArrayLike, hostFrom } from "../../core/as-array.ts";
import { dispatchOne } from "../../core/dispatch.ts";
import { broadcastTo, convert, reshape } from "../../core/emit.ts";
import { isKey, isTracer, keysOf, type NDArray, wordsOf } from "../../core/ndarray.ts";
import { currentTrace } from "../../core/trace.ts";
import { emitGather } from "../../lax/gather.ts";
import * as lax from "../../lax/index.ts";
import { checkMode, fillArray, type IndexMode, isFillMode } from "../../lax/indices.ts";
import { type IndexEntry, readEntries } from "./entries.ts";
import { type FancyPlan, gatherOf, indexVectors, isFancy, planFancy } from "./fancy.ts";
import { type AxisPlan, consumes, type IndexPlan, planIndex, tooManyIndices } from "./plan.ts";
import { type RegionPlan, readRegion } from "./region.ts";

export interface GetOptions {
  /** `clip` (the default) reads the nearest element, `fill` (or `drop`) gives `fillValue`. */
  readonly mode?: IndexMode | null;
  /** Default: NaN, the least signed or the largest unsigned integer, or true. */
  readonly fillValue?: ArrayLike;
  /** Ignored: XLA's hints. */
  readonly indicesAreSorted?: boolean;
  readonly uniqueIndices?: boolean;
}

/** How the operation runs: the plan's static part, and the array operands after `x`. */
export interface Prepared extends RegionPlan {
  readonly starts: readonly NDArray[];
}

/**
 * Makes starts operands when the operation runs by itself, so that `x.get(0)`, `x.get(1)`, … compile once. Inside a
 * trace they stay static, which lets the compiler fold the selection into what reads it.
 */
export function prepare(x: NDArray, plan: IndexPlan): Prepared {
  const checked = plan.operands.length;
  if (currentTrace() !== undefined || isTracer(x) || plan.operands.some(isTracer)) {
    return { axes: plan.axes, checked, starts: plan.operands };
  }
  const starts = [...plan.operands];
  const axes = plan.axes.map((axis, i): AxisPlan => {
    if (axis.operand >= 0 || Math.abs(axis.step) !== 1 || axis.count === x.shape[i] || axis.count === 0)
      return axis;
    const start = axis.step < 0 ? axis.start - axis.count + 1 : axis.start;
    const operand = starts.push(hostFrom("int32", [], Int32Array.of(start))) - 1;
    return { ...axis, start: 0, operand };
  });
  return { axes, checked, starts };
}

interface GetStatics extends RegionPlan {
  readonly shape: Shape;
  readonly inBounds: boolean;
  readonly fill: boolean;
}

/** Operands are `x`, the starts and, where an index may read the fill value, that value. */
function getBody([x, ...rest]: readonly NDArray[], statics: GetStatics): NDArray {
  const fillValue = statics.fill ? rest[rest.length - 1] : undefined;
  const { region, inBounds } = readRegion(x, rest, statics);
  const selection = reshape(region, statics.shape);
  if (fillValue === undefined) return selection;
  const other = broadcastTo(convert(fillValue, x.dtype, x.weakType), statics.shape);
  if (!statics.inBounds) return other;
  const inside = inBounds();
  return inside === undefined ? selection : lax.select(inside, selection, other);
}

interface FancyStatics extends FancyPlan {
  readonly fill: boolean;
}

/** Operands are `x`, the index arrays and the fill value, if there is one. */
function fancyBody([x, ...rest]: readonly NDArray[], plan: FancyStatics): NDArray {
  const fillValue = plan.fill ? rest[rest.length - 1] : undefined;
  const { region } = readRegion(reshape(x, plan.source), [], { axes: plan.axes, checked: 0 });
  const { numbers, sizes } = gatherOf(plan, region.shape);
  const vectors = indexVectors(plan, rest.slice(0, plan.advanced.length));
  return reshape(emitGather(region, vectors, numbers, sizes, fillValue), plan.shape);
}

/** Reads a selection. @throws TypeError or RangeError if the index does not fit the array. */
export function getAt(x: NDArray, index: readonly unknown[], options: GetOptions = {}): NDArray {
  if (isKey(x)) return keysOf(getAt(wordsOf(x), wordsIndex(x, index), options));
  const mode = checkMode("x.at(...).get()", options.mode);
  const entries = readEntries(index);
  const fillOperand = (): NDArray => fillArray(x, options.fillValue, "x.at(...).get()");
  if (isFancy(entries)) {
    const { plan, operands } = planFancy(x.shape, entries);
    const fill = isFillMode(mode) ? [fillOperand()] : [];
    return dispatchOne(
      "x.get arrays",
      [x, ...operands, ...fill],
      { ...plan, fill: fill.length > 0 },
      fancyBody,
    );
  }
  const plan = planIndex(x.shape, entries);
  const { starts, axes, checked } = prepare(x, plan);
  const fill = isFillMode(mode) && (!plan.inBounds || plan.operands.length > 0);
  const statics: GetStatics = { axes, checked, shape: plan.shape, inBounds: plan.inBounds, fill };
  return dispatchOne("x.get", [x, ...starts, ...(fill ? [fillOperand()] : [])], statics, getBody);
}

/** An index of keys as one of their words: all words of the selected keys. */
export function wordsIndex(x: NDArray, index: readonly unknown[]): readonly unknown[] {
  const entries = readEntries(index);
  const count = entries.reduce((sum, entry) => sum + consumes(entry), 0);
  if (count > x.ndim) throw tooManyIndices(x.shape, count);
  return entries.some(({ kind }) => kind === "ellipsis") ? [...index, ":"] : index;
}

/** `x.get(...)`. */
export const get = (x: NDArray, index: readonly IndexEntry[]): NDArray => getAt(x, index);
