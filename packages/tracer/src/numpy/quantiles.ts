/** Quantiles, by sorting. */

import { formatShape, isComplex, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastInDim, broadcastTo, convert, full, reshape } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { emitSort } from "../lax/sort.ts";
import { readAxes, readOptions } from "./options.ts";
import { inexactDType } from "./promotion.ts";
import { any, rejectOut, sum } from "./reduce.ts";
import { readFlag } from "./scalars.ts";
import { takeAlongAxis } from "./take.ts";
import { where } from "./where.ts";

const methods = ["linear", "lower", "higher", "midpoint", "nearest"] as const;
type Method = (typeof methods)[number];

interface QuantileStatics {
  /** Axes that are folded; nothing for all. */
  readonly axes: readonly number[] | undefined;
  readonly method: Method;
  readonly keepdims: boolean;
  readonly ignoreNan: boolean;
  /** What the given quantiles are divided by: 100 for percentiles. */
  readonly scale: number;
}

const nan = (x: NDArray): NDArray => full([], Number.NaN, x.dtype);
const isNan = (x: NDArray): NDArray => lax.ne(x, x);

/** The array with the folded axes as its last one. */
function foldedLast(x: NDArray, axes: readonly number[] | undefined): NDArray {
  const folded = axes ?? x.shape.map((_, axis) => axis);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !folded.includes(axis));
  const moved = lax.transpose(x, [...kept, ...folded]);
  return reshape(moved, [...kept.map((axis) => x.shape[axis]), sizeOf(folded.map((axis) => x.shape[axis]))]);
}

/** Elements below and above each position, and how far it is on the way from the one to the other. */
function between(lines: NDArray, position: NDArray, last: NDArray, method: Method): NDArray {
  const zero = broadcastTo(full([], 0, position.dtype), position.shape);
  const [low, high] = [lax.floor(position), lax.ceil(position)];
  const share = lax.sub(position, low);
  const inside = (index: NDArray): NDArray => convert(lax.max(zero, lax.min(index, last)), "int32");
  const rank = lines.ndim - 1;
  const whole = broadcastInDim(
    lines,
    [position.shape[0], ...lines.shape],
    lines.shape.map((_, axis) => axis + 1),
  );
  const at = (index: NDArray): NDArray => {
    const along = reshape(index, [...index.shape, 1]);
    const found = takeAlongAxis(whole, along, { axis: rank + 1, mode: "clip" });
    return reshape(found, index.shape);
  };
  const [below, above] = [at(inside(low)), at(inside(high))];
  const constant = (value: number): NDArray => broadcastTo(full([], value, position.dtype), position.shape);
  const asPosition = (x: NDArray): NDArray => convert(x, position.dtype);
  switch (method) {
    case "linear":
      return lax.add(
        lax.mul(asPosition(below), lax.sub(constant(1), share)),
        lax.mul(asPosition(above), share),
      );
    case "lower":
      return below;
    case "higher":
      return above;
    case "nearest":
      return lax.select(lax.le(share, constant(0.5)), below, above);
    case "midpoint":
      return lax.mul(lax.add(below, above), broadcastTo(full([], 0.5, below.dtype), below.shape));
  }
}

/** Operands are the array and a vector of quantiles; the result has the quantiles along its first axis. */
function quantileBody([given, quantiles]: readonly NDArray[], s: QuantileStatics): NDArray {
  const x = convert(given, inexactDType(given.dtype));
  const unsorted = foldedLast(x, s.axes);
  const axis = unsorted.ndim - 1;
  const [lines] = emitSort([unsorted], axis);
  const q0 = convert(quantiles, inexactDType(quantiles.dtype));
  const q = s.scale === 1 ? q0 : lax.div(q0, broadcastTo(full([], s.scale, q0.dtype), q0.shape));
  const batch = lines.shape.slice(0, -1);
  const shape = [q.shape[0], ...batch];
  const spread = broadcastInDim(q, shape, [0]);
  const missing = isNan(lines);
  const count = s.ignoreNan
    ? sum(convert(lax.bitwiseNot(missing), q.dtype), { axis })
    : full(batch, lines.shape[axis], q.dtype);
  const counts = broadcastInDim(
    count,
    shape,
    batch.map((_, i) => i + 1),
  );
  const last = lax.sub(counts, broadcastTo(full([], 1, q.dtype), shape));
  const result = convert(between(lines, lax.mul(spread, last), last, s.method), x.dtype);
  if (s.ignoreNan) return result;
  const spoiled = broadcastInDim(
    any(missing, { axis }),
    shape,
    batch.map((_, i) => i + 1),
  );
  return where(spoiled, nan(result), result);
}

