/** Products of matrices: powers and chains; and diagonals of the last two axes. */

import { type ArrayLike, asArray } from "../../core/as-array.ts";
import { dispatchOne } from "../../core/dispatch.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { notImplemented, rangeError, typeError } from "../../core/user-error.ts";
import * as lax from "../../lax/index.ts";
import { dot, matmul } from "../dot.ts";
import { readOptions } from "../options.ts";
import * as triangular from "../triangular.ts";

/** The diagonal of the last two axes, `offset` columns to the right of the main one. */
export function diagonal(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { offset } = readOptions("diagonal", ["offset"], rest);
  return triangular.diagonal(x, { offset, axis1: -2, axis2: -1 });
}

/** Sum of the diagonal of the last two axes. */
export function trace(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { offset, dtype } = readOptions("trace", ["offset", "dtype"], rest);
  return triangular.trace(x, { offset, axis1: -2, axis2: -1, dtype });
}

/**
 * A square matrix to a whole power, by repeated squaring.
 * @throws RangeError unless the matrix is square, NotImplementedError on a negative power, which needs the inverse.
 */
export function matrixPower(a: ArrayLike, n: number): NDArray {
  const x = asArray(a, "jnp.linalg.matrixPower", 0);
  if (x.ndim < 2 || x.shape[x.ndim - 1] !== x.shape[x.ndim - 2])
    throw rangeError(`Last 2 dimensions of the array must be square, got shape (${x.shape.join(", ")})`);
  if (!Number.isInteger(n)) throw typeError(`exponent must be an integer, got ${n}`);
  if (n < 0)
    throw notImplemented(
      "jnp.linalg.matrixPower with a negative power needs the inverse, which is not available.",
    );
  return dispatchOne("linalg.matrix_power", [x], { n }, ([b], s) => {
    if (s.n === 0) return identityLike(b);
    let result: NDArray | undefined;
    let factor = b;
    for (let k = s.n; k > 0; ) {
      if (k % 2 === 1) result = result === undefined ? factor : matmul(result, factor);
      k = Math.floor(k / 2);
      if (k > 0) factor = matmul(factor, factor);
    }
    return result ?? factor;
  });
}

function identityLike(x: NDArray): NDArray {
  const [row, column] = [2, 1].map((fromEnd) => lax.broadcastedIota("int32", x.shape, x.ndim - fromEnd));
  return lax.convertElementType(lax.eq(row, column), x.dtype);
}

/** Number of products of numbers for an (m × k) times (k × n) product. */
const cost = (m: number, k: number, n: number): number => m * k * n;

/** Where to cut each part of a chain so that the whole costs least. `dims` are the sizes between the matrices. */
function cheapestCuts(dims: readonly number[]): number[][] {
  const n = dims.length - 1;
  const best = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const cut = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let length = 2; length <= n; length++) {
    for (let i = 0; i + length <= n; i++) {
      const j = i + length - 1;
      best[i][j] = Infinity;
      for (let k = i; k < j; k++) {
        const total = best[i][k] + best[k + 1][j] + cost(dims[i], dims[k + 1], dims[j + 1]);
        if (total < best[i][j]) [best[i][j], cut[i][j]] = [total, k];
      }
    }
  }
  return cut;
}

/**
 * Product of a chain of matrices in the order that costs least; the first and the last may be vectors.
 * @throws RangeError if there are fewer than two, TypeError if sizes do not fit.
 */
export function multiDot(arrays: readonly ArrayLike[]): NDArray {
  const list = arrays.map((x, i) => asArray(x, "jnp.linalg.multiDot", i));
  if (list.length < 2)
    throw rangeError(`multi_dot requires at least two arrays; got len(arrays)=${list.length}`);
  const ends = [list[0], list[list.length - 1]];
  if (list.slice(1, -1).some(({ ndim }) => ndim !== 2) || ends.some(({ ndim }) => ndim !== 1 && ndim !== 2))
    throw rangeError(
      "multi_dot: input arrays must all be two-dimensional, except for the first and last array.",
    );
  const first = ends[0].ndim === 1 ? 1 : ends[0].shape[0];
  const dims = [
    first,
    ...list.map(({ shape, ndim }, i) => (ndim === 1 ? (i === 0 ? shape[0] : 1) : shape[1])),
  ];
  const cuts = cheapestCuts(dims);
  const product = (i: number, j: number): NDArray =>
    i === j ? list[i] : dot(product(i, cuts[i][j]), product(cuts[i][j] + 1, j));
  return product(0, list.length - 1);
}
