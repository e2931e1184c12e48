/** Covariance and correlation of rows. */

import { type DType, isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { absolute, divide, multiply, subtract } from "./arithmetic.ts";
import { promoteDTypes } from "./broadcast.ts";
import { conjugate, real } from "./complex.ts";
import { ufuncType } from "./define.ts";
import { dot } from "./dot.ts";
import { sqrt } from "./exponential.ts";
import { concatenate } from "./join.ts";
import { readDType, readOptions } from "./options.ts";
import { sum } from "./reduce.ts";
import { atleast2d, squeeze } from "./reshape.ts";
import { readFlag, readInteger } from "./scalars.ts";
import { average } from "./statistics.ts";
import { diagonal } from "./triangular.ts";
import { clip } from "./where.ts";

interface CovarianceStatics {
  readonly rowvar: boolean;
  readonly ddof: number;
  readonly dtype: DType | undefined;
  readonly has: readonly boolean[];
}

/** Variables as rows. */
function rowsOf(x: NDArray, rowvar: boolean, isVector: boolean): NDArray {
  const rows = atleast2d(x) as NDArray;
  return rowvar || isVector ? rows : lax.transpose(rows, [1, 0]);
}

function covarianceBody(operands: readonly NDArray[], s: CovarianceStatics): NDArray {
  let next = 1;
  const [y, fweights, aweights] = s.has.map((has) => (has ? operands[next++] : undefined));
  const given = y === undefined ? [operands[0]] : [operands[0], y];
  const [m, n] = promoteDTypes(given, ufuncType(given, "inexact"));
  const first = rowsOf(m, s.rowvar, m.ndim === 1);
  const second = n === undefined ? [] : [rowsOf(n, s.rowvar, n.ndim < 2 || n.shape[0] === 1)];
  const joined = concatenate([first, ...second], 0);
  const rows = s.dtype === undefined ? joined : convert(joined, s.dtype);
  if (rows.shape[1] === 0) return squeeze(lax.full([rows.shape[0], rows.shape[0]], Number.NaN, rows.dtype));
  const weights = [fweights, aweights].filter((w) => w !== undefined).map((w) => absolute(w));
  const weight = weights.length === 2 ? multiply(weights[0], weights[1]) : weights[0];
  const used = weight === undefined || s.dtype === undefined ? weight : convert(weight, s.dtype);
  const [centre, total] = average(rows, { axis: 1, weights: used, returned: true }) as [NDArray, NDArray];
  const count = lax.reshape(lax.sliceInDim(total, 0, 1), []);
  const centred = subtract(rows, lax.reshape(centre, [centre.shape[0], 1]));
  const weighted = used === undefined ? centred : multiply(centred, lax.reshape(used, [1, used.shape[0]]));
  const products = dot(centred, conjugate(lax.transpose(weighted, [1, 0])));
  return squeeze(divide(products, divisor(rows.shape[1], count, used, aweights, s.ddof)));
}

function divisor(
  n: number,
  total: NDArray,
  weights: NDArray | undefined,
  aweights: NDArray | undefined,
  ddof: number,
): NDArray {
  if (weights === undefined) return full([], n - ddof, "int32", true);
  if (ddof === 0) return total;
  if (aweights === undefined) return subtract(total, ddof);
  const spread = divide(multiply(ddof, sum(multiply(weights, absolute(aweights)))), total);
  return subtract(total, spread);
}

/**
 * Covariance matrix of variables that are rows (or columns, with `rowvar: false`); `y` adds more of them. The sums are
 * divided by n − ddof, where ddof is 1 unless `bias` or `ddof` says otherwise.
 * @throws RangeError if there are more than two axes, TypeError if weights do not fit.
 */
export function cov(m: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const names = ["y", "rowvar", "bias", "ddof", "fweights", "aweights", "dtype"] as const;
  const o = readOptions("cov", names, rest);
  const x = asArray(m, "cov", 0);
  const optional = [o.y, o.fweights, o.aweights].map((arg, i) =>
    arg === undefined || arg === null ? undefined : asArray(arg, "cov", i + 1),
  );
  if ([x, optional[0]].some((arg) => arg !== undefined && arg.ndim > 2))
    throw rangeError("m has more than 2 dimensions");
  const statics: CovarianceStatics = {
    rowvar: readFlag(o.rowvar, "rowvar", true),
    ddof: readInteger(o.ddof, "ddof", readFlag(o.bias, "bias") ? 0 : 1),
    dtype: readDType("cov", o.dtype),
    has: optional.map((arg) => arg !== undefined),
  };
  const operands = [x, ...optional.filter((arg) => arg !== undefined)];
  return dispatchOne("jnp.cov", operands, statics, covarianceBody);
}

/** Correlation coefficients: the covariances divided by both standard deviations. */
export function corrcoef(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("corrcoef", ["y", "rowvar", "dtype"], rest);
  const covariances = cov(x, { y: o.y, rowvar: o.rowvar, dtype: o.dtype });
  return dispatchOne("jnp.corrcoef", [covariances], undefined, ([c]) => {
    if (c.ndim === 0) return divide(c, c);
    const deviations = convert(sqrt(real(diagonal(c))), c.dtype);
    const column = lax.reshape(deviations, [deviations.shape[0], 1]);
    const row = lax.reshape(deviations, [1, deviations.shape[0]]);
    const scaled = divide(divide(c, column), row);
    if (!isComplex(c.dtype)) return clip(scaled, -1, 1);
    return lax.complex(clip(lax.real(scaled), -1, 1), clip(lax.imag(scaled), -1, 1));
  });
}
