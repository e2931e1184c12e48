/** What an index selects from an array of a given shape: a start, a count and a step along every axis. */

import { formatShape, type Shape } from "@fluxion/ir";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import type { NDArray } from "../../core/ndarray.ts";
import type { Entry } from "./entries.ts";

/** Elements start, start + step, … (count of them) along one axis of the array. */
export interface AxisPlan {
  readonly start: number;
  readonly count: number;
  readonly step: number;
  /** Which of the plan's operands gives the start; −1 if it is `start`. */
  readonly operand: number;
}

export interface IndexPlan {
  readonly axes: readonly AxisPlan[];
  /** Shape of the selection: integers drop their axis, null adds one. */
  readonly shape: Shape;
  /** False if a static integer lies outside. */
  readonly inBounds: boolean;
  /** Starts that are not known while tracing, as the user gave them. */
  readonly operands: readonly NDArray[];
}

/**
 * Python's rule for the bounds of a range: negative ones count from the end, then both are clamped.
 * @throws RangeError if the step is 0.
 */
function rangeOf(size: number, { start, stop, step = 1 }: Extract<Entry, { kind: "range" }>): AxisPlan {
  if (step === 0) throw new RangeError(`slice step cannot be zero${atLocation(userLocation())}`);
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (bound: number): number =>
    Math.min(Math.max(bound < 0 ? bound + size : bound, lowest), highest);
  const from = start === undefined ? (step > 0 ? lowest : highest) : clamp(start);
  const to = stop === undefined ? (step > 0 ? highest : lowest) : clamp(stop);
  const count = Math.max(0, Math.ceil((to - from) / step));
  return { start: count === 0 ? 0 : from, count, step: count <= 1 ? 1 : step, operand: -1 };
}

const whole = (size: number): AxisPlan => ({ start: 0, count: size, step: 1, operand: -1 });

export const tooManyIndices = (shape: Shape, count: number): RangeError =>
  new RangeError(
    `Too many indices: array is ${shape.length}-dimensional, but ${count} were indexed. Its shape is ` +
      `${formatShape(shape)}${atLocation(userLocation())}`,
  );

/** What a range selects of an axis. */
export const rangePlan = (size: number, entry: Extract<Entry, { kind: "range" }>): AxisPlan =>
  entry.start === undefined && entry.stop === undefined && entry.step === undefined
    ? whole(size)
    : rangeOf(size, entry);

/** How many axes of the array an entry takes. */
export const consumes = (entry: Entry): number =>
  entry.kind === "newaxis" || entry.kind === "ellipsis"
    ? 0
    : entry.kind === "array" && entry.index.dtype === "bool"
      ? entry.index.ndim
      : 1;

/** The entries with the ellipsis (or the missing end) written out. @throws RangeError if there are too many. */
export function withoutEllipsis(entries: readonly Entry[], shape: Shape): Entry[] {
  const consumed = entries.reduce((sum, entry) => sum + consumes(entry), 0);
  if (consumed > shape.length) throw tooManyIndices(shape, consumed);
  if (entries.filter(({ kind }) => kind === "ellipsis").length > 1) {
    throw new RangeError(`an index can only have a single ellipsis ('...')${atLocation(userLocation())}`);
  }
  const rest = Array.from({ length: shape.length - consumed }, (): Entry => ({ kind: "range" }));
  const at = entries.findIndex(({ kind }) => kind === "ellipsis");
  return at < 0 ? [...entries, ...rest] : [...entries.slice(0, at), ...rest, ...entries.slice(at + 1)];
}

/** Plans an index without arrays. @throws RangeError if there are too many entries. */
export function planIndex(shape: Shape, entries: readonly Entry[]): IndexPlan {
  const axes: AxisPlan[] = [];
  const selected: number[] = [];
  const operands: NDArray[] = [];
  let inBounds = true;
  for (const entry of withoutEllipsis(entries, shape)) {
    const size = shape[axes.length];
    if (entry.kind === "newaxis") selected.push(1);
    else if (entry.kind === "range") {
      const axis = rangePlan(size, entry);
      selected.push(axis.count);
      axes.push(axis);
    } else {
      if (size === 0) throw emptyAxisError(axes.length);
      if (entry.kind === "dynamic") {
        axes.push({ start: 0, count: 1, step: 1, operand: operands.push(entry.index) - 1 });
      } else if (entry.kind === "integer") {
        const at = entry.value < 0 ? entry.value + size : entry.value;
        inBounds &&= at >= 0 && at < size;
        axes.push({ start: Math.min(Math.max(at, 0), size - 1), count: 1, step: 1, operand: -1 });
      }
    }
  }
  return { axes, shape: selected, inBounds, operands };
}

const emptyAxisError = (axis: number): RangeError =>
  new RangeError(`index is out of bounds for axis ${axis} with size 0${atLocation(userLocation())}`);
