/** `scipy.stats.norm`: the normal distribution with mean `loc` and standard deviation `scale`. */

import type { ArrayLike } from "../../core/as-array.ts";
import type { NDArray } from "../../core/ndarray.ts";
import * as lax from "../../lax/index.ts";
import { constLike, unaryUfunc } from "../../numpy/define.ts";
import { divide, exp, subtract } from "../../numpy/index.ts";
import { ndtr } from "../special.ts";

/** (x − loc) / scale */
const standardized = (x: ArrayLike, loc: ArrayLike, scale: ArrayLike): NDArray =>
  divide(subtract(x, loc as never), scale as never) as NDArray;

/** −(z² + log 2π) / 2 */
const standardLogPdf = unaryUfunc("scipy.stats.norm.logpdf", "inexact", (z) =>
  lax.mul(lax.add(lax.square(z), constLike(z, Math.log(2 * Math.PI))), constLike(z, -0.5)),
);

const logOf = unaryUfunc("scipy.stats.norm.log", "inexact", lax.log);

/** Logarithm of the density. */
export const logpdf = (x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): NDArray =>
  subtract(standardLogPdf(standardized(x, loc, scale)) as NDArray, logOf(scale) as never) as NDArray;

/** Density. */
export const pdf = (x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): NDArray =>
  exp(logpdf(x, loc, scale)) as NDArray;

/** Probability of at most x. */
export const cdf = (x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): NDArray =>
  ndtr(standardized(x, loc, scale)) as NDArray;

/** Probability of more than x. */
export const sf = (x: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): NDArray =>
  ndtr(lax.neg(standardized(x, loc, scale))) as NDArray;