function readMethod(method: unknown): Method {
  const found = methods.find((name) => name === (method ?? "linear"));
  if (found !== undefined) return found;
  throw rangeError("method can only be 'linear', 'lower', 'higher', 'midpoint', or 'nearest'");
}

/** Of no elements there is no quantile. @throws TypeError, as JAX does */
function refuseEmpty(fn: string, { shape }: NDArray, axes: readonly number[] | undefined): void {
  const isFolded = (axis: number): boolean => axes === undefined || axes.includes(axis);
  const hasResult = shape.every((size, axis) => size > 0 || isFolded(axis));
  if (hasResult && sizeOf(shape) === 0)
    throw typeError(`${fn} of an array of shape ${formatShape(shape)}: no elements have no quantile`);
}

/** The quantiles of an array: `q` a number or a vector, whose axis comes first in the result. */
function quantileOf(
  fn: string,
  a: ArrayLike,
  q: ArrayLike | readonly number[],
  scale: number,
  ignoreNan: boolean,
  rest: readonly unknown[],
): NDArray {
  const o = readOptions(fn, ["axis", "out", "overwriteInput", "method", "keepdims"], rest);
  rejectOut(fn, o.out);
  const x = asArray(a, fn, 0);
  if (isComplex(x.dtype))
    throw rangeError(`${fn} does not support complex input, as the operation is poorly defined.`);
  const quantiles = Array.isArray(q)
    ? asArray(Float32Array.from(q as number[]), fn, 1)
    : asArray(q as ArrayLike, fn, 1);
  if (quantiles.ndim > 1)
    throw rangeError(`q must be have rank <= 1, got shape (${quantiles.shape.join(", ")})`);
  const axes = o.axis === undefined || o.axis === null ? undefined : readAxes(o.axis, x.ndim);
  refuseEmpty(fn, x, axes);
  const statics: QuantileStatics = {
    axes,
    method: readMethod(o.method),
    keepdims: readFlag(o.keepdims, "keepdims"),
    ignoreNan,
    scale,
  };
  return dispatchOne(`jnp.quantile`, [x, quantiles], statics, ([b, p], s) => {
    const vector = reshape(p, [sizeOf(p.shape)]);
    const result = quantileBody([b, vector], s);
    const kept = b.shape.map((size, axis) => (s.axes === undefined || s.axes.includes(axis) ? 1 : size));
    return reshape(result, [...p.shape, ...(s.keepdims ? kept : result.shape.slice(1))]);
  });
}

/**
 * Quantiles, 0 ≤ q ≤ 1, over axes (all by default); NaN where there is a NaN. Between elements `method` decides: `linear`,
 * `lower`, `higher`, `midpoint` or `nearest`.
 * @throws RangeError if `q` has more than one axis or there is no such method.
 */
export const quantile = (
  a: ArrayLike,
  q: ArrayLike | readonly number[],
  ...rest: readonly unknown[]
): NDArray => quantileOf("quantile", a, q, 1, false, rest);
/** As `quantile`, ignoring NaNs. */
export const nanquantile = (
  a: ArrayLike,
  q: ArrayLike | readonly number[],
  ...rest: readonly unknown[]
): NDArray => quantileOf("nanquantile", a, q, 1, true, rest);
/** As `quantile`, of q in hundredths. */
export const percentile = (
  a: ArrayLike,
  q: ArrayLike | readonly number[],
  ...rest: readonly unknown[]
): NDArray => quantileOf("percentile", a, q, 100, false, rest);
/** As `percentile`, ignoring NaNs. */
export const nanpercentile = (
  a: ArrayLike,
  q: ArrayLike | readonly number[],
  ...rest: readonly unknown[]
): NDArray => quantileOf("nanpercentile", a, q, 100, true, rest);

const medianOf =
  (fn: string, ignoreNan: boolean) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o = readOptions(fn, ["axis", "out", "overwriteInput", "keepdims"], rest);
    rejectOut(fn, o.out);
    return quantileOf(fn, a, 0.5, 1, ignoreNan, [
      { axis: o.axis ?? null, keepdims: readFlag(o.keepdims, "keepdims"), method: "midpoint" },
    ]);
  };

/** The middle element over axes, or the mean of the two middle ones; NaN where there is a NaN. */
export const median = medianOf("median", false);
/** As `median`, ignoring NaNs. */
export const nanmedian = medianOf("nanmedian", true);
