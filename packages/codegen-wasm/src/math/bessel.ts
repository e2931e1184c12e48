/** The exponentially scaled modified Bessel function of order one. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { type Lanes, viaF64 } from "./emitter.ts";
import { exp } from "./exp.ts";

const { BESSEL_I1, BESSEL_I1E } = coefficients;

/** e^−|x|·I₁(x), on float64 lanes; float32 goes through float64. */
export function besselI1e(v: Lanes, x: Local): Local {
  if (v.width === 32) return viaF64(v, besselI1e, x);
  const a = v.abs(x);
  const u = v.mul(a, a);
  const near = v.mul(v.mul(exp(v, v.neg(a)), v.poly2(u, v.mul(u, u), BESSEL_I1)), a);
  const t = v.sub(v.div(16, a), 1);
  const far = v.div(v.poly2(t, v.mul(t, t), BESSEL_I1E), v.sqrt(a));
  return v.withSign(v.select(v.lt(a, 8), near, far), x);
}
