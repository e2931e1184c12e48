/** Arrays of powers, and index arrays that shapes alone decide. */

import { formatShape } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { notImplemented, rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { divide, multiply, sign } from "./arithmetic.ts";
import { array } from "./array.ts";
import { moveaxis } from "./axes.ts";
import { linspace } from "./creation.ts";
import { constLike } from "./define.ts";
import { log10, power } from "./exponential.ts";
import { readDType, readOptions } from "./options.ts";
import { inexactDType, resultType } from "./promotion.ts";
import { isGiven, readFlag, readInteger } from "./scalars.ts";
import { where } from "./where.ts";

/** `num` values whose logarithms are evenly spaced from `start` to `stop`: base^start … base^stop. */
export function logspace(start: ArrayLike, stop: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("logspace", ["num", "endpoint", "base", "dtype", "axis"], rest);
  const operands = [start, stop, (o.base as ArrayLike) ?? 10].map((x, i) => asArray(x, "logspace", i));
  const dtype = readDType("logspace", o.dtype) ?? inexactDType(resultType(operands.slice(0, 2)).dtype);
  const statics = { num: o.num, endpoint: o.endpoint, axis: o.axis, dtype, compute: inexactDType(dtype) };
  return dispatchOne("jnp.logspace", operands, statics, ([low, high, base], s) => {
    const exponents = linspace(convert(low, s.compute), convert(high, s.compute), {
      num: s.num,
      endpoint: s.endpoint,
      axis: s.axis,
    });
    return convert(power(base, exponents), s.dtype);
  });
}

/** `num` values from `start` to `stop`, each the same multiple of the one before. */
export function geomspace(start: ArrayLike, stop: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("geomspace", ["num", "endpoint", "dtype", "axis"], rest);
  const operands = [asArray(start, "geomspace", 0), asArray(stop, "geomspace", 1)];
  const dtype = readDType("geomspace", o.dtype) ?? inexactDType(resultType(operands).dtype);
  const statics = {
    num: o.num,
    endpoint: o.endpoint,
    axis: readInteger(o.axis, "axis", 0),
    dtype,
    compute: inexactDType(dtype),
  };
  return dispatchOne("jnp.geomspace", operands, statics, (args, s) => {
    const [low, high] = args.map((x) => convert(x, s.compute));
    const direction = sign(low);
    const sizes = logspace(log10(divide(low, direction)), log10(divide(high, direction)), {
      num: s.num,
      endpoint: s.endpoint,
      dtype: s.compute,
    });
    return convert(moveaxis(multiply(direction, sizes), 0, s.axis), s.dtype);
  });
}

/** Powers of each element as the rows of a matrix: x^(N−1) … x^0, or `increasing`. */
export function vander(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("vander", ["N", "increasing"], rest);
  const a = asArray(x, "vander", 0);
  if (a.ndim !== 1) throw rangeError("x must be a one-dimensional array");
  const count = readInteger(o.N, "N", a.shape[0]);
  if (count < 0) throw rangeError("N must be nonnegative");
  return dispatchOne(
    "jnp.vander",
    [a],
    { count, increasing: readFlag(o.increasing, "increasing") },
    ([b], s) => {
      const steps = lax.iota(b.dtype, s.count);
      const exponents = s.increasing ? steps : lax.sub(constLike(steps, s.count - 1), steps);
      return power(lax.reshape(b, [b.shape[0], 1]), lax.reshape(exponents, [1, s.count]));
    },
  );
}

/** Rows and columns of the elements of an n × m matrix for which `inside` holds. */
function indicesWhere(n: number, m: number, inside: (row: number, column: number) => boolean): NDArray[] {
  const rows: number[] = [];
  const columns: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      if (!inside(i, j)) continue;
      rows.push(i);
      columns.push(j);
    }
  }
  return [rows, columns].map((list) => array(Int32Array.from(list)));
}

const readTriangle = (fn: string, rest: readonly unknown[]) => {
  const o = readOptions(fn, ["k", "m"], rest);
  return { k: readInteger(o.k, "k", 0), m: isGiven(o.m) ? readInteger(o.m, "m") : undefined };
};

