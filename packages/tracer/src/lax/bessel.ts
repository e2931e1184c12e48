/** Modified Bessel functions by Chebyshev series (the expansions that the Cephes library uses). */

import { besselI0eSeries } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "./elementwise.ts";
import { requireKind } from "./operands.ts";
import { select } from "./select.ts";

const { near: small, far: large } = besselI0eSeries;

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
