/** Equality of whole arrays, exact and within tolerances. */

import { realPart } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { tryBroadcastShapes } from "./broadcast.ts";
import { promoteTo } from "./define.ts";
import { equal, isfinite, isnan, logicalAnd, logicalOr } from "./logic.ts";
import { readOptions } from "./options.ts";
import { all } from "./reduce.ts";
import { readFlag } from "./scalars.ts";

/** |a − b| ≤ atol + rtol·|b| where b is finite, or a = b, or both NaN if `equalNan`. */
function closeBody([x, y, relative, absolute]: readonly NDArray[], equalNan: boolean): NDArray {
  const [a, b] = promoteTo("isclose", [x, y], "inexact");
  const real = realPart(a.dtype);
  const [rtol, atol] = [convert(relative, real), convert(absolute, real)];
  const bound = lax.add(atol, lax.mul(rtol, lax.abs(b)));
  const near = logicalAnd(isfinite(b), lax.le(lax.abs(lax.sub(a, b)), bound));
  const close = logicalOr(lax.eq(a, b), near);
  return equalNan ? logicalOr(close, logicalAnd(isnan(a), isnan(b))) : close;
}

function readTolerances(fn: string, a: ArrayLike, b: ArrayLike, rest: readonly unknown[]) {
  const o = readOptions(fn, ["rtol", "atol", "equalNan"], rest);
  const args = [
    asArray(a, fn, 0),
    asArray(b, fn, 1),
    asArray(o.rtol ?? 1e-5, fn, 2),
    asArray(o.atol ?? 1e-8, fn, 3),
  ];
  return { args, statics: { equalNan: readFlag(o.equalNan, "equalNan") } };
}

/** Whether elements are equal within tolerances: |a − b| ≤ `atol` (1e-8) + `rtol` (1e-5)·|b|. NaNs are not, unless `equalNan`. */
export function isclose(a: ArrayLike, b: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { args, statics } = readTolerances("isclose", a, b, rest);
  return dispatchOne("jnp.isclose", args, statics, (operands, s) => closeBody(operands, s.equalNan));
}

/** Whether all elements are close, with the options of `isclose`. */
export function allclose(a: ArrayLike, b: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { args, statics } = readTolerances("allclose", a, b, rest);
  return dispatchOne("jnp.allclose", args, statics, (operands, s) => all(closeBody(operands, s.equalNan)));
}

/** Whether two arrays have one shape and equal elements; NaNs are not equal, unless `equalNan`. */
export function arrayEqual(a1: ArrayLike, a2: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("arrayEqual", ["equalNan"], rest);
  const args = [asArray(a1, "arrayEqual", 0), asArray(a2, "arrayEqual", 1)];
  if (args[0].shape.join() !== args[1].shape.join() || args[0].ndim !== args[1].ndim) return asArray(false);
  return dispatchOne("jnp.array_equal", args, { equalNan: readFlag(o.equalNan, "equalNan") }, ([x, y], s) => {
    const same = equal(x, y);
    return all(s.equalNan ? logicalOr(same, logicalAnd(isnan(x), isnan(y))) : same);
  });
}

/** Whether two arrays broadcast to one shape and equal elements. */
export function arrayEquiv(a1: ArrayLike, a2: ArrayLike): NDArray {
  const args = [asArray(a1, "arrayEquiv", 0), asArray(a2, "arrayEquiv", 1)];
  if (tryBroadcastShapes(args.map(({ shape }) => shape)) === undefined) return asArray(false);
  return dispatchOne("jnp.array_equiv", args, undefined, ([x, y]) => all(equal(x, y)));
}
