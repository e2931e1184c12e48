/** The error function and its complement. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { type Lanes, viaF64 } from "./emitter.ts";
import { exp, expFactors } from "./exp.ts";
import { pick } from "./format.ts";

const { ERF_F32, ERF_F64, ERF_TAIL_F32, ERFC_F64 } = coefficients;

/** erf x: a polynomial below 0.86, 1 − erfc|x| above, with erfc x = e^(a polynomial) on float32. */
export function erf(v: Lanes, x: Local): Local {
  const a = v.abs(x);
  const small = v.lt(a, 0.86);
  const u = v.mul(x, x);
  if (v.width === 64) {
    const large = v.sub(1, erfcPositive(v, a));
    return v.withSign(v.select(small, erfSmall(v, a, u), large), x);
  }
  const ac = v.pmin(a, 4.1);
  const tail = exp(v, v.neg(v.poly2(ac, v.mul(ac, ac), ERF_TAIL_F32)));
  return v.withSign(v.select(small, erfSmall(v, a, u), v.sub(1, tail)), x);
}

/** erf a below 0.87, u = a². */
function erfSmall(v: Lanes, a: Local, u: Local): Local {
  return v.fma(v.poly2(u, v.mul(u, u), pick(v, ERF_F32, ERF_F64)), a, a);
}

/**
 * erfc x on float64 lanes for x ≥ 0.49: e^−x²·P((x − 4)/(x + 4))/(1 + 2x). The square is taken exactly: with h the
 * upper half of the digits of x, x² = h² + (x − h)(x + h).
 */
function erfcPositive(v: Lanes, x: Local): Local {
  const xc = v.pmin(x, 28);
  const h = v.andnot(xc, 0x7ffffffn);
  const rest = v.mul(v.sub(xc, h), v.add(xc, h));
  const { value, factor } = expFactors(v, v.neg(v.mul(h, h)));
  // e^−rest for rest < 2⁻¹⁶
  const corrected = v.fnma(value, v.mul(rest, v.fnma(rest, v.fnma(rest, 1 / 6, 0.5), 1)), value);
  const t = v.div(v.sub(xc, 4), v.add(xc, 4));
  const p = v.div(v.poly2(t, v.mul(t, t), ERFC_F64), v.fma(xc, 2, 1));
  return v.mul(v.mul(corrected, p), factor);
}

/** erfc x: 1 − erf x below ½, 2 − erfc(−x) for x ≤ −½. Through float64 on float32 lanes. */
export function erfc(v: Lanes, x: Local): Local {
  if (v.width === 32) return viaF64(v, erfc, x);
  const a = v.abs(x);
  const near = v.sub(1, v.withSign(erfSmall(v, a, v.mul(x, x)), x));
  const far = erfcPositive(v, a);
  return v.select(v.lt(a, 0.5), near, v.select(v.lt(x, 0), v.sub(2, far), far));
}
