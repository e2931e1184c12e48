/** Arithmetic ufuncs of `jnp`. */

import { dtypeTable, isComplex, isUnsigned } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { binaryUfunc, constLike, isWhole, promoteTo, strongLike, unaryUfunc, weakLike } from "./define.ts";
import { where } from "./where.ts";

const isBool = ({ dtype }: NDArray): boolean => dtype === "bool";

/** Sum; logical or of bools. */
export const add = binaryUfunc("add", "any", (x, y) => (isBool(x) ? lax.bitwiseOr(x, y) : lax.add(x, y)));
export const subtract = binaryUfunc("subtract", "any", lax.sub);
/** Product; logical and of bools. */
export const multiply = binaryUfunc("multiply", "any", (x, y) =>
  isBool(x) ? lax.bitwiseAnd(x, y) : lax.mul(x, y),
);
/** Quotient; of integers a float. */
export const trueDivide = binaryUfunc("trueDivide", "inexact", lax.div);
export const divide = binaryUfunc("divide", "inexact", lax.div);

export const negative = unaryUfunc("negative", "any", lax.neg);
export const positive = unaryUfunc("positive", "any", (x) => x);
/** −1, 0 or 1 by sign; x / |x| of complex numbers. */
export const sign = unaryUfunc("sign", "any", lax.sign);
/** Absolute value; the modulus of complex numbers. */
export const absolute = unaryUfunc("absolute", "any", (x) =>
  isBool(x) || isUnsigned(x.dtype) ? x : lax.abs(x),
);
export { absolute as abs };
/** Absolute value, as a float. @throws TypeError on complex numbers. */
export const fabs = unaryUfunc("fabs", "inexact", (x) => {
  if (isComplex(x.dtype)) throw typeError("ufunc 'fabs' does not support complex dtypes");
  return lax.abs(x);
});
export const square = unaryUfunc("square", "number", lax.square);
/** 1 / x, as a float. */
export const reciprocal = unaryUfunc("reciprocal", "inexact", (x) => lax.integerPow(x, -1));

/** Quotient and remainder of floats as Python has them: the remainder has the sign of the divisor. */
function floatDivmod(x: NDArray, y: NDArray): [NDArray, NDArray] {
  const rem = lax.rem(x, y);
  const dividend = where(lax.eq(y, constLike(y, 0)), x, lax.sub(x, rem));
  const quotient = lax.div(dividend, y);
  const other = lax.bitwiseAnd(lax.ne(rem, constLike(rem, 0)), lax.ne(lax.sign(y), lax.sign(rem)));
  const mod = lax.select(other, lax.add(rem, y), rem);
  const div = lax.select(other, lax.sub(quotient, weakLike(quotient, 1)), quotient);
  return [lax.round(div), mod];
}

function floorDivideBody(x: NDArray, y: NDArray): NDArray {
  const { kind } = dtypeTable[x.dtype];
  if (kind === "complex") throw typeError("floor_divide does not support complex-valued inputs");
  if (kind === "float") return floatDivmod(x, y)[0];
  const quotient = lax.div(x, y);
  if (kind === "uint") return quotient;
  const inexact = lax.ne(lax.rem(x, y), constLike(x, 0));
  const down = lax.bitwiseAnd(lax.ne(lax.sign(x), lax.sign(y)), inexact);
  return where(down, lax.sub(quotient, weakLike(quotient, 1)), quotient);
}

/** The integer divisor, 1 in place of 0. */
const nonzero = (y: NDArray): NDArray =>
  isWhole(y) ? where(lax.eq(y, constLike(y, 0)), weakLike(y, 1), y) : y;

function remainderBody(x: NDArray, divisor: NDArray): NDArray {
  const y = nonzero(divisor);
  const rem = lax.rem(x, y);
  const zero = strongLike(x, 0);
  const signs = lax.ne(lax.lt(rem, zero), lax.lt(y, zero));
  const other = lax.bitwiseAnd(signs, lax.ne(rem, zero));
  return lax.select(other, lax.add(rem, y), rem);
}

/** The quotient rounded down. @throws TypeError on complex numbers. */
export const floorDivide = binaryUfunc("floorDivide", "number", floorDivideBody);
/** Remainder with the sign of the divisor, as Python's `%`. */
export const remainder = binaryUfunc("remainder", "number", remainderBody);
export const mod = binaryUfunc("mod", "number", remainderBody);

/** Remainder with the sign of the dividend, as C's `fmod`. */
export const fmod = (x1: ArrayLike, x2: ArrayLike): NDArray =>
  dispatchOne("jnp.fmod", [asArray(x1, "fmod", 0), asArray(x2, "fmod", 1)], undefined, (operands) => {
    const [x, y] = promoteTo("fmod", operands, "number");
    // Of bools alone JAX keeps a zero divisor, which leaves the dividend.
    return lax.rem(x, operands.every(({ dtype }) => dtype === "bool") ? y : nonzero(y));
  });

/** `[floorDivide(x1, x2), remainder(x1, x2)]`. */
export function divmod(x1: ArrayLike, x2: ArrayLike): [NDArray, NDArray] {
  const args = [asArray(x1, "divmod", 0), asArray(x2, "divmod", 1)];
  const [quotient, rest] = dispatch("jnp.divmod", args, undefined, (operands) => {
    const [x, y] = promoteTo("divmod", operands, "number");
    return isWhole(x) ? [floorDivideBody(x, y), remainderBody(x, y)] : floatDivmod(x, y);
  });
  return [quotient, rest];
}

/** 0, `x2` or 1 where `x1` is negative, zero or positive. */
export const heaviside = binaryUfunc("heaviside", "inexact", (x, y) => {
  const zero = constLike(x, 0);
  const notPositive = where(lax.ne(x, x), x, y);
  return where(lax.lt(x, zero), zero, where(lax.gt(x, zero), constLike(x, 1), notPositive));
});
