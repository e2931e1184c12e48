/** Tangents and cotangents of the user: their types, zeros, and what is checked of those that are given. */

import { dtypeTable, isComplex, splat, type TensorType } from "@fluxion/ir";
import { FloatScalar, hostArray } from "../core/as-array.ts";
import { type Aval, float0Aval } from "../core/aval.ts";
import { full } from "../core/emit.ts";
import { float0Zeros } from "../core/float0.ts";
import type { NDArray } from "../core/ndarray.ts";

/** Whether values of a type have tangents of that type; those of integers and bools are float0. */
export const carriesTangent = ({ dtype }: TensorType): boolean =>
  ["float", "complex"].includes(dtypeTable[dtype].kind);

/** The type of a tangent. */
export const tangentAval = (aval: Aval): Aval =>
  carriesTangent(aval) ? aval : float0Aval(aval.visibleShape);

/** The tangent 0. */
export const zeroTangent = (aval: Aval): NDArray =>
  carriesTangent(aval)
    ? hostArray(splat(aval.dtype, aval.shape, isComplex(aval.dtype) ? [0, 0] : 0), aval.weakType)
    : float0Zeros(aval.visibleShape);

/** A JavaScript number has the dtype of the tangent that it is given for: 1 and 1.0 are one number. */
export const asTangent = (x: NDArray, given: unknown, expected: Aval): NDArray =>
  (typeof given === "number" || given instanceof FloatScalar) && carriesTangent(expected)
    ? full([], Number(given), expected.dtype, true)
    : x;

/** Values for the entries of a mask that are set, others from `otherwise`: `values` has one for each that is set. */
export function scatterMask<T>(
  mask: readonly boolean[],
  values: readonly T[],
  otherwise: (index: number) => T,
): T[] {
  let next = 0;
  return mask.map((on, i) => (on ? values[next++] : otherwise(i)));
}
