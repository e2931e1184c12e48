/** Differences of neighbours, and what is made of them. */

import { isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { absolute, add, divide, floorDivide, multiply, remainder, subtract } from "./arithmetic.ts";
import { moveaxis } from "./axes.ts";
import { promoteDTypes } from "./broadcast.ts";
import { broadcastTo } from "./broadcasting.ts";
import { cumsum } from "./cumulative.ts";
import { isWhole, ufuncType } from "./define.ts";
import { concatenate } from "./join.ts";
import { equal, greater, less, logicalAnd, notEqual } from "./logic.ts";
import { isOptions, normalizeAxis, readAxes, readOptions } from "./options.ts";
import { sum } from "./reduce.ts";
import { ravel } from "./reshape.ts";
import { readInteger } from "./scalars.ts";
import { where } from "./where.ts";

const part = (x: NDArray, start: number | null, end: number | null, axis: number): NDArray =>
  lax.sliceInDim(x, start, end, 1, axis);

function differences(x: NDArray, n: number, axis: number): NDArray {
  let result = x;
  for (let i = 0; i < n; i++) {
    const [next, previous] = [part(result, 1, null, axis), part(result, 0, -1, axis)];
    result = x.dtype === "bool" ? notEqual(next, previous) : subtract(next, previous);
  }
  return result;
}

/** The n-th differences of neighbours along an axis, `prepend` and `append` joined to it first. */
export function diff(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("diff", ["n", "axis", "prepend", "append"], rest);
  const x = asArray(a, "diff", 0);
  const n = readInteger(o.n, "n", 1);
  if (n === 0) return x;
  if (n < 0) throw rangeError(`order must be non-negative but got ${n}`);
  if (x.ndim === 0) throw rangeError("diff requires input that is at least one dimensional");
  const axis = normalizeAxis(o.axis ?? -1, x.ndim);
  const [before, after] = [o.prepend, o.append].map((edge) => {
    if (edge === undefined || edge === null) return [];
    const value = asArray(edge, "diff", 1);
    const one = x.shape.map((size, i) => (i === axis ? 1 : size));
    return [value.ndim === 0 ? broadcastTo(value, one) : value];
  });
  const operands = [...before, x, ...after];
  return dispatchOne("jnp.diff", operands, { n, axis }, (parts, s) =>
    differences(parts.length === 1 ? parts[0] : concatenate(parts, s.axis), s.n, s.axis),
  );
}

/** Differences of neighbours of the flattened array, `toBegin` before and `toEnd` after them. */
export function ediff1d(ary: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("ediff1d", ["toEnd", "toBegin"], rest);
  const x = ravel(ary);
  const given = [o.toBegin, o.toEnd].map((edge) =>
    edge === undefined || edge === null ? [] : [ravel(asArray(edge, "ediff1d", 1))],
  );
  const statics = { before: given[0].length };
  return dispatchOne("jnp.ediff1d", [x, ...given.flat()], statics, ([b, ...edges], s) => {
    const inner = lax.sub(part(b, 1, null, 0), part(b, 0, -1, 0));
    const [begin, end] = [edges.slice(0, s.before), edges.slice(s.before)];
    const as = (list: readonly NDArray[]): NDArray[] => list.map((edge) => convert(edge, b.dtype));
    return concatenate([...as(begin), inner, ...as(end)]);
  });
}

/** Slopes along an axis: central differences inside, one-sided ones at both ends. */
function slopes(x: NDArray, h: NDArray, axis: number): NDArray {
  const sliced = (start: number | null, end: number | null): NDArray => part(x, start, end, axis);
  const first = subtract(sliced(1, 2), sliced(0, 1));
  const last = subtract(sliced(-1, null), sliced(-2, -1));
  if (h.ndim === 0) {
    const inner = divide(multiply(subtract(sliced(2, null), sliced(null, -2)), 0.5), h);
    return concatenate([divide(first, h), inner, divide(last, h)], axis);
  }
  const places = lax.reshape(
    h,
    x.shape.map((_, i) => (i === axis ? h.shape[0] : 1)),
  );
  const gap = (start: number | null, end: number | null): NDArray => part(places, start, end, axis);
  const [d1, d2] = [subtract(gap(1, -1), gap(0, -2)), subtract(gap(2, null), gap(1, -1))];
  const total = add(d1, d2);
  const weights = [
    divide(multiply(-1, d2), multiply(d1, total)),
    divide(subtract(d2, d1), multiply(d1, d2)),
    divide(d1, multiply(d2, total)),
  ];
  const points = [sliced(0, -2), sliced(1, -1), sliced(2, null)];
  const [left, middle, right] = weights.map((weight, i) => multiply(weight, points[i]));
  return concatenate(
    [
      divide(first, subtract(gap(1, 2), gap(0, 1))),
      add(add(left, middle), right),
      divide(last, subtract(gap(-1, null), gap(-2, -1))),
    ],
    axis,
  );
}

/**
 * Slopes along each axis, or those of `axis`: one array, or a list of them. After the array come the spacings: none (1),
 * one number for all, or for each axis a number or the coordinates.
 * @throws RangeError if an axis has fewer than two elements, TypeError if the number of spacings does not fit.
 */
export function gradient(f: ArrayLike, ...rest: readonly unknown[]): NDArray | NDArray[] {
  const last = rest[rest.length - 1];
  const hasOptions = isOptions(last);
  const { axis } = readOptions("gradient", ["axis"], hasOptions ? [last] : []);
  const given = (hasOptions ? rest.slice(0, -1) : rest).map((h, i) => asArray(h, "gradient", i + 1));
  const x = asArray(f, "gradient", 0);
  const axes = readAxes(axis, x.ndim);
  if (axes.some((i) => x.shape[i] < 2))
    throw rangeError(
      "Shape of array too small to calculate a numerical gradient, at least 2 elements are required.",
    );
  if (given.length > 1 && given.length !== axes.length)
    throw typeError(`Invalid number of spacing arguments ${given.length} for ${axes.length} axes`);
  given.forEach((h, i) => {
    if (h.ndim > 1 || (h.ndim === 1 && h.shape[0] !== x.shape[axes[given.length === 1 ? 0 : i]]))
      throw rangeError(
        "Spacing arrays must have the same length as the dimension along which the gradient is calculated.",
      );
  });
  const results = dispatch("jnp.gradient", [x, ...given], { axes }, (operands, s) => {
    const [y, ...spacing] = promoteDTypes(operands, ufuncType(operands, "inexact"));
    const one = asArray(1);
    return s.axes.map((at, i) =>
      slopes(y, spacing[spacing.length === 1 ? 0 : i] ?? convert(one, y.dtype, true), at),
    );
  });
  return axes.length === 1 ? results[0] : results;
}

/** Integral along an axis by the trapezoidal rule, over the coordinates `x` or with the step `dx`. */
export function trapezoid(y: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("trapezoid", ["x", "dx", "axis"], rest);
  const hasX = o.x !== undefined && o.x !== null;
  const operands = [asArray(y, "trapezoid", 0), asArray(hasX ? o.x : (o.dx ?? 1), "trapezoid", 1)];
  const statics = { hasX, axis: readInteger(o.axis, "axis", -1) };
  return dispatchOne("jnp.trapezoid", operands, statics, ([values, steps], s) => {
    const [f, h] = s.hasX
      ? promoteDTypes([values, steps], ufuncType([values, steps], "inexact"))
      : [promoteDTypes([values], ufuncType([values], "inexact"))[0], steps];
    const rows = moveaxis(f, s.axis, -1);
    if (!s.hasX && h.ndim === 0) {
      const ends = add(lax.indexInDim(rows, 0, -1, false), lax.indexInDim(rows, -1, -1, false));
      return multiply(h, subtract(sum(rows, -1), multiply(0.5, ends)));
    }
    const widths = !s.hasX
      ? h
      : h.ndim === 1
        ? differences(h, 1, 0)
        : differences(moveaxis(h, s.axis, -1), 1, -1);
    const pairs = add(part(rows, 1, null, -1), part(rows, 0, -1, -1));
    return multiply(0.5, sum(multiply(widths, pairs), -1));
  });
}

/**
 * Phases without jumps: where neighbours along an axis differ by more than `discont` (half a period), whole periods are
 * added.
 */
export function unwrap(p: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("unwrap", ["discont", "axis", "period"], rest);
  const given = [asArray(p, "unwrap", 0), asArray(o.period ?? 2 * Math.PI, "unwrap", 3)];
  const discont = o.discont === undefined || o.discont === null ? [] : [asArray(o.discont, "unwrap", 1)];
  const axis = normalizeAxis(o.axis ?? -1, given[0].ndim);
  return dispatchOne("jnp.unwrap", [...given, ...discont], { axis }, ([a, b, limit], s) => {
    const [x, period] = promoteDTypes([a, b]);
    if (isComplex(x.dtype)) throw typeError("jnp.unwrap does not support complex inputs.");
    if (x.shape[s.axis] === 0) return x;
    const half = isWhole(x) ? floorDivide(period, 2) : divide(period, 2);
    const step = differences(x, 1, s.axis);
    const wrapped = subtract(remainder(add(step, half), period), half);
    const atEdge = logicalAnd(equal(wrapped, multiply(-1, half)), greater(step, 0));
    const inside = where(atEdge, half, wrapped);
    const correction = where(less(absolute(step), limit ?? divide(period, 2)), 0, subtract(inside, step));
    const shifted = add(part(x, 1, null, s.axis), cumsum(correction, s.axis));
    return concatenate([part(x, 0, 1, s.axis), shifted], s.axis);
  });
}
