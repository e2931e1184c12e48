/**
 * Indexing with arrays. Ranges select a region first; arrays, and numbers beside them, then pick from it by one gather
 * or scatter, NumPy's way: arrays broadcast together, and their dimensions stand where the arrays stood if those were
 * neighbours, else in front.
 */

import { dtypeTable, formatShape, isUnsigned, type Shape, sizeOf } from "@fluxion/ir";
import { hostFrom } from "../../core/as-array.ts";
import { formatAval } from "../../core/aval.ts";
import { broadcastTo, convert, emitOne, full, reshape } from "../../core/emit.ts";
import { atLocation, NonConcreteBooleanIndexError } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isAbstract, type NDArray } from "../../core/ndarray.ts";
import { rangeError } from "../../core/user-error.ts";
import type { GatherDimensionNumbers } from "../../lax/gather.ts";
import * as lax from "../../lax/index.ts";
import { tryBroadcastShapes } from "../../numpy/broadcast.ts";
import { resultType } from "../../numpy/promotion.ts";
import { dataSync } from "../read.ts";
import type { Entry } from "./entries.ts";
import { type AxisPlan, rangePlan, withoutEllipsis } from "./plan.ts";

export interface FancyPlan {
  /** Shape of the array with an axis for each boolean scalar. */
  readonly source: Shape;
  /** What ranges select of it; whole along the axes that arrays index. */
  readonly axes: readonly AxisPlan[];
  /** Axes that arrays index, one for each operand. */
  readonly advanced: readonly number[];
  /** Shape that the arrays have together. */
  readonly indexShape: Shape;
  /** Dimensions of the other axes that stand before those of the arrays. */
  readonly position: number;
  /** Shape of the selection. */
  readonly shape: Shape;
}

export const isFancy = (entries: readonly Entry[]): boolean => entries.some(({ kind }) => kind === "array");

/** Positions of the true elements of a mask, one list for each of its dimensions. */
function truePositions(mask: NDArray): NDArray[] {
  const data = dataSync(mask as NDArray<Shape, "bool">);
  const lists: number[][] = mask.shape.map(() => []);
  for (let at = 0; at < data.length; at++) {
    if (!data[at]) continue;
    let rest = at;
    for (let axis = mask.ndim - 1; axis >= 0; axis--) {
      lists[axis].push(rest % mask.shape[axis]);
      rest = Math.floor(rest / mask.shape[axis]);
    }
  }
  return lists.map((list) => hostFrom("int32", [list.length], Int32Array.from(list)));
}

/** @throws NonConcreteBooleanIndexError or RangeError if the mask is traced or has another shape than what it masks. */
function checkMask(mask: NDArray, masked: Shape, axis: number): void {
  const at = atLocation(userLocation());
  if (isAbstract(mask))
    throw new NonConcreteBooleanIndexError(
      `Array boolean indices must be concrete; got ${formatAval(mask.aval)}: the size of the result would depend on ` +
        `values. Use jnp.where(mask, x, other), which keeps the shape${at}`,
    );
  if (mask.shape.join() !== masked.join())
    throw rangeError(
      `boolean index did not match shape of indexed array in index ${axis}: got ${formatShape(mask.shape)}, ` +
        `expected [${masked.join(", ")}]${at}`,
    );
}

/** A number or array that picks along an axis. */
interface Pick {
  readonly axis: number;
  readonly index: NDArray;
}

/** Walks the entries and collects axes, picks and the dimensions of the selection. */
class Planner {
  readonly shape: Shape;
  readonly source: number[] = [];
  readonly axes: AxisPlan[] = [];
  readonly picks: Pick[] = [];
  /** Sizes of the selection's other dimensions, and for each whether it is an axis of the array. */
  readonly others: { readonly size: number; readonly ofArray: boolean }[] = [];
  /** Where the picks stand among the other dimensions; more than one place if they are no neighbours. */
  readonly places = new Set<number>();
  consumed = 0;

  constructor(shape: Shape) {
    this.shape = shape;
  }

  add(entry: Entry): void {
    const size = this.shape[this.consumed];
    if (entry.kind === "newaxis") this.others.push({ size: 1, ofArray: false });
    else if (entry.kind === "range") {
      const axis = rangePlan(size, entry);
      this.others.push({ size: axis.count, ofArray: true });
      this.#axis(size, axis);
      this.consumed++;
    } else if (entry.kind === "array" && entry.index.dtype === "bool") this.#mask(entry.index);
    else if (entry.kind !== "ellipsis") {
      this.#pick(size, entry.kind === "integer" ? integerIndex(entry.value) : entry.index);
      this.consumed++;
    }
  }

