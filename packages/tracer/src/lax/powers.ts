/** Powers: of arrays, and with an exponent that is known while tracing. */

import { isInteger } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { formatAval } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, full } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { withRules } from "../transforms/custom/with-rule.ts";
import { fullLike } from "./creation.ts";
import { div, eq, mul, sub } from "./elementwise.ts";
import { requireKind, sameDTypes, sameShapes } from "./operands.ts";
import { select } from "./select.ts";

/** `x` to the power `y`; an integer `y` beside a float `x` is converted. */
export const pow = (x: ArrayLike, y: ArrayLike): NDArray =>
  dispatchOne("lax.pow", [asArray(x, "pow", 0), asArray(y, "pow", 1)], undefined, ([a, b]) => {
    requireKind("pow", a.dtype, "inexact", 0);
    requireKind("pow", b.dtype, "number", 1);
    if (isInteger(b.dtype)) return integerExponent(...(sameShapes("pow", [a, b]) as [NDArray, NDArray]));
    return floatPower(sameDTypes("pow", [a, b]));
  });

const floatPower = (operands: readonly NDArray[]): NDArray =>
  emitOne("power", sameShapes("pow", operands), {}, { weakType: operands.every(({ weakType }) => weakType) });

/** Integer exponents: the derivative is 0 where the exponent is, also where x^(y − 1) is infinite. */
const integerExponent = withRules(
  "pow",
  (x, y) => floatPower([x, convert(y, x.dtype, y.weakType)]),
  (g, _, x, y) => {
    const isZero = eq(y, fullLike(y, 0));
    const factor = convert(select(isZero, fullLike(y, 1), y), x.dtype);
    const slope = mul(factor, pow(x, sub(y, fullLike(y, 1))));
    return mul(g, select(isZero, fullLike(slope, 0), slope));
  },
);

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
    return s.y >= 0 && s.y <= 2 ? positivePower(a, s.y) : ruledPower(a, s.y);
  });

/** The derivative is y·x^(y − 1), as one power: that of 1 / x·x would be 0·∞ at 0. */
const ruledPower = (a: NDArray, y: number): NDArray =>
  withRules(
    "integer_pow",
    (x) => (y < 0 ? div(full([], 1, x.dtype, x.weakType), positivePower(x, -y)) : positivePower(x, y)),
    (g, _, x) => mul(g, mul(fullLike(x, y), integerPow(x, y - 1))),
  )(a);

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
