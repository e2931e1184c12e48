/** Modified Bessel functions by Chebyshev series (the expansions that the Cephes library uses). */

import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "./elementwise.ts";
import { requireKind } from "./operands.ts";
import { select } from "./select.ts";

/** e^−x I₀(x) on [0, 8] in Chebyshev polynomials of x/2 − 2 scaled to [−1, 1]. */
const small = [
  0.6767952744094761, -0.3046826723431984, 0.17162090152220877, -0.09490109704804764, 0.04930528423967071,
  -0.02373741480589947, 0.010546460394594998, -0.004324309995050576, 0.0016394756169413357,
  -0.0005763755745385824, 0.00018850288509584165, -5.754195010082104e-5, 1.6448448070728896e-5,
  -4.4167383584587505e-6, 1.1173875391201037e-6, -2.670793853940612e-7, 6.046995022541919e-8,
  -1.300025009986248e-8, 2.6598237246823866e-9, -5.189795601635263e-10, 9.675809035373237e-11,
  -1.726826291441556e-11, 2.95505266312964e-12, -4.856446783111929e-13, 7.676185498604936e-14,
  -1.1685332877993451e-14, 1.715391285555133e-15, -2.431279846547955e-16, 3.3307945188222384e-17,
  -4.4153416464793395e-18,
];

/** e^−x √x I₀(x) on [8, ∞) in Chebyshev polynomials of 32/x − 2 scaled to [−1, 1]. */
const large = [
  0.8044904110141088, 0.0033691164782556943, 6.889758346916825e-5, 2.8913705208347567e-6,
  2.0489185894690638e-7, 2.266668990498178e-8, 3.3962320257083865e-9, 4.94060238822497e-10,
  1.1889147107846439e-11, -3.1499165279632416e-11, -1.3215811840447713e-11, -1.7941785315068062e-12,
  7.180124451383666e-13, 3.8527783827421426e-13, 1.54008621752141e-14, -4.150569347287222e-14,
  -9.554846698828307e-15, 3.8116806693526224e-15, 1.7725601330565263e-15, -3.425485619677219e-16,
  -2.8276239805165836e-16, 3.461222867697461e-17, 4.46562142029676e-17, -4.830504485944182e-18,
  -7.233180487874754e-18,
];

/** Clenshaw's recurrence: Σ′ cₖ Tₖ(u) for x = 2u. */
function chebyshev(x: NDArray, coefficients: readonly number[]): NDArray {
  const constant = (value: number): NDArray => full([], value, x.dtype);
  let [b0, b1, b2] = [0, 0, 0].map(constant);
  for (const c of coefficients.toReversed()) {
    [b2, b1] = [b1, b0];
    b0 = lax.add(lax.sub(lax.mul(x, b1), b2), constant(c));
  }
  return lax.mul(constant(0.5), lax.sub(b0, b2));
}

function i0e(given: NDArray): NDArray {
  const x = lax.abs(given);
  const constant = (value: number): NDArray => full([], value, x.dtype);
  const wide = x.dtype === "float64";
  const terms = (list: readonly number[], count: number): readonly number[] =>
    wide ? list : list.slice(0, count);
  const near = chebyshev(lax.sub(lax.mul(constant(0.5), x), constant(2)), terms(small, 18));
  const far = lax.div(
    chebyshev(lax.sub(lax.div(constant(32), x), constant(2)), terms(large, 7)),
    lax.sqrt(x),
  );
  return select(lax.le(x, constant(8)), near, far);
}

/** e^−|x| I₀(x), the exponentially scaled modified Bessel function of order 0. */
export const besselI0e = (x: ArrayLike): NDArray =>
  dispatchOne("lax.bessel_i0e", [asArray(x, "besselI0e", 0)], undefined, ([a]) => {
    requireKind("bessel_i0e", a.dtype, "float");
    const half = a.dtype === "float16" || a.dtype === "bfloat16";
    return half ? convert(i0e(convert(a, "float32")), a.dtype, a.weakType) : i0e(a);
  });
