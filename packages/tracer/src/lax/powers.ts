/** Powers: of arrays, and with an exponent that is known while tracing. */

import { isInteger } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { formatAval } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, full } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { div, mul } from "./elementwise.ts";
import { requireKind, sameDTypes, sameShapes } from "./operands.ts";

/** `x` to the power `y`; an integer `y` beside a float `x` is converted. */
export const pow = (x: ArrayLike, y: ArrayLike): NDArray =>
  dispatchOne("lax.pow", [asArray(x, "pow", 0), asArray(y, "pow", 1)], undefined, ([a, b]) => {
    requireKind("pow", a.dtype, "inexact", 0);
    requireKind("pow", b.dtype, "number", 1);
    const weakType = a.weakType && b.weakType;
    const operands = isInteger(b.dtype) ? [a, convert(b, a.dtype)] : sameDTypes("pow", [a, b]);
    return emitOne("power", sameShapes("pow", operands), {}, { weakType });
  });

/**
 * `x` to a whole power, by repeated squaring.
 * @throws TypeError if `x` is an integer and `y` is negative.
 */
export const integerPow = (x: ArrayLike, y: number): NDArray =>
  dispatchOne("lax.integer_pow", [asArray(x, "integerPow", 0)], { y }, ([a], s) => {
    requireKind("integer_pow", a.dtype, "number");
    if (s.y < 0 && isInteger(a.dtype)) {
      throw new TypeError(
        `Integers cannot be raised to negative powers, got integer_pow(${formatAval(a)}, ${s.y})` +
          atLocation(userLocation()),
      );
    }
    return s.y < 0 ? div(full([], 1, a.dtype, a.weakType), positivePower(a, -s.y)) : positivePower(a, s.y);
  });

function positivePower(x: NDArray, y: number): NDArray {
  let result: NDArray | undefined;
  let factor = x;
  for (let n = y; n > 0; ) {
    if (n % 2 === 1) result = result === undefined ? factor : mul(result, factor);
    n = Math.floor(n / 2);
    if (n > 0) factor = mul(factor, factor);
  }
  return result ?? broadcastTo(full([], 1, x.dtype, x.weakType), x.shape);
}
