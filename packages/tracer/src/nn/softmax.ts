/** Softmax and its kin: functions of whole rows that never overflow. */

import { isComplex, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { keepAxes } from "../lax/reduce.ts";
import { absolute, add, divide, multiply, square, subtract } from "../numpy/arithmetic.ts";
import { real } from "../numpy/complex.ts";
import { fillLike, inexact, promoteTo, strongLike } from "../numpy/define.ts";
import { exp, log } from "../numpy/exponential.ts";
import { equal, isfinite } from "../numpy/logic.ts";
import { checkShape, normalizeAxis, readAxes, readDType, readOptions, readShape } from "../numpy/options.ts";
import { defaultFloat } from "../numpy/promotion.ts";
import { max, readWhere, sum } from "../numpy/reduce.ts";
import { readFlag } from "../numpy/scalars.ts";
import { mean } from "../numpy/statistics.ts";
import { clip, where } from "../numpy/where.ts";
import { withRules } from "../transforms/custom/with-rule.ts";
import { stopGradient } from "../transforms/stop-gradient.ts";

interface Scope {
  readonly axes: readonly number[];
}

/** The largest element over axes, which stay; −∞ where there is none. */
function rowMax(x: NDArray, mask: NDArray | undefined, axes: readonly number[]): NDArray {
  const empty = axes.some((axis) => x.shape[axis] === 0);
  const initial = empty || mask !== undefined ? -Infinity : undefined;
  return max(x, { axis: axes, keepdims: true, initial, where: mask });
}

/** x − max, −∞ where the mask is false. What is made of it does not depend on the maximum, so no tangent comes from there. */
function shift(x: NDArray, mask: NDArray | undefined, axes: readonly number[]): NDArray {
  const safe = mask === undefined ? x : where(mask, x, -Infinity);
  return subtract(safe, stopGradient(rowMax(x, mask, axes)));
}

const rowFunction =
  (name: string, body: (x: NDArray, mask: NDArray | undefined, axes: readonly number[]) => NDArray) =>
  (x: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o = readOptions(name, ["axis", "where"], rest);
    const a = asArray(x, name, 0);
    const mask = readWhere(name, o.where);
    const statics: Scope = { axes: readAxes(o.axis === undefined ? -1 : o.axis, a.ndim) };
    return dispatchOne(`nn.${name}`, mask === undefined ? [a] : [a, mask], statics, ([b, m], s) =>
      body(b, m, s.axes),
    );
  };

/** e^x / Σe^x over an axis (the last unless `axis` says which); 0 where the mask `where` is false. */
export const softmax = rowFunction("softmax", (x, mask, axes) => {
  const rowSum = (y: NDArray): NDArray => sum(y, { axis: axes, keepdims: true, where: mask });
  const ruled = withRules(
    "softmax",
    (a) => {
      const powers = exp(shift(a, mask, axes));
      const result = divide(powers, rowSum(powers));
      return mask === undefined ? result : where(mask, result, 0);
    },
    // dy = y·(dx − Σ y·dx)
    (g, y) => multiply(y, subtract(g, rowSum(multiply(y, g)))),
  );
  return ruled(x);
});

/** x − log Σe^x over an axis, the logarithm of `softmax`; −∞ where the mask `where` is false. */
export const logSoftmax = rowFunction("logSoftmax", (x, mask, axes) => {
  const shifted = shift(x, mask, axes);
  const total = log(sum(exp(shifted), { axis: axes, keepdims: true, where: mask }));
  const result = subtract(shifted, total);
  return mask === undefined ? result : where(mask, result, -Infinity);
});

interface LogsumexpStatics extends Scope {
  readonly keepdims: boolean;
  readonly hasScale: boolean;
  readonly hasWhere: boolean;
  readonly returnSign: boolean;
}

function logsumexpBody([given, ...rest]: readonly NDArray[], s: LogsumexpStatics): NDArray[] {
  const mask = s.hasWhere ? rest[rest.length - 1] : undefined;
  const masked = mask === undefined ? given : where(mask, given, 0);
  const [x, b] = s.hasScale
    ? promoteTo("logsumexp", [masked, rest[0]], "inexact")
    : [inexact(masked), undefined];
  const a = b === undefined ? x : where(lax.ne(b, strongLike(b, 0)), x, -Infinity);
  const initial = mask !== undefined || sizeOf(s.axes.map((i) => a.shape[i])) === 0 ? -Infinity : undefined;
  const largest = max(real(a), { axis: s.axes, keepdims: s.keepdims, initial, where: mask });
  const peak = stopGradient(lax.select(isfinite(largest), largest, fillLike(largest, 0)));
  const peakRows = s.keepdims ? peak : keepAxes(peak, a.shape, s.axes);
  const powers = lax.exp(lax.sub(a, convert(peakRows, a.dtype)));
  const scaled = b === undefined ? powers : lax.mul(powers, b);
  const total = sum(scaled, { axis: s.axes, keepdims: s.keepdims, where: mask });
  const sign = lax.sign(total);
  const complex = isComplex(a.dtype);
  const size = s.returnSign || !complex ? absolute(total) : total;
  const out = lax.add(lax.log(size), convert(peak, size.dtype));
  if (s.returnSign) return [out, sign];
  const nan = full([], Number.NaN, out.dtype);
  return [b === undefined || complex ? out : where(lax.lt(sign, strongLike(sign, 0)), nan, out)];
}

/**
 * log Σ b·e^a over axes without overflow. With `returnSign` the pair of log |Σ| and the sign; otherwise NaN where the sum
 * is negative.
 */
export function logsumexp(a: ArrayLike, ...rest: readonly unknown[]): NDArray | [NDArray, NDArray] {
  const o = readOptions("logsumexp", ["axis", "b", "keepdims", "returnSign", "where"], rest);
  const x = asArray(a, "logsumexp", 0);
  const scale = o.b === undefined || o.b === null ? undefined : asArray(o.b, "logsumexp", 1);
  const mask = readWhere("logsumexp", o.where);
  const statics: LogsumexpStatics = {
    axes: readAxes(o.axis, x.ndim),
    keepdims: readFlag(o.keepdims, "keepdims"),
    hasScale: scale !== undefined,
    hasWhere: mask !== undefined,
    returnSign: readFlag(o.returnSign, "returnSign"),
  };
  const operands = [x, ...[scale, mask].filter((arg) => arg !== undefined)];
  const results = dispatch("nn.logsumexp", operands, statics, logsumexpBody);
  return statics.returnSign ? [results[0], results[1]] : results[0];
}

/** log of the mean of e^x over axes. */
export function logmeanexp(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("logmeanexp", ["axis", "where", "keepdims"], rest);
  const total = logsumexp(x, { axis: o.axis, where: o.where, keepdims: o.keepdims }) as NDArray;
  const a = asArray(x, "logmeanexp", 0);
  const mask = readWhere("logmeanexp", o.where);
  const axes = readAxes(o.axis, a.ndim);
  if (mask === undefined) return subtract(total, Math.log(sizeOf(axes.map((i) => a.shape[i]))));
  const ones = dispatchOne("nn.mask_ones", [mask], { shape: a.shape }, ([m], s) =>
    lax.broadcastInDim(
      m,
      s.shape,
      m.shape.map((_, i) => i + s.shape.length - m.ndim),
    ),
  );
  return subtract(total, log(sum(ones, { axis: axes, dtype: total.dtype, keepdims: o.keepdims })));
}

/**
 * (x − mean) / √(variance + epsilon) over an axis. The variance is mean(x²) − mean² (`algorithm: "fast"`) or the mean of
 * (x − mean)² (`"stable"`), unless both moments are given.
 */
export function standardize(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const names = ["axis", "mean", "variance", "epsilon", "where", "algorithm"] as const;
  const o = readOptions("standardize", names, rest);
  const algorithm = o.algorithm ?? "fast";
  if (algorithm !== "fast" && algorithm !== "stable")
    throw rangeError(`Unknown algorithm '${String(algorithm)}'. Expected 'fast' or 'stable'.`);
  const a = asArray(x, "standardize", 0);
  const optional = [o.mean, o.variance, readWhere("standardize", o.where)];
  const given = optional.map((arg, i) =>
    arg === undefined || arg === null ? undefined : asArray(arg, "standardize", i + 1),
  );
  const statics = {
    axes: readAxes(o.axis === undefined ? -1 : o.axis, a.ndim),
    has: given.map((arg) => arg !== undefined),
    algorithm,
  };
  const operands = [
    a,
    asArray(o.epsilon ?? 1e-5, "standardize", 3),
    ...given.filter((arg) => arg !== undefined),
  ];
  return dispatchOne("nn.standardize", operands, statics, ([b, epsilon, ...others], s) => {
    let next = 0;
    const [centre, spread, mask] = s.has.map((has) => (has ? others[next++] : undefined));
    const average = (y: NDArray): NDArray => mean(y, { axis: s.axes, keepdims: true, where: mask });
    const mu = centre ?? average(b);
    const fast = (): NDArray => clip(subtract(average(square(b)), square(mu)), 0);
    const stable = (): NDArray => average(square(subtract(b, mu)));
    const variance = spread ?? (s.algorithm === "fast" ? fast() : stable());
    return multiply(subtract(b, mu), lax.rsqrt(add(variance, epsilon)));
  });
}

/** A new axis (the last unless `axis` says which) with 1 at the class of each element and 0 elsewhere, as float32. */
export function oneHot(x: ArrayLike, numClasses: number, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("oneHot", ["dtype", "axis"], rest);
  const a = asArray(x, "oneHot", 0);
  const axis = normalizeAxis(o.axis ?? -1, a.ndim + 1);
  const [classes] = checkShape("oneHot", readShape("oneHot", numClasses), "numClasses");
  const statics = { axis, classes, dtype: readDType("oneHot", o.dtype) ?? defaultFloat() };
  return dispatchOne("nn.one_hot", [a], statics, ([b], s) => {
    const column = lax.expandDims(b, s.axis);
    const shape = column.shape.map((_, i) => (i === s.axis ? s.classes : 1));
    return convert(equal(column, lax.broadcastedIota(b.dtype, shape, s.axis)), s.dtype);
  });
}
