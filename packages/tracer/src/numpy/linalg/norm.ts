/** Norms of vectors and matrices. */

import { isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../../core/as-array.ts";
import { dispatchOne } from "../../core/dispatch.ts";
import { convert } from "../../core/emit.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { notImplemented, rangeError } from "../../core/user-error.ts";
import * as lax from "../../lax/index.ts";
import { absolute, multiply, reciprocal } from "../arithmetic.ts";
import { inexact } from "../define.ts";
import { power, sqrt } from "../exponential.ts";
import { notEqual } from "../logic.ts";
import { normalizeAxis, readOptions } from "../options.ts";
import { max, min, sum } from "../reduce.ts";
import { readFlag } from "../scalars.ts";

interface NormStatics {
  readonly ord: number | string | undefined;
  readonly axes: readonly number[] | undefined;
  readonly keepdims: boolean;
}

interface Scope {
  readonly axis: readonly number[] | undefined;
  readonly keepdims: boolean;
}

/** √Σ|x|² over axes. */
const euclidean = (x: NDArray, scope: Scope): NDArray => {
  const squares = isComplex(x.dtype) ? lax.real(lax.mul(x, lax.conj(x))) : multiply(x, x);
  return sqrt(sum(squares, scope));
};

/** (Σ|x|^p)^(1/p), with the limits p = 0 (how many are not 0), ∞ and −∞. */
function vectorNormBody(x: NDArray, ord: number | string | undefined, scope: Scope): NDArray {
  if (typeof ord === "string") throw rangeError(`Invalid order '${ord}' for vector norm.`);
  if (ord === undefined || ord === 2) return euclidean(x, scope);
  const size = absolute(x);
  if (ord === Infinity) return max(size, { ...scope, initial: 0 });
  if (ord === -Infinity) return min(size, scope);
  if (ord === 0) return sum(notEqual(x, 0), { ...scope, dtype: size.dtype });
  if (ord === 1) return sum(size, scope);
  const p = convert(asArray(ord), size.dtype);
  return power(sum(power(size, p), scope), reciprocal(p));
}

function matrixNormBody(
  x: NDArray,
  ord: number | string | undefined,
  s: NormStatics,
  axes: readonly number[],
): NDArray {
  const scope = { axis: axes, keepdims: s.keepdims };
  if (ord === undefined || ord === "f" || ord === "fro") return euclidean(x, scope);
  const byColumns = ord === 1 || ord === -1;
  if (!byColumns && ord !== Infinity && ord !== -Infinity) {
    if (ord !== 2 && ord !== -2 && ord !== "nuc")
      throw rangeError(`Invalid order '${String(ord)}' for matrix norm.`);
    throw notImplemented(
      `jnp.linalg.norm with ord=${String(ord)} needs singular values, which are not available.`,
    );
  }
  const [inner, outer] = byColumns ? axes : [axes[1], axes[0]];
  const sums = sum(absolute(x), { axis: inner, keepdims: s.keepdims });
  const axis = !s.keepdims && outer > inner ? outer - 1 : outer;
  const options = { axis, keepdims: s.keepdims };
  return Number(ord) > 0 ? max(sums, { ...options, initial: 0 }) : min(sums, options);
}

function normBody(given: NDArray, s: NormStatics): NDArray {
  const x = inexact(given);
  if (s.axes === undefined && s.ord === undefined)
    return euclidean(x, { axis: undefined, keepdims: s.keepdims });
  const axes = s.axes ?? x.shape.map((_, i) => i);
  if (axes.length === 1) return vectorNormBody(x, s.ord, { axis: axes, keepdims: s.keepdims });
  if (axes.length === 2) return matrixNormBody(x, s.ord, s, axes);
  throw rangeError(
    `Improper number of axes for norm: axis=[${axes.join(", ")}]. Pass one axis to compute a vector-norm, or two axes ` +
      "to compute a matrix-norm.",
  );
}

function readAxisList(axis: unknown, ndim: number): number[] | undefined {
  if (axis === undefined || axis === null) return undefined;
  return (Array.isArray(axis) ? (axis as number[]) : [axis as number]).map((i) => normalizeAxis(i, ndim));
}

const readOrd = (ord: unknown): number | string | undefined => {
  if (ord === undefined || ord === null) return undefined;
  return typeof ord === "string" ? ord : Number(ord);
};

/**
 * Norm over one axis (a vector norm), two (a matrix norm), or all. `ord`: nothing for the square root of the sum of
 * squares; for vectors a number p; for matrices "fro", 1, −1, ∞ or −∞.
 * @throws RangeError on another order or number of axes, NotImplementedError on orders that need singular values.
 */
export function norm(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("norm", ["ord", "axis", "keepdims"], rest);
  const a = asArray(x, "jnp.linalg.norm", 0);
  const statics: NormStatics = {
    ord: readOrd(o.ord),
    axes: readAxisList(o.axis, a.ndim),
    keepdims: readFlag(o.keepdims, "keepdims"),
  };
  return dispatchOne("linalg.norm", [a], statics, ([b], s) => normBody(b, s));
}

/** Vector norm over axes, all of them by default, as if they were one. `ord` is 2 unless given. */
export function vectorNorm(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("vectorNorm", ["axis", "keepdims", "ord"], rest);
  const a = asArray(x, "jnp.linalg.vectorNorm", 0);
  const statics = {
    ord: readOrd(o.ord) ?? 2,
    scope: { axis: readAxisList(o.axis, a.ndim), keepdims: readFlag(o.keepdims, "keepdims") },
  };
  return dispatchOne("linalg.vector_norm", [a], statics, ([b], s) =>
    vectorNormBody(inexact(b), s.ord, s.scope),
  );
}

/** Matrix norm over the last two axes. `ord` is "fro" unless given. */
export function matrixNorm(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("matrixNorm", ["keepdims", "ord"], rest);
  return norm(x, { ord: o.ord ?? "fro", axis: [-2, -1], keepdims: o.keepdims });
}
