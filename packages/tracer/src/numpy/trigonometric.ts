/** Trigonometric and hyperbolic functions, and angles. */

import { isComplex, isFloat } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { withRules } from "../transforms/custom/with-rule.ts";
import { imag, real } from "./complex.ts";
import { binaryUfunc, constLike, isInexact, unaryUfunc } from "./define.ts";
import { readOptions } from "./options.ts";
import { defaultFloat } from "./promotion.ts";
import { readFlag } from "./scalars.ts";
import { where } from "./where.ts";

export const sin = unaryUfunc("sin", "inexact", lax.sin);
export const cos = unaryUfunc("cos", "inexact", lax.cos);
export const tan = unaryUfunc("tan", "inexact", lax.tan);
export const arcsin = unaryUfunc("arcsin", "inexact", lax.asin);
export const arccos = unaryUfunc("arccos", "inexact", lax.acos);
export const arctan = unaryUfunc("arctan", "inexact", lax.atan);
export const sinh = unaryUfunc("sinh", "inexact", lax.sinh);
export const cosh = unaryUfunc("cosh", "inexact", lax.cosh);
export const tanh = unaryUfunc("tanh", "inexact", lax.tanh);
export const arcsinh = unaryUfunc("arcsinh", "inexact", lax.asinh);
/** Inverse hyperbolic cosine; of a complex number the branch with a real part that is not negative. */
export const arccosh = unaryUfunc("arccosh", "inexact", (x) => {
  const y = lax.acosh(x);
  return isComplex(y.dtype) ? where(lax.lt(lax.real(y), constLike(lax.real(y), 0)), lax.neg(y), y) : y;
});
export const arctanh = unaryUfunc("arctanh", "inexact", lax.atanh);
/** Angle of the point (x2, x1), in radians from −π to π. */
export const arctan2 = binaryUfunc("arctan2", "inexact", lax.atan2);
export {
  arccos as acos,
  arccosh as acosh,
  arcsin as asin,
  arcsinh as asinh,
  arctan as atan,
  arctan2 as atan2,
  arctanh as atanh,
};

/** Degrees to radians. */
export const deg2rad = unaryUfunc("deg2rad", "inexact", (x) => lax.mul(x, constLike(x, Math.PI / 180)));
/** Radians to degrees. */
export const rad2deg = unaryUfunc("rad2deg", "inexact", (x) => lax.mul(x, constLike(x, 180 / Math.PI)));
export { deg2rad as radians, rad2deg as degrees };

/** The k-th derivative of sin(x) / x at 0, for the elements of `x`, which are 0. */
function sincAtZero(k: number, x: NDArray): NDArray {
  const value = k % 2 === 0 ? (-1) ** (k / 2) / (k + 1) : 0;
  const ruled = withRules(
    "sinc_at_zero",
    (a) => lax.fullLike(a, value),
    (g, _, a) => lax.mul(sincAtZero(k + 1, a), g),
  );
  return ruled(x);
}

/** sin(πx) / (πx), 1 at 0. */
export const sinc = unaryUfunc("sinc", "inexact", (x) => {
  const zero = lax.eq(x, constLike(x, 0));
  const scaled = lax.mul(constLike(x, Math.PI), x);
  const safe = where(zero, constLike(x, 1), scaled);
  return where(zero, sincAtZero(0, scaled), lax.div(lax.sin(safe), safe));
});

/**
 * Length of the hypotenuse, √(x² + y²), without overflow.
 * @throws TypeError on complex numbers.
 */
export const hypot = binaryUfunc("hypot", "inexact", (a, b) => {
  if (!isFloat(a.dtype)) {
    throw typeError(
      "jnp.hypot is not well defined for complex-valued inputs. Convert to real values first, with jnp.abs(x).",
    );
  }
  const [x, y] = [lax.abs(a), lax.abs(b)];
  const infinity = constLike(x, Infinity);
  const infinite = lax.bitwiseOr(lax.eq(x, infinity), lax.eq(y, infinity));
  const [large, small] = [lax.max(x, y), lax.min(x, y)];
  const zero = lax.eq(large, constLike(large, 0));
  const ratio = lax.div(small, where(zero, constLike(large, 1), large));
  const root = lax.sqrt(lax.add(constLike(large, 1), lax.square(ratio)));
  return where(infinite, infinity, where(zero, large, lax.mul(large, root)));
});

/** Argument of complex numbers, in radians (`deg`: in degrees). */
export function angle(z: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { deg } = readOptions("angle", ["deg"], rest);
  const statics = { deg: readFlag(deg, "deg") };
  return dispatchOne("jnp.angle", [asArray(z, "angle", 0)], statics, ([x], s) => {
    let [re, im]: NDArray[] = [real(x), imag(x)];
    if (!isInexact(re) || (isFloat(x.dtype) && x.ndim === 0)) {
      [re, im] = [convert(re, defaultFloat()), convert(im, defaultFloat())];
    }
    const radians = lax.atan2(im, re);
    return s.deg ? rad2deg(radians) : radians;
  });
}
