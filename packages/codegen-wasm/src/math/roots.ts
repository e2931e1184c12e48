/** Roots. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "./emitter.ts";
import { decode, format, power2 } from "./format.ts";

const { CBRT } = coefficients;

export function sqrt(v: Lanes, x: Local): Local {
  return v.sqrt(x);
}

/** 1/√x: ∞ with the zero's sign for zeros, NaN below. */
export function rsqrt(v: Lanes, x: Local): Local {
  return v.div(1, v.sqrt(x));
}

/** |x| = 2^3k·b, ½√½ ≤ b ≤ 2√2; ∛b from a polynomial by Halley's iteration, whose last step is a small correction. */
export function cbrt(v: Lanes, x: Local): Local {
  const { fraction, one, minNormal, round } = format(v);
  const a = v.abs(x);
  const up = v.and(v.lt(a, minNormal), BigInt(fraction + 1) << BigInt(fraction));
  const { n, m } = decode(v, v.mul(a, v.iadd(up, one)), up);
  const t = v.fma(n, 1 / 3, round);
  const k = v.sub(t, round);
  const b = v.mul(m, power2(v, v.add(v.fnma(k, 3, n), round)));
  let y = v.poly(b, CBRT);
  for (let step = v.width === 32 ? 1 : 2; step > 0; step--) {
    const cube = v.mul(v.mul(y, y), y);
    y = v.fma(y, v.div(v.sub(b, cube), v.fma(cube, 2, b)), y);
  }
  const root = v.mul(y, power2(v, t));
  // Zero, infinity and NaN are their own roots.
  const plain = v.and(v.gt(a, 0), v.lt(a, Number.POSITIVE_INFINITY));
  return v.select(plain, v.withSign(root, x), v.add(x, x));
}