/** Rows and columns of the elements on and above the k-th diagonal of an n × m matrix. */
export function triuIndices(n: number, ...rest: readonly unknown[]): NDArray[] {
  const { k, m } = readTriangle("triuIndices", rest);
  return indicesWhere(n, m ?? n, (i, j) => j - i >= k);
}
/** Rows and columns of the elements on and below the k-th diagonal of an n × m matrix. */
export function trilIndices(n: number, ...rest: readonly unknown[]): NDArray[] {
  const { k, m } = readTriangle("trilIndices", rest);
  return indicesWhere(n, m ?? n, (i, j) => j - i <= k);
}

const ofMatrix =
  (name: string, indices: (n: number, ...rest: unknown[]) => NDArray[]) =>
  (arr: ArrayLike, ...rest: readonly unknown[]): NDArray[] => {
    const { shape } = asArray(arr, name, 0);
    if (shape.length !== 2) throw rangeError("Only 2-D inputs are accepted");
    return indices(shape[0], { k: readOptions(name, ["k"], rest).k, m: shape[1] });
  };
/** `triuIndices` of the shape of a matrix. */
export const triuIndicesFrom = ofMatrix("triuIndicesFrom", triuIndices);
/** `trilIndices` of the shape of a matrix. */
export const trilIndicesFrom = ofMatrix("trilIndicesFrom", trilIndices);

/** Indices of the main diagonal of an array with `ndim` axes of size n. */
export const diagIndices = (n: number, ndim = 2): NDArray[] => {
  const index = lax.iota("int32", n);
  return Array.from({ length: ndim }, () => index);
};
/** Indices of the main diagonal of an array. @throws RangeError unless all axes have one size. */
export function diagIndicesFrom(arr: ArrayLike): NDArray[] {
  const { shape } = asArray(arr, "diagIndicesFrom", 0);
  if (shape.length < 2) throw rangeError("input array must be at least 2-d");
  if (new Set(shape).size > 1)
    throw rangeError(`All dimensions of input must be of equal length, got ${formatShape(shape)}`);
  return diagIndices(shape[0], shape.length);
}

/** The array with its main diagonal replaced by a scalar, or by the elements of an array in turn. */
export function fillDiagonal(a: ArrayLike, val: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { wrap, inplace } = readOptions("fillDiagonal", ["wrap", "inplace"], rest);
  if (readFlag(inplace, "inplace"))
    throw notImplemented("fillDiagonal: arrays are immutable, so inplace may only be false.");
  if (readFlag(wrap, "wrap")) throw notImplemented("fillDiagonal: wrap: true is not implemented.");
  const operands = [asArray(a, "fillDiagonal", 0), asArray(val, "fillDiagonal", 1)];
  const [{ shape, ndim }] = operands;
  if (ndim < 2) throw rangeError("array must be at least 2-d");
  if (ndim > 2 && new Set(shape).size > 1)
    throw rangeError("All dimensions of input must be of equal length");
  return dispatchOne("jnp.fill_diagonal", operands, undefined, ([x, value]) => {
    const index = (axis: number): NDArray => lax.broadcastedIota("int32", x.shape, axis);
    const onDiagonal = Array.from({ length: x.ndim - 1 }, (_, i) => lax.eq(index(i), index(i + 1)));
    const mask = onDiagonal.reduce((p, q) => lax.bitwiseAnd(p, q));
    return where(mask, convert(diagonalValues(x, value), x.dtype, x.weakType), x);
  });
}

/** The values of the diagonal along the first axis, repeated as often as they are needed. */
function diagonalValues(x: NDArray, value: NDArray): NDArray {
  if (value.ndim === 0) return value;
  const n = Math.min(...x.shape);
  const flat = lax.reshape(value, [value.shape.reduce((product, dim) => product * dim, 1)]);
  const copies = Math.ceil(n / flat.shape[0]);
  const repeated = lax.sliceInDim(lax.tile(flat, [copies]), 0, n);
  const padded = lax.pad(repeated, lax.full([], 0, value.dtype), [[0, x.shape[0] - n, 0]]);
  return lax.reshape(padded, [x.shape[0], ...new Array<number>(x.ndim - 1).fill(1)]);
}
