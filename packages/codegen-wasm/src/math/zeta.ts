/** The Hurwitz zeta function, on float64 lanes; float32 goes through float64. */

import { coefficients } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { type Lanes, viaF64 } from "./emitter.ts";
import { pow } from "./pow.ts";

const { EULER_MACLAURIN } = coefficients;

/** Terms summed one by one before the Euler–Maclaurin formula takes over, and the least argument for that. */
const TERMS = 10;
/** Below this the sum would take too long. */
const LOWEST = -(2 ** 20);

/** One function of the module, since the power is long and used in a loop. */
function power(v: Lanes, base: Local, exponent: Local): Local {
  const { f } = v.e;
  return v.e.v128(
    v.e.call("pow.f64", [base, exponent], f.b.v128, (e) => e.f.get(pow(e.f64, e.f.param(0), e.f.param(1)))),
  );
}

/**
 * ζ(s, q) = Σ (q + k)^−s over k ≥ 0. As in JAX: NaN for infinite arguments, for s < 1 and for q < 0 unless s is an
 * integer; ∞ for s = 1; at q = 0, −1, … ∞ for even s and NaN for odd. NaN for q ≤ −2²⁰.
 */
export function zeta(v: Lanes, s: Local, q: Local): Local {
  if (v.width === 32) return viaF64(v, zeta, s, q);
  const { f } = v.e;
  const { v128 } = f.b;
  const minus = v.neg(s);
  const sum = f.let(v128, f.get(v.float(0)));
  const a = f.let(v128, f.get(q));
  const count = f.let(v128, f.get(v.float(0)));
  const inRange = v.gt(q, LOWEST);
  const unfinished = (): Local => v.and(inRange, v.or(v.lt(count, TERMS), v.lt(a, TERMS)));
  f.while(
    () => v.any(unfinished()),
    () => {
      const active = unfinished();
      f.set(sum, f.get(v.add(sum, v.and(active, power(v, a, minus)))));
      f.set(a, f.get(v.add(a, v.keep(active, 1))));
      f.set(count, f.get(v.add(count, v.keep(active, 1))));
    },
  );
  return limits(v, s, q, v.add(sum, rest(v, s, a)));
}

/** The sum from a on: a^(1−s)/(s − 1) + a^−s·(½ + Σ B₂ⱼ/(2j)!·s(s + 1)…(s + 2j − 2)/a^(2j−1)). */
function rest(v: Lanes, s: Local, a: Local): Local {
  const inverse = v.div(1, a);
  const square = v.mul(inverse, inverse);
  let term = v.mul(s, inverse);
  let series = v.float(0.5);
  EULER_MACLAURIN.forEach((c, i) => {
    if (i > 0) {
      const next = v.mul(v.add(s, 2 * i - 1), v.add(s, 2 * i));
      term = v.mul(v.mul(term, next), square);
    }
    series = v.fma(term, c, series);
  });
  // a^−s may vanish where a^(1−s) does not, so its root is applied twice.
  const root = power(v, a, v.mul(s, -0.5));
  const value = v.mul(v.mul(root, v.add(series, v.div(a, v.sub(s, 1)))), root);
  // Nothing is left of a power that vanished, whatever the series says.
  return v.and(value, v.ne(root, 0));
}

function limits(v: Lanes, s: Local, q: Local, y: Local): Local {
  const half = v.mul(s, 0.5);
  const even = v.eq(v.floor(half), half);
  const notPositive = v.le(q, 0);
  const pole = v.and(notPositive, v.eq(v.floor(q), q));
  const infinite = v.or(v.eq(s, 1), v.and(pole, even));
  const finite = v.and(v.lt(v.abs(s), Number.POSITIVE_INFINITY), v.lt(v.abs(q), Number.POSITIVE_INFINITY));
  const bad = v.or(v.lt(s, 1), v.or(pole, v.andnot(notPositive, v.eq(v.floor(s), s))));
  const nan = v.or(v.andnot(v.or(bad, v.le(q, LOWEST)), infinite), v.not(finite));
  return v.or(v.select(infinite, Number.POSITIVE_INFINITY, y), nan);
}
