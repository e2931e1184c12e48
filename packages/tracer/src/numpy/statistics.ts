/** Means, variances and other summaries. */

import { type DType, isComplex, realPart, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { ReductionFunction } from "../types/reductions.ts";
import { broadcastTo } from "./broadcasting.ts";
import { readAxes, readDType, readOptions } from "./options.ts";
import { inexactDType, resultType } from "./promotion.ts";
import { max, min, type Options, readWhere, rejectOut, sum, upcast16 } from "./reduce.ts";
import { readFlag, readNumber } from "./scalars.ts";
import { where } from "./where.ts";

interface Scope {
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** Number of elements that are averaged: known, or counted where a mask chooses. */
function countOf(x: NDArray, mask: NDArray | undefined, { axes, keepdims }: Scope, dtype: DType): NDArray {
  if (mask === undefined) return full([], sizeOf(axes.map((axis) => x.shape[axis])), dtype);
  return sum(broadcastTo(mask, x.shape), { axis: axes, dtype, keepdims });
}

/** Divides by a scalar or by an array of the same shape. */
const quotient = (x: NDArray, count: NDArray): NDArray =>
  lax.div(x, count.ndim === 0 ? count : broadcastTo(count, x.shape));

/** Mean inside a trace, in `compute`. */
function meanBody(x: NDArray, mask: NDArray | undefined, scope: Scope, compute: DType): NDArray {
  const total = sum(x, { axis: scope.axes, dtype: compute, keepdims: scope.keepdims, where: mask });
  return quotient(total, countOf(x, mask, scope, compute));
}

const readScope = (x: NDArray, o: Options): Scope => ({
  axes: readAxes(o.axis, x.ndim),
  keepdims: readFlag(o.keepdims, "keepdims"),
});

function meanOf(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("mean", ["axis", "dtype", "out", "keepdims", "where"], rest);
  rejectOut("mean", o.out);
  const x = asArray(a, "mean", 0);
  const mask = readWhere("mean", o.where);
  const given = readDType("mean", o.dtype);
  const dtype = given ?? inexactDType(x.dtype);
  const statics = { ...readScope(x, o), dtype, compute: given ?? upcast16(dtype) };
  return dispatchOne("jnp.mean", mask === undefined ? [x] : [x, mask], statics, ([b, m], s) =>
    convert(meanBody(b, m, s, s.compute), s.dtype),
  );
}

/** Arithmetic mean over axes; of integers a float. NaN of no elements. */
export const mean = meanOf as ReductionFunction<"inexact">;

interface VarianceStatics extends Scope {
  readonly compute: DType;
  readonly dtype: DType;
  readonly correction: number;
  readonly hasWhere: boolean;
  readonly hasMean: boolean;
}

/** |x|², a real number. */
export const squaredMagnitude = (x: NDArray): NDArray =>
  isComplex(x.dtype) ? lax.real(lax.mul(x, lax.conj(x))) : lax.square(x);

/** Σ|x − mean|² / (n − correction); NaN where the divisor is not positive. */
function varianceBody([given, ...rest]: readonly NDArray[], s: VarianceStatics): NDArray {
  const x = convert(given, s.compute);
  const mask = s.hasWhere ? rest[rest.length - 1] : undefined;
  const centre = s.hasMean
    ? convert(rest[0], s.compute)
    : meanBody(x, mask, { axes: s.axes, keepdims: true }, s.compute);
  const deviation = lax.sub(x, broadcastTo(centre, x.shape));
  const squared = squaredMagnitude(deviation);
  const total = sum(squared, { axis: s.axes, dtype: squared.dtype, keepdims: s.keepdims, where: mask });
  const result = (divisor: NDArray): NDArray => convert(quotient(total, divisor), s.dtype);
  if (mask !== undefined) {
    const count = countOf(x, mask, s, squared.dtype);
    const divisor = lax.sub(count, full([], s.correction, squared.dtype));
    return where(lax.gt(divisor, full([], 0, squared.dtype)), result(divisor), nanOf(s.dtype));
  }
  const divisor = sizeOf(s.axes.map((axis) => x.shape[axis])) - s.correction;
  if (divisor > 0) return result(full([], divisor, squared.dtype));
  return broadcastTo(nanOf(s.dtype), total.shape);
}

const nanOf = (dtype: DType): NDArray => full([], Number.NaN, dtype);

/** dtypes that a variance is computed in and returned as. */
function varianceDTypes(
  name: string,
  x: NDArray,
  given: DType | undefined,
): { compute: DType; dtype: DType } {
  if (given === undefined) {
    const compute = inexactDType(x.dtype);
    return { compute: upcast16(compute), dtype: realPart(compute) };
  }
  if (isComplex(x.dtype) && !isComplex(given)) {
    throw new TypeError(
      `jax.numpy.${name} does not yet support real dtype parameters when computing the variance of an array of ` +
        `complex values.${atLocation(userLocation())}`,
    );
  }
  return { compute: upcast16(given), dtype: given };
}

function variance(name: string, a: ArrayLike, rest: readonly unknown[]): NDArray {
  const names = ["axis", "dtype", "out", "ddof", "keepdims", "where", "mean", "correction"] as const;
  const o = readOptions(name, names, rest);
  rejectOut(name, o.out);
  if (o.correction !== undefined && o.ddof !== undefined && o.ddof !== 0)
    throw rangeError("ddof and correction can't be provided simultaneously.");
  const x = asArray(a, name, 0);
  const given = readDType(name, o.dtype);
  if (name === "std" && given !== undefined && inexactDType(given) !== given)
    throw typeError(`dtype argument to jnp.std must be inexact; got ${given}`);
  const mask = readWhere(name, o.where);
  const centre = o.mean === undefined || o.mean === null ? undefined : asArray(o.mean, name, 1);
  const statics = {
    ...readScope(x, o),
    ...varianceDTypes(name, x, given),
    correction: readNumber(o.correction ?? o.ddof, "ddof", 0),
    hasWhere: mask !== undefined,
    hasMean: centre !== undefined,
  };
  const operands = [x, ...[centre, mask].filter((arg) => arg !== undefined)];
  return dispatchOne(`jnp.${name}`, operands, statics, (args, s) =>
    name === "std" ? lax.sqrt(varianceBody(args, s)) : varianceBody(args, s),
  );
}

const spread = (name: "var" | "std") =>
  ((a: ArrayLike, ...rest: readonly unknown[]) => variance(name, a, rest)) as ReductionFunction<"real">;

/**
 * Variance over axes: the mean of |x − mean|², with `ddof` (or `correction`) subtracted from the number of elements.
 * `mean` may be given if it is known (with the axes kept).
 */
export const variance_ = spread("var");
export { variance_ as var };
/** Standard deviation over axes: the square root of `var`, with its options. */
export const std = spread("std");

function ptpOf(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("ptp", ["axis", "out", "keepdims"], rest);
  rejectOut("ptp", o.out);
  const x = asArray(a, "ptp", 0);
  return dispatchOne("jnp.ptp", [x], readScope(x, o), ([b], s) => {
    const options = { axis: s.axes, keepdims: s.keepdims };
    return lax.sub(max(b, options), min(b, options));
  });
}

/** Largest minus smallest element over axes. */
export const ptp = ptpOf as ReductionFunction<"same">;

/** Weights of a weighted mean under the shape of the array. */
function alignWeights(x: NDArray, weights: NDArray, axis: unknown): NDArray {
  if (weights.shape.join() === x.shape.join()) return weights;
  if (axis === undefined || axis === null)
    throw rangeError("Axis must be specified when shapes of a and weights differ.");
  const given = (Array.isArray(axis) ? axis : [axis]).map((i) => readAxes(i, x.ndim)[0]);
  if (given.map((i) => x.shape[i]).join() !== weights.shape.join())
    throw rangeError("Shape of weights must be consistent with shape of a along specified axis.");
  const order = given.map((_, i) => i).sort((p, q) => given[p] - given[q]);
  const sorted = lax.transpose(weights, order);
  return lax.reshape(
    sorted,
    x.shape.map((size, i) => (given.includes(i) ? size : 1)),
  );
}

/**
 * Weighted mean over axes. With `returned` also the sum of the weights: `[average, weightsSum]`.
 * @throws TypeError or RangeError if the weights do not fit.
 */
export function average(a: ArrayLike, ...rest: readonly unknown[]): NDArray | [NDArray, NDArray] {
  const o = readOptions("average", ["axis", "weights", "returned", "keepdims"], rest);
  const x = asArray(a, "average", 0);
  const scope = readScope(x, o);
  if (o.weights === undefined || o.weights === null) {
    const result = mean(x, { axis: scope.axes, keepdims: scope.keepdims });
    if (o.returned !== true) return result;
    return [result, lax.full(result.shape, sizeOf(scope.axes.map((i) => x.shape[i])), result.dtype)];
  }
  const weights = asArray(o.weights, "average", 1);
  const common = inexactDType(resultType([x, weights]).dtype);
  const [result, total] = dispatch(
    "jnp.average",
    [x, weights],
    { ...scope, axis: o.axis, common },
    (args, s) => {
      const [values, given] = args.map((arg) => convert(arg, s.common));
      const w = alignWeights(values, given, s.axis);
      const options = { axis: s.axes, keepdims: s.keepdims };
      const weightsSum = sum(w, options);
      const scaled = sum(lax.mul(values, broadcastTo(w, values.shape)), options);
      const sums = broadcastTo(weightsSum, scaled.shape);
      return [lax.div(scaled, sums), sums];
    },
  );
  return readFlag(o.returned, "returned") ? [result, total] : result;
}
