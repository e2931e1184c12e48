/** Sine, cosine, tangent. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { type LaneFunction, type Lanes, viaF64 } from "./emitter.ts";
import { format, pick } from "./format.ts";
import { reduceLarge } from "./payne-hanek.ts";

const { COS_F32, COS_F64, HALF_PI_F32, HALF_PI_F64, SIN_F32, SIN_F64, TAN_F32 } = coefficients;

/**
 * Below this, products of the quadrant with all but the last part of π/2 are exact: 12 bits by 12 on float32, 33 by
 * 20 on float64.
 */
const limit = (v: Lanes): number => pick(v, 6000, 2 ** 20);

/** x = q·π/2 + r + low, |r| ≤ π/4, low below half an ulp of r; q in the low bits of its lanes. */
interface Quadrant {
  readonly r: Local;
  readonly q: Local;
  readonly low?: Local;
}

/** Right below `limit`. The first two differences are exact; the third one's rounding error is put back. */
function reduceSmall(v: Lanes, x: Local): Quadrant {
  const { round } = format(v);
  const q = v.fma(x, 2 / Math.PI, round);
  const n = v.sub(q, round);
  const [p1, p2, p3, p4] = pick<readonly number[]>(v, HALF_PI_F32, HALF_PI_F64);
  const r2 = v.fnma(n, p2, v.fnma(n, p1, x));
  const part = v.mul(n, p3);
  const r3 = v.sub(r2, part);
  const error = v.sub(part, v.sub(r2, r3));
  // Subtracted, since −0 − 0 keeps the sign that −0 + 0 would lose.
  const excess = v.fma(n, p4, error);
  const r = v.sub(r3, excess);
  return { r, q, low: v.sub(v.sub(r3, r), excess) };
}

/** On float64 lanes, for any x. */
function reduceF64(v: Lanes, x: Local): Quadrant {
  const { f } = v.e;
  const small = reduceSmall(v, x);
  const large = v.gt(v.abs(x), limit(v));
  f.if(v.any(large), () => {
    const reduced = reduceLarge(v.e, x);
    f.set(small.r, f.get(v.select(large, reduced.r, small.r)));
    f.set(small.q, f.get(v.select(large, reduced.q, small.q)));
  });
  return { r: small.r, q: small.q };
}

/**
 * `kernel` after reduction. Float32 arguments beyond the limit take a second path, through float64 in a function of
 * its own, which runs only when a vector holds one.
 */
function reduced(v: Lanes, x: Local, name: string, kernel: (v: Lanes, q: Quadrant) => Local): Local {
  if (v.width === 64) return kernel(v, reduceF64(v, x));
  const { f } = v.e;
  const y = kernel(v, reduceSmall(v, x));
  const large = v.gt(v.abs(x), limit(v));
  f.if(v.any(large), () => {
    const f64: LaneFunction = (w, arg) => kernel(w, reduceF64(w, arg));
    const far = v.e.call(`${name}.large`, [x], f.b.v128, (e) => f.get(viaF64(e.f32, f64, e.f.param(0))));
    f.set(y, f.get(v.select(large, v.e.v128(far), y)));
  });
  return y;
}

function sinKernel(v: Lanes, r: Local, u: Local): Local {
  const p = v.mul(v.poly(u, pick(v, SIN_F32, SIN_F64)), u);
  // The sum loses the sign of −0.
  return v.withSign(v.fma(p, r, r), r);
}

/** 1 − u/2 + u²·P(u), with the rounding error of 1 − u/2 put back. */
function cosKernel(v: Lanes, u: Local): Local {
  const p = v.mul(v.poly(u, pick(v, COS_F32, COS_F64)), v.mul(u, u));
  const half = v.mul(u, 0.5);
  const w = v.sub(1, half);
  if (v.width === 32) return v.add(w, p);
  return v.add(w, v.add(v.sub(v.sub(1, w), half), p));
}

/** sin of q·π/2 + r. */
function sinQuadrant(v: Lanes, { r, q }: Quadrant): Local {
  const u = v.mul(r, r);
  const odd = v.ieq(v.and(q, 1), 1);
  const y = v.select(odd, cosKernel(v, u), sinKernel(v, r, u));
  return v.xor(y, v.shl(v.and(q, 2), v.width - 2));
}

/** tan r for even q, −1/tan r for odd. */
function tanQuadrant(v: Lanes, { r, q, low }: Quadrant): Local {
  const u = v.mul(r, r);
  const odd = v.ieq(v.and(q, 1), 1);
  const flip = v.and(odd, v.signMask);
  if (v.width === 32) {
    const p = v.mul(v.poly2(u, v.mul(u, u), TAN_F32), u);
    // The derivative is up to 2, so r's own rounding would show: add low·(1 + r²).
    const t = v.withSign(v.add(v.fma(p, r, v.mul(low ?? v.float(0), v.add(u, 1))), r), r);
    return v.xor(v.div(v.select(odd, 1, t), v.select(odd, t, 1)), flip);
  }
  const [s, c] = [sinKernel(v, r, u), cosKernel(v, u)];
  return v.xor(v.div(v.select(odd, c, s), v.select(odd, s, c)), flip);
}

export function sin(v: Lanes, x: Local): Local {
  return reduced(v, x, "sin", sinQuadrant);
}

export function cos(v: Lanes, x: Local): Local {
  return reduced(v, x, "cos", (w, { r, q }) => sinQuadrant(w, { r, q: w.iadd(q, 1) }));
}

export function tan(v: Lanes, x: Local): Local {
  return reduced(v, x, "tan", tanQuadrant);
}
