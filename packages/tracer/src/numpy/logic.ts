/** Comparisons, logic and predicates. */

import { isComplex, isFloat } from "@fluxion/ir";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { binaryUfunc, boolLike, strongLike, unaryUfunc } from "./define.ts";
import { ordered, toBool } from "./where.ts";

export const equal = binaryUfunc("equal", "any", lax.eq);
export const notEqual = binaryUfunc("notEqual", "any", lax.ne);
/** Complex numbers compare by real part, then by imaginary part. */
export const greater = binaryUfunc("greater", "any", (x, y) => ordered(lax.gt, x, y));
export const greaterEqual = binaryUfunc("greaterEqual", "any", (x, y) => ordered(lax.ge, x, y));
export const less = binaryUfunc("less", "any", (x, y) => ordered(lax.lt, x, y));
export const lessEqual = binaryUfunc("lessEqual", "any", (x, y) => ordered(lax.le, x, y));

export const logicalAnd = binaryUfunc("logicalAnd", "any", (x, y) => lax.bitwiseAnd(toBool(x), toBool(y)));
export const logicalOr = binaryUfunc("logicalOr", "any", (x, y) => lax.bitwiseOr(toBool(x), toBool(y)));
export const logicalXor = binaryUfunc("logicalXor", "any", (x, y) => lax.bitwiseXor(toBool(x), toBool(y)));
export const logicalNot = unaryUfunc("logicalNot", "any", (x) => lax.bitwiseNot(toBool(x)));

/** A predicate of floats, of complex numbers by their parts, and constant on integers. */
const predicate = (
  name: string,
  ofFloat: (x: NDArray) => NDArray,
  join: (re: NDArray, im: NDArray) => NDArray,
  ofInteger: boolean,
) =>
  unaryUfunc(name, "any", (x) => {
    if (isFloat(x.dtype)) return ofFloat(x);
    return isComplex(x.dtype) ? join(ofFloat(lax.real(x)), ofFloat(lax.imag(x))) : boolLike(x, ofInteger);
  });

/** Whether each element is neither infinite nor NaN. */
export const isfinite = predicate("isfinite", lax.isFinite, lax.bitwiseAnd, true);
/** Whether each element is infinite. */
export const isinf = predicate(
  "isinf",
  (x) => lax.eq(lax.abs(x), strongLike(x, Infinity)),
  lax.bitwiseOr,
  false,
);
/** Whether each element is NaN. */
export const isnan = unaryUfunc("isnan", "any", (x) => lax.ne(x, x));

const isInfinity = (name: string, infinity: number) =>
  unaryUfunc(name, "any", (x) => {
    if (isComplex(x.dtype)) throw typeError("isposinf/isneginf are not well defined for complex types");
    return isFloat(x.dtype) ? lax.eq(x, strongLike(x, infinity)) : boolLike(x, false);
  });
/** Whether each element is +∞. @throws TypeError on complex numbers. */
export const isposinf = isInfinity("isposinf", Infinity);
/** Whether each element is −∞. @throws TypeError on complex numbers. */
export const isneginf = isInfinity("isneginf", -Infinity);
