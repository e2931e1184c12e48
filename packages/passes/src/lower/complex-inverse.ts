/** Inverse trigonometric and hyperbolic functions of complex numbers (Kahan 1987). */

import { add, divide, log, multiply, one, sqrt, timesI, timesMinusI } from "./complex-functions.ts";
import type { Parts, Z } from "./complex-parts.ts";

const oneMinus = (z: Z, p: Parts): Z => ({ re: p.sub(p.const(1), z.re), im: p.neg(z.im) });
const onePlus = (z: Z, p: Parts): Z => ({ re: p.add(p.const(1), z.re), im: z.im });
const minusOne = (z: Z, p: Parts): Z => ({ re: p.sub(z.re, p.const(1)), im: z.im });

/** Beyond this size 1 ± z is z. */
const hugeSize = (p: Parts): number => (p.dtype === "float64" ? 1e150 : 1e18);
const huge = (z: Z, p: Parts): Z["re"] => p.gt(p.max(p.abs(z.re), p.abs(z.im)), p.const(hugeSize(p)));

/** log|2z| for huge z. */
function logTwice(z: Z, p: Parts): Z["re"] {
  const exponent = p.dtype === "float64" ? 500 : 60;
  const down = p.const(2 ** -exponent);
  const size = p.hypot(p.mul(z.re, down), p.mul(z.im, down));
  return p.add(p.log(size), p.const((exponent + 1) * Math.LN2));
}

export function acos(z: Z, p: Parts): Z {
  const far = { re: p.atan2(p.abs(z.im), z.re), im: p.copySign(logTwice(z, p), p.neg(z.im)) };
  const [plus, minus] = [sqrt(onePlus(z, p), p), sqrt(oneMinus(z, p), p)];
  const near = {
    re: p.mul(p.const(2), p.atan2(minus.re, plus.re)),
    im: p.asinh(p.sub(p.mul(plus.re, minus.im), p.mul(plus.im, minus.re))),
  };
  return p.choose(huge(z, p), far, near);
}

export function asin(z: Z, p: Parts): Z {
  const far = { re: p.atan2(z.re, p.abs(z.im)), im: p.copySign(logTwice(z, p), z.im) };
  const [plus, minus] = [sqrt(onePlus(z, p), p), sqrt(oneMinus(z, p), p)];
  const near = {
    re: p.atan2(z.re, p.sub(p.mul(minus.re, plus.re), p.mul(minus.im, plus.im))),
    im: p.asinh(p.sub(p.mul(minus.re, plus.im), p.mul(minus.im, plus.re))),
  };
  return p.choose(huge(z, p), far, near);
}

export function acosh(z: Z, p: Parts): Z {
  const far = { re: logTwice(z, p), im: p.atan2(z.im, z.re) };
  const [plus, minus] = [sqrt(onePlus(z, p), p), sqrt(minusOne(z, p), p)];
  const near = {
    re: p.asinh(p.add(p.mul(minus.re, plus.re), p.mul(minus.im, plus.im))),
    im: p.mul(p.const(2), p.atan2(minus.im, plus.re)),
  };
  return p.choose(huge(z, p), far, near);
}

export const asinh = (z: Z, p: Parts): Z => timesMinusI(asin(timesI(z, p), p), p);

export function atanh(z: Z, p: Parts): Z {
  const { re: x, im: y } = z;
  const infinite = p.or(p.isInf(x), p.isInf(y));
  const quarter = p.copySign(p.const(Math.PI / 2), y);
  const d = p.sub(p.const(1), p.abs(x));
  const yy = p.mul(y, y);
  const ratio = p.div(p.mul(p.const(4), p.abs(x)), p.add(p.mul(d, d), yy));
  const re = p.mul(p.log1p(ratio), p.const(0.25));
  const imY = p.sub(p.mul(p.sub(p.const(1), x), p.add(p.const(1), x)), yy);
  const plain = { re: p.copySign(re, x), im: p.mul(p.atan2(p.mul(p.const(2), y), imY), p.const(0.5)) };
  const far = { re: divide(one(p), z, p).re, im: quarter };
  const pole = p.and(p.eq(p.abs(x), p.const(1)), p.eq(y, p.const(0)));
  const atPole = { re: p.copySign(p.const(Number.POSITIVE_INFINITY), x), im: y };
  const finite = p.choose(pole, atPole, p.choose(huge(z, p), far, plain));
  return p.choose(infinite, { re: p.copySign(p.const(0), x), im: quarter }, finite);
}

export const atan = (z: Z, p: Parts): Z => timesMinusI(atanh(timesI(z, p), p), p);

/** −i log((x + iy) / √(x² + y²)) for complex x and y. */
export function atan2(y: Z, x: Z, p: Parts): Z {
  const norm = sqrt(add(multiply(x, x, p), multiply(y, y, p), p), p);
  return timesMinusI(log(divide(add(x, timesI(y, p), p), norm, p), p), p);
}
