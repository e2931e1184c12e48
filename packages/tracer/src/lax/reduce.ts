/** Reductions over axes, and the index of the largest and the smallest element. */

import { type DType, dtypeTable, type Opcode } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { avalOf } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { emit, emitOne, full, reshape } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { traceRegion } from "../core/trace.ts";
import { rangeError } from "../core/user-error.ts";
import { iinfo } from "../numpy/finfo.ts";
import { normalizeAxis, readAxes } from "../numpy/options.ts";
import { broadcastedIota } from "./creation.ts";
import * as elementwise from "./elementwise.ts";
import { type Accepted, requireKind } from "./operands.ts";
import { select } from "./select.ts";

type Fold = Extract<Opcode, "add" | "multiply" | "maximum" | "minimum" | "and" | "or" | "xor">;

/** Least number of a dtype: −∞, the smallest integer, false. */
export const lowest = (dtype: DType): number | bigint | boolean => {
  const { kind } = dtypeTable[dtype];
  if (kind === "bool") return false;
  return kind === "float" || kind === "complex" ? -Infinity : iinfo(dtype).min;
};
/** Largest number of a dtype: +∞, the largest integer, true. */
export const highest = (dtype: DType): number | bigint | boolean => {
  const { kind } = dtypeTable[dtype];
  if (kind === "bool") return true;
  return kind === "float" || kind === "complex" ? Infinity : iinfo(dtype).max;
};

/** What each fold starts from. */
const identities: Readonly<Record<Fold, (dtype: DType) => number | bigint | boolean>> = {
  add: () => 0,
  multiply: () => 1,
  maximum: lowest,
  minimum: highest,
  and: (dtype) => (dtype === "bool" ? true : dtypeTable[dtype].kind === "uint" ? iinfo(dtype).max : -1),
  or: () => 0,
  xor: () => 0,
};

export const identityOf = (fold: Fold, dtype: DType): NDArray => full([], identities[fold](dtype), dtype);

/** A region that folds two scalars by one operation. */
export function foldRegion(fold: Fold, dtype: DType) {
  const scalar = avalOf(dtype, []);
  return traceRegion([scalar, scalar], (args) => [emitOne(fold, args, {})]).block;
}

/** Emits the fold of the given axes. */
export function reduceBy(fold: Fold, x: NDArray, axes: readonly number[]): NDArray {
  if (axes.length === 0) return x;
  const init = identityOf(fold, x.dtype);
  return emitOne(
    "reduce",
    [x, init],
    { dimensions: axes },
    { regions: [foldRegion(fold, x.dtype)], weakType: x.weakType },
  );
}

const reducer =
  (name: string, fold: Fold, accepted: Accepted) =>
  (x: ArrayLike, axes: number | readonly number[]): NDArray => {
    const a = asArray(x, name, 0);
    requireKind(name, a.dtype, accepted);
    return dispatchOne(`lax.${name}`, [a], { axes: readAxes(axes, a.ndim) }, ([b], s) =>
      reduceBy(fold, b, s.axes),
    );
  };

export const reduceSum = reducer("reduce_sum", "add", "number");
export const reduceProd = reducer("reduce_prod", "multiply", "number");
export const reduceMax = reducer("reduce_max", "maximum", "any");
export const reduceMin = reducer("reduce_min", "minimum", "any");
export const reduceAnd = reducer("reduce_and", "and", "bits");
export const reduceOr = reducer("reduce_or", "or", "bits");
export const reduceXor = reducer("reduce_xor", "xor", "bits");

/** Folds pairs (value, index): the better value wins, a NaN over everything, the smaller index among equals. */
function betterRegion(better: typeof elementwise.gt, dtype: DType, indexDType: DType) {
  const [value, index] = [avalOf(dtype, []), avalOf(indexDType, [])];
  const isFloat = dtypeTable[dtype].kind === "float";
  return traceRegion([value, index, value, index], ([a, i, b, j]) => {
    const wins = better(a, b);
    const keep = isFloat ? elementwise.bitwiseOr(wins, elementwise.ne(a, a)) : wins;
    const earlier = elementwise.bitwiseAnd(elementwise.eq(a, b), elementwise.lt(i, j));
    return [select(keep, a, b), select(elementwise.bitwiseOr(keep, earlier), i, j)];
  }).block;
}

const argReducer =
  (name: string, better: typeof elementwise.gt, worst: (dtype: DType) => number | bigint | boolean) =>
  (x: ArrayLike, axis: number, indexDType: DType): NDArray => {
    const a = asArray(x, name, 0);
    requireKind(name, a.dtype, "ordered");
    const at = normalizeAxis(axis, a.ndim);
    if (a.shape[at] === 0) throw rangeError(`attempt to get ${name} of an empty sequence`);
    return dispatchOne(`lax.${name}`, [a], { at, indexDType }, ([b], s) => {
      const operands = [
        b,
        broadcastedIota(s.indexDType, b.shape, s.at),
        full([], worst(b.dtype), b.dtype),
        full([], 0, s.indexDType),
      ];
      const region = betterRegion(better, b.dtype, s.indexDType);
      return emit("reduce", operands, { dimensions: [s.at] }, { regions: [region], weakType: false })[1];
    });
  };

/** Index of the largest element along an axis, the first among equals; of the first NaN if there is one. */
export const argmax = argReducer("argmax", elementwise.gt, lowest);
/** Index of the smallest element along an axis, the first among equals; of the first NaN if there is one. */
export const argmin = argReducer("argmin", elementwise.lt, highest);

/** The array with axes of size 1 where `axes` were folded. */
export const keepAxes = (x: NDArray, shape: readonly number[], axes: readonly number[]): NDArray =>
  reshape(
    x,
    shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
