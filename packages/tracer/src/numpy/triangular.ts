/** Triangles and diagonals of matrices. */

import { type DType, formatShape } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { moveaxis } from "./axes.ts";
import { fillLike, weakLike } from "./define.ts";
import { normalizeAxis, readDType, readOptions } from "./options.ts";
import { rejectOut, sum } from "./reduce.ts";
import { ravel } from "./reshape.ts";
import { readInteger } from "./scalars.ts";

/** Whether column ≤ row + k, over the last two axes of a shape. */
function lowerMask(shape: readonly number[], k: number): NDArray {
  const [row, column] = [2, 1].map((fromEnd) => lax.broadcastedIota("int32", shape, shape.length - fromEnd));
  return lax.ge(k === 0 ? row : lax.add(row, full([], k, "int32")), column);
}

/** Ones on and below the k-th diagonal of an N × M matrix, zeros above. */
export function tri(n: number, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("tri", ["M", "k", "dtype"], rest);
  const shape = [n, readInteger(o.M, "M", n)];
  const statics = {
    shape,
    k: readInteger(o.k, "k", 0),
    dtype: readDType("tri", o.dtype) ?? ("float32" as DType),
  };
  return dispatchOne("jnp.tri", [], statics, (_, s) => convert(lowerMask(s.shape, s.k), s.dtype));
}

const triangle =
  (name: "tril" | "triu") =>
  (m: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o = readOptions(name, ["k"], rest);
    const x = asArray(m, name, 0);
    if (x.ndim < 2) throw rangeError(`Argument to jax.numpy.${name} must be at least 2D`);
    return dispatchOne(`jnp.${name}`, [x], { k: readInteger(o.k, "k", 0) }, ([a], s) => {
      const zeros = fillLike(a, 0);
      return name === "tril"
        ? lax.select(lowerMask(a.shape, s.k), a, zeros)
        : lax.select(lowerMask(a.shape, s.k - 1), zeros, a);
    });
  };

/** The elements on and below the k-th diagonal, zeros above. */
export const tril = triangle("tril");
/** The elements on and above the k-th diagonal, zeros below. */
export const triu = triangle("triu");

/** The k-th diagonal of the last two axes: of the square that begins there, every (n + 1)-th element. */
function diagonalBody(x: NDArray, offset: number): NDArray {
  const [rows, columns] = x.shape.slice(-2);
  const [top, left] = [Math.max(0, -offset), Math.max(0, offset)];
  const n = Math.max(0, Math.min(rows - top, columns - left));
  const outer = x.shape.slice(0, -2);
  if (n === 0) return lax.reshape(lax.sliceInDim(lax.sliceInDim(x, 0, 0, 1, -1), 0, 0, 1, -2), [...outer, 0]);
  const square = lax.sliceInDim(lax.sliceInDim(x, top, top + n, 1, -2), left, left + n, 1, -1);
  const flat = lax.reshape(square, [...outer, n * n]);
  return lax.sliceInDim(flat, 0, n * n, n + 1, -1);
}

function readDiagonal(name: string, a: ArrayLike, o: Partial<Record<"offset" | "axis1" | "axis2", unknown>>) {
  const x = asArray(a, name, 0);
  if (x.ndim < 2)
    throw rangeError(
      `${name} requires an array of at least two dimensions, got shape ${formatShape(x.shape)}.`,
    );
  const [axis1, axis2] = [o.axis1 ?? 0, o.axis2 ?? 1].map((axis) => normalizeAxis(axis, x.ndim));
  if (axis1 === axis2) throw rangeError(`axis1 and axis2 can not be same. axis1=${axis1} and axis2=${axis2}`);
  return { x, statics: { axis1, axis2, offset: readInteger(o.offset, "offset", 0) } };
}

/** The diagonal of two axes, `offset` columns to the right of the main one; it becomes the last axis. */
export function diagonal(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { x, statics } = readDiagonal(
    "diagonal",
    a,
    readOptions("diagonal", ["offset", "axis1", "axis2"], rest),
  );
  return dispatchOne("jnp.diagonal", [x], statics, ([b], s) =>
    diagonalBody(moveaxis(b, [s.axis1, s.axis2], [-2, -1]), s.offset),
  );
}

/** Sum of a diagonal, with the dtype rule of `sum`. */
export function trace(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("trace", ["offset", "axis1", "axis2", "dtype", "out"], rest);
  rejectOut("trace", o.out);
  const { x, statics } = readDiagonal("trace", a, o);
  const dtype = readDType("trace", o.dtype);
  return dispatchOne("jnp.trace", [x], { ...statics, dtype }, ([b], s) =>
    sum(diagonalBody(moveaxis(b, [s.axis1, s.axis2], [-2, -1]), s.offset), { axis: -1, dtype: s.dtype }),
  );
}

/** A square matrix with the elements of a vector on its k-th diagonal. */
function diagonalMatrix(v: NDArray, k: number): NDArray {
  const n = v.shape[0] + Math.abs(k);
  const padded = lax.pad(v, weakLike(v, 0), [[Math.max(0, k), Math.max(0, -k), 0]]);
  const columns = lax.broadcastInDim(padded, [n, n], [1]);
  const [row, column] = [0, 1].map((axis) => lax.broadcastedIota("int32", [n, n], axis));
  const mask = lax.eq(k === 0 ? row : lax.add(row, full([], k, "int32")), column);
  return lax.select(mask, columns, fillLike(columns, 0));
}

/** The k-th diagonal of a matrix, or the matrix with a vector on its k-th diagonal. */
export function diag(v: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("diag", ["k"], rest);
  const x = asArray(v, "diag", 0);
  if (x.ndim !== 1 && x.ndim !== 2) throw rangeError("diag input must be 1d or 2d");
  return dispatchOne("jnp.diag", [x], { k: readInteger(o.k, "k", 0) }, ([a], s) =>
    a.ndim === 1 ? diagonalMatrix(a, s.k) : diagonalBody(a, s.k),
  );
}

/** The matrix with the elements of an array, flattened, on its k-th diagonal. */
export const diagflat = (v: ArrayLike, ...rest: readonly unknown[]): NDArray => diag(ravel(v), ...rest);
