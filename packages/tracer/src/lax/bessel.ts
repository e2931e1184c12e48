/** Modified Bessel functions by Chebyshev series (the expansions that the Cephes library uses). */

import { besselI0eSeries } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { withRules } from "../transforms/custom/with-rule.ts";
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

function i0eSeries(given: NDArray): NDArray {
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

const oneLike = (x: NDArray): NDArray => full([...x.shape], 1, x.dtype);

/** d/dx e^−|x| I₀ = e^−|x| I₁ − sign(x)·e^−|x| I₀. */
const i0e = withRules("bessel_i0e", i0eSeries, (g, out, x) =>
  lax.mul(g, lax.sub(i1e(x), lax.mul(lax.sign(x), out))),
);

/** d/dx e^−|x| I₁ = e^−|x| I₀ − (sign(x) + 1/x)·e^−|x| I₁, and ½ at 0. */
const i1e: (x: NDArray) => NDArray = withRules(
  "bessel_i1e",
  (x) => emitOne("chlo.bessel_i1e", [x], {}),
  (g, out, x) => {
    const tiny = lax.le(lax.abs(x), full([...x.shape], roundoff[x.dtype] ?? 0, x.dtype));
    const safe = select(tiny, oneLike(x), x);
    const slope = lax.sub(i0e(safe), lax.mul(out, lax.add(lax.sign(safe), lax.div(oneLike(x), safe))));
    return lax.mul(g, select(tiny, lax.div(oneLike(x), full([...x.shape], 2, x.dtype)), slope));
  },
);

/** Below these numbers I₁(x) is x/2 to the last place. */
const roundoff: Readonly<Record<string, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/** 16-bit floats are computed as float32 and rounded once. */
const bessel =
  (name: string, opcode: string, body: (x: NDArray) => NDArray) =>
  (x: ArrayLike): NDArray =>
    dispatchOne(`lax.${opcode}`, [asArray(x, name, 0)], undefined, ([a]) => {
      requireKind(opcode, a.dtype, "float");
      const half = a.dtype === "float16" || a.dtype === "bfloat16";
      return half ? convert(body(convert(a, "float32")), a.dtype, a.weakType) : body(a);
    });

/** e^−|x| I₀(x), the exponentially scaled modified Bessel function of order 0. */
export const besselI0e = bessel("besselI0e", "bessel_i0e", i0e);
/** e^−|x| I₁(x), the exponentially scaled modified Bessel function of order 1. */
export const besselI1e = bessel("besselI1e", "bessel_i1e", i1e);
