/** Rounding to whole numbers and to decimals. */

import { isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { notImplemented, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { constLike, isWhole, unaryPair, unaryUfunc } from "./define.ts";
import { finfo } from "./finfo.ts";
import { readOptions } from "./options.ts";
import { defaultFloat } from "./promotion.ts";
import { readInteger } from "./scalars.ts";
import { where } from "./where.ts";

/** A rounding of floats that leaves integers as they are. */
const rounding = (name: string, body: (x: NDArray) => NDArray) =>
  unaryUfunc(name, "any", (x) => (isWhole(x) ? x : body(x)));

/** Nearest integer not above, as a float. @throws TypeError on complex numbers. */
export const floor = rounding("floor", lax.floor);
/** Nearest integer not below, as a float. @throws TypeError on complex numbers. */
export const ceil = rounding("ceil", lax.ceil);

const towardsZero = (x: NDArray): NDArray => where(lax.lt(x, constLike(x, 0)), lax.ceil(x), lax.floor(x));
/** Nearest integer towards zero, as a float. @throws TypeError on complex numbers. */
export const trunc = rounding("trunc", towardsZero);
export { trunc as fix };

/** A rounding of the parts of complex numbers. */
const byParts = (x: NDArray, body: (part: NDArray) => NDArray): NDArray =>
  isComplex(x.dtype) ? lax.complex(body(lax.real(x)), body(lax.imag(x))) : body(x);

const nearestEven = (x: NDArray): NDArray => lax.round(x, "toNearestEven");

/** Nearest integer, ties to even, as a float. */
export const rint = unaryUfunc("rint", "any", (x) =>
  isWhole(x) ? convert(x, defaultFloat()) : byParts(x, nearestEven),
);

/**
 * `a` rounded to `decimals` places, ties to even; a negative number rounds tens, hundreds and so on.
 * @throws Error if integers are to be rounded to tens.
 */
export function round(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { decimals } = readOptions("round", ["decimals"], rest);
  const statics = { decimals: readInteger(decimals, "decimals", 0) };
  return dispatchOne("jnp.round", [asArray(a, "round", 0)], statics, ([x], s) => roundBody(x, s.decimals));
}
export { round as around };

function roundBody(x: NDArray, decimals: number): NDArray {
  if (isWhole(x)) {
    if (x.dtype === "bool") throw typeError("round does not accept dtype bool.");
    if (decimals < 0)
      throw notImplemented(
        "round of integers is not implemented for decimals < 0; convert to a float first.",
      );
    return x;
  }
  if (decimals > Math.log10(finfo(x.dtype).max)) return x;
  return byParts(x, (part) => (decimals === 0 ? nearestEven(part) : roundDecimals(part, decimals)));
}

/** float16 has too few digits for the scaled value, so it is rounded in float32. */
function roundDecimals(x: NDArray, decimals: number): NDArray {
  const wide = x.dtype === "float16" ? convert(x, "float32") : x;
  const factor = constLike(wide, 10 ** decimals);
  const rounded = lax.div(nearestEven(lax.mul(wide, factor)), factor);
  return x.dtype === "float16" ? convert(rounded, "float16") : rounded;
}

/** Fraction and whole part, both with the sign of `x`, as floats. */
export const modf = unaryPair("modf", "inexact", (x) => {
  const whole = where(lax.ge(x, constLike(x, 0)), lax.floor(x), lax.ceil(x));
  return [lax.sub(x, whole), whole];
});
