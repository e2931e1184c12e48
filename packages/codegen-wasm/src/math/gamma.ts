/** The logarithm of the gamma function and its derivatives, on float64 lanes; float32 goes through float64. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { type Lanes, viaF64 } from "./emitter.ts";
import { log } from "./log.ts";
import { sin, tan } from "./trig.ts";
import { zeta } from "./zeta.ts";

const { DIGAMMA, DIGAMMA_MIDDLE, DIGAMMA_ROOT, LGAMMA, STIRLING } = coefficients;

const HALF_LOG_2PI = 0.9189385332046728;

/** log|Γ(x)|: ∞ at zero and the negative integers, and at both infinities. */
export function lgamma(v: Lanes, x: Local): Local {
  if (v.width === 32) return viaF64(v, lgamma, x);
  const a = v.abs(x);
  const positive = v.select(v.lt(a, 7.5), lgammaSmall(v, a), lgammaLarge(v, a));
  // Γ(x)·Γ(−x) = −π/(x·sin πx); the sine of the distance to the nearest integer.
  const nearest = v.nearest(a);
  const s = v.abs(sin(v, v.mul(v.sub(a, nearest), Math.PI)));
  const reflected = v.sub(log(v, v.div(Math.PI, v.mul(a, s))), positive);
  // Close to zero x·sin πx is too small, and Γ(−x) ≈ −Γ(x).
  const y = v.select(v.andnot(v.lt(x, 0), v.lt(a, 2 ** -60)), reflected, positive);
  const pole = v.and(v.le(x, 0), v.eq(a, nearest));
  return v.select(v.or(pole, v.eq(a, Number.POSITIVE_INFINITY)), Number.POSITIVE_INFINITY, y);
}

/** Below 7.5: from Γ(2 + z), |z| ≤ ½, by the recurrence, x = k + z. */
function lgammaSmall(v: Lanes, x: Local): Local {
  const k = v.nearest(x);
  const z = v.sub(x, k);
  // Γ(2 + z) = Γ(x)·x for k = 1, Γ(x)·x·(x + 1) for k = 0; Γ(x) = Γ(2 + z)·(2 + z)·…·(k − 1 + z).
  let p = v.select(v.lt(k, 2), x, 1);
  p = v.mul(p, v.select(v.lt(k, 1), v.add(x, 1), 1));
  for (let j = 2; j < 8; j++) p = v.mul(p, v.select(v.gt(k, j), v.add(z, j), 1));
  const below = v.and(v.lt(k, 2), v.signMask);
  return v.add(v.mul(v.poly2(z, v.mul(z, z), LGAMMA), z), v.xor(log(v, p), below));
}

/** Stirling's series. The factor (x − ½) comes last, so that only a result that overflows does. */
function lgammaLarge(v: Lanes, x: Local): Local {
  const w = v.div(1, x);
  const u = v.mul(w, w);
  const series = v.fma(v.poly2(u, v.mul(u, u), STIRLING), w, HALF_LOG_2PI - 0.5);
  return v.fma(v.sub(x, 0.5), v.sub(log(v, x), 1), series);
}

/** ψ(x) = (log Γ)′(x); NaN at zero and the negative integers. */
export function digamma(v: Lanes, x: Local): Local {
  if (v.width === 32) return viaF64(v, digamma, x);
  const negative = v.lt(x, 0);
  const a = v.select(negative, v.sub(1, x), x);
  const positive = digammaPositive(v, a);
  // ψ(1 − x) − ψ(x) = π/tan πx
  const cotangent = v.div(Math.PI, tan(v, v.mul(v.sub(x, v.nearest(x)), Math.PI)));
  const y = v.select(negative, v.sub(positive, cotangent), positive);
  const pole = v.and(v.le(x, 0), v.eq(x, v.floor(x)));
  return v.or(y, pole);
}

/**
 * From 8 on the asymptotic series; below, ψ(x) = ψ(x + 8) − Σ 1/(x + k), but around the root
 * a polynomial times the distance to it.
 */
function digammaPositive(v: Lanes, x: Local): Local {
  const small = v.lt(x, 8);
  const y = v.select(small, v.add(x, 8), x);
  const w = v.div(1, y);
  const u = v.mul(w, w);
  const series = v.fma(v.poly2(u, v.mul(u, u), DIGAMMA), u, v.mul(w, 0.5));
  const sum = v.keep(small, reciprocals(v, x));
  const outer = v.sub(v.sub(log(v, y), series), sum);
  const [root, rootLow] = DIGAMMA_ROOT;
  const t = v.sub(x, 1.6);
  const middle = v.mul(v.poly2(t, v.mul(t, t), DIGAMMA_MIDDLE), v.sub(v.sub(x, root), rootLow));
  return v.select(v.and(v.ge(x, 1), v.lt(x, 2.25)), middle, outer);
}

/** 1/x + 1/(x + 1) + … + 1/(x + 7), two by two as fractions, the smallest first. */
function reciprocals(v: Lanes, x: Local): Local {
  const pairs = [6, 4, 2, 0].map((k) => {
    const [a, b] = [k === 0 ? x : v.add(x, k), v.add(x, k + 1)];
    return v.div(v.add(a, b), v.mul(a, b));
  });
  return pairs.reduce((sum, pair) => v.add(sum, pair));
}

/** ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹·n!·ζ(n + 1, x) for n = 1, 2, …; ψ for n = 0; NaN for other n. */
export function polygamma(v: Lanes, n: Local, x: Local): Local {
  if (v.width === 32) return viaF64(v, polygamma, n, x);
  const { f } = v.e;
  const factorial = f.let(f.b.v128, f.get(v.float(1)));
  const k = f.let(f.b.v128, f.get(v.pmin(n, 200)));
  f.while(
    () => v.any(v.gt(k, 1)),
    () => {
      f.set(factorial, f.get(v.mul(factorial, v.pmax(k, 1))));
      f.set(k, f.get(v.sub(k, 1)));
    },
  );
  const half = v.mul(n, 0.5);
  const even = v.and(v.eq(v.floor(half), half), v.signMask);
  const y = v.xor(v.mul(factorial, zeta(v, v.add(n, 1), x)), even);
  const result = v.select(v.eq(n, 0), digamma(v, x), y);
  const valid = v.and(v.ge(n, 0), v.eq(v.floor(n), n));
  return v.or(result, v.not(valid));
}
