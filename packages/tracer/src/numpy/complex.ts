/** Parts of complex numbers. */

import { isComplex } from "@fluxion/ir";
import { ComplexScalar } from "../core/as-array.ts";
import { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { constLike, fillLike, unaryUfunc } from "./define.ts";

export const real = unaryUfunc("real", "any", (x) => (isComplex(x.dtype) ? lax.real(x) : x));
/** Imaginary part; 0 of real numbers. */
export const imag = unaryUfunc("imag", "any", (x) => (isComplex(x.dtype) ? lax.imag(x) : fillLike(x, 0)));
/** Complex conjugate; a real number is its own. */
export const conjugate = unaryUfunc("conjugate", "any", (x) => (isComplex(x.dtype) ? lax.conj(x) : x));
export { conjugate as conj };
/** Whether each element has an imaginary part other than 0. */
export const iscomplex = unaryUfunc("iscomplex", "any", (x) => {
  const part = imag(x);
  return lax.ne(part, constLike(part, 0));
});
/** Whether each element has the imaginary part 0. */
export const isreal = unaryUfunc("isreal", "any", (x) => {
  const part = imag(x);
  return lax.eq(part, constLike(part, 0));
});
/** Whether the dtype is complex. */
export const iscomplexobj = (x: unknown): boolean =>
  x instanceof ComplexScalar || (x instanceof NDArray && isComplex(x.dtype));
/** Whether the dtype is not complex. */
export const isrealobj = (x: unknown): boolean => !iscomplexobj(x);
