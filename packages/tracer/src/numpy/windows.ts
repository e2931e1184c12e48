/** Window functions of signal processing, as vectors of M values; and the Bessel function that one of them needs. */

import { isFloat } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { withRules } from "../transforms/custom/with-rule.ts";
import { absolute, add, divide, multiply, subtract } from "./arithmetic.ts";
import { unaryUfunc } from "./define.ts";
import { sqrt } from "./exponential.ts";
import { defaultFloat } from "./promotion.ts";
import { cos } from "./trigonometric.ts";

const i0Body = withRules(
  "i0",
  (x) => lax.mul(lax.exp(lax.abs(x)), lax.besselI0e(lax.abs(x))),
  // I₀′ = I₁; |x|, which the terms are written with, has no derivative at 0.
  (g, _, x) => {
    const slope = lax.mul(lax.exp(lax.abs(x)), lax.besselI1e(x));
    return lax.mul(g, lax.select(lax.eq(x, lax.fullLike(x, 0)), lax.fullLike(x, 0), slope));
  },
);

/** I₀(x), the modified Bessel function of order 0. @throws TypeError on complex numbers. */
export const i0 = unaryUfunc("i0", "inexact", (x) => {
  if (!isFloat(x.dtype)) throw typeError(`Unsupported input type to jax.numpy.i0: ${x.dtype}`);
  return i0Body(x);
});

const window =
  (name: string, body: (n: NDArray, M: number) => NDArray) =>
  (M: number): NDArray => {
    if (!Number.isInteger(M)) throw typeError(`jnp.${name}: M must be a whole number, got ${M}`);
    if (M <= 1) return lax.full([Math.max(0, M)], 1, defaultFloat());
    return dispatchOne(`jnp.${name}`, [], { M }, (_, s) => body(lax.iota(defaultFloat(), s.M), s.M));
  };

/** cos(2πn·k / (M − 1)). */
const wave = (n: NDArray, M: number, k: number): NDArray => cos(divide(multiply(k * 2 * Math.PI, n), M - 1));

/** Triangle that is 0 at both ends. */
export const bartlett = window("bartlett", (n, M) =>
  subtract(1, divide(absolute(subtract(add(multiply(2, n), 1), M)), M - 1)),
);
/** 0.42 − 0.5 cos + 0.08 cos of the double angle. */
export const blackman = window("blackman", (n, M) =>
  add(subtract(0.42, multiply(0.5, wave(n, M, 1))), multiply(0.08, wave(n, M, 2))),
);
/** 0.54 − 0.46 cos. */
export const hamming = window("hamming", (n, M) => subtract(0.54, multiply(0.46, wave(n, M, 1))));
/** (1 − cos) / 2. */
export const hanning = window("hanning", (n, M) => multiply(0.5, subtract(1, wave(n, M, 1))));

/** I₀(β√(1 − (2n/(M − 1) − 1)²)) / I₀(β). */
export function kaiser(M: number, beta: ArrayLike): NDArray {
  if (M <= 1) return lax.full([Math.max(0, M)], 1, defaultFloat());
  return dispatchOne("jnp.kaiser", [asArray(beta, "kaiser", 1)], { M }, ([b], s) => {
    const half = 0.5 * (s.M - 1);
    const n = divide(subtract(lax.iota(defaultFloat(), s.M), half), half);
    return divide(i0(multiply(b, sqrt(subtract(1, multiply(n, n))))), i0(b));
  });
}