  #mask(mask: NDArray): void {
    checkMask(mask, this.shape.slice(this.consumed, this.consumed + mask.ndim), this.consumed);
    if (mask.ndim === 0) {
      const count = dataSync(mask as NDArray<Shape, "bool">)[0] ? 1 : 0;
      this.#pick(1, hostFrom("int32", [count], new Int32Array(count)));
      return;
    }
    for (const index of truePositions(mask)) this.#pick(this.shape[this.consumed++], index);
  }

  #pick(size: number, index: NDArray): void {
    this.places.add(this.others.length);
    this.picks.push({ axis: this.axes.length, index });
    this.#axis(size, rangePlan(size, { kind: "range" }));
  }

  #axis(size: number, plan: AxisPlan): void {
    this.source.push(size);
    this.axes.push(plan);
  }
}

const integerIndex = (value: number): NDArray => hostFrom("int32", [], Int32Array.of(value));

/** Plans an index with arrays. @throws as NumPy and JAX do, with the shapes in the text. */
export function planFancy(
  shape: Shape,
  entries: readonly Entry[],
): { readonly plan: FancyPlan; readonly operands: readonly NDArray[] } {
  const planner = new Planner(shape);
  for (const entry of withoutEllipsis(entries, shape)) planner.add(entry);
  const { source, axes, picks, others, places } = planner;
  const indexShape = tryBroadcastShapes(picks.map(({ index }) => index.shape));
  const shapes = picks.map(({ index }) => formatShape(index.shape));
  if (indexShape === undefined)
    throw new RangeError(
      `Incompatible shapes for broadcasting: shapes=[${shapes.join(", ")}]. The arrays of an index broadcast ` +
        `together${atLocation(userLocation())}`,
    );
  const empty = picks.find(({ axis }) => source[axis] === 0);
  if (empty !== undefined && sizeOf(indexShape) > 0)
    throw new RangeError(
      `Slice size at index ${empty.axis} in gather op is out of range: the axis has no elements` +
        atLocation(userLocation()),
    );
  const place = places.size === 1 ? [...places][0] : 0;
  const sizes = others.map(({ size }) => size);
  const plan: FancyPlan = {
    source,
    axes,
    advanced: picks.map(({ axis }) => axis),
    indexShape,
    position: others.slice(0, place).filter(({ ofArray }) => ofArray).length,
    shape: [...sizes.slice(0, place), ...indexShape, ...sizes.slice(place)],
  };
  return { plan, operands: picks.map(({ index }) => index) };
}

/** Dimension numbers and slice sizes of the gather that picks from a region. */
export function gatherOf(
  { advanced, indexShape, position }: FancyPlan,
  region: Shape,
): { readonly numbers: GatherDimensionNumbers; readonly sizes: readonly number[]; readonly shape: Shape } {
  const kept = region.filter((_, axis) => !advanced.includes(axis));
  const offsetDims = kept.map((_, i) => (i < position ? i : i + indexShape.length));
  return {
    numbers: {
      offsetDims,
      collapsedSliceDims: [...advanced].sort((a, b) => a - b),
      startIndexMap: advanced,
    },
    sizes: region.map((size, axis) => (advanced.includes(axis) ? Math.min(1, size) : size)),
    shape: [...kept.slice(0, position), ...indexShape, ...kept.slice(position)],
  };
}

/** Numbers of at least 32 bits that count from the front: negative ones had counted from the end. */
function countFromFront(index: NDArray, size: number): NDArray {
  const wide = dtypeTable[index.dtype].bits < 32 ? convert(index, "int32") : index;
  if (isUnsigned(wide.dtype)) return wide;
  const [zero, length] = [0, size].map((value) => broadcastTo(full([], value, wide.dtype), wide.shape));
  return lax.select(lax.lt(wide, zero), lax.add(wide, length), wide);
}

/** Index vectors along a new last dimension. */
export function indexVectors(plan: FancyPlan, operands: readonly NDArray[]): NDArray {
  const counted = operands.map((index, i) => countFromFront(index, plan.source[plan.advanced[i]]));
  const { dtype } = resultType(counted.map((index) => ({ dtype: index.dtype, weakType: false })));
  const columns = counted.map((index) =>
    reshape(broadcastTo(convert(index, dtype), plan.indexShape), [...plan.indexShape, 1]),
  );
  if (columns.length === 1) return columns[0];
  return emitOne("concatenate", columns, { dimension: plan.indexShape.length });
}
