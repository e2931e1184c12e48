/** Functions of the sign, exponent and mantissa of floats. */

import { type DType, isComplex, isFloat } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import { float0Zeros } from "../core/float0.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { customJvp } from "../transforms/custom/custom-jvp.ts";
import { broadcastOperands } from "./broadcast.ts";
import {
  binaryUfunc,
  boolLike,
  constLike,
  inexact,
  isInexact,
  strongLike,
  unaryPair,
  unaryUfunc,
} from "./define.ts";
import { finfo } from "./finfo.ts";
import { where } from "./where.ts";

/** Integers as wide as each float. */
const integerOf: Partial<Record<DType, DType>> = {
  float16: "int16",
  bfloat16: "int16",
  float32: "int32",
  float64: "int64",
};
const bitsOf = (x: NDArray): NDArray => lax.bitcastConvertType(x, integerOf[x.dtype] ?? "int32");

function signbitBody(x: NDArray): NDArray {
  if (isComplex(x.dtype)) throw typeError(`jax.numpy.signbit is not well defined for ${x.dtype}`);
  if (x.dtype === "bool") return boolLike(x, false);
  const bits = isFloat(x.dtype) ? bitsOf(x) : x;
  return lax.lt(bits, strongLike(bits, 0));
}

/** Whether the sign bit is set: true of −0 and of negative NaNs. @throws TypeError on complex numbers. */
export const signbit = unaryUfunc("signbit", "any", signbitBody);

function copysignBody(x: NDArray, y: NDArray): NDArray {
  if (isComplex(x.dtype)) throw typeError("copysign does not support complex-valued inputs");
  return where(signbitBody(y), lax.neg(lax.abs(x)), lax.abs(x));
}

/** |x1| with the sign of `x2`. @throws TypeError on complex numbers. */
export const copysign = binaryUfunc("copysign", "inexact", copysignBody);
/** The next float after `x1` in the direction of `x2`. */
export const nextafter = binaryUfunc("nextafter", "inexact", lax.nextafter);

/** Distance to the next float away from zero, with the sign of `x`. @throws TypeError on complex numbers. */
export const spacing = unaryUfunc("spacing", "inexact", (x) => {
  if (isComplex(x.dtype)) throw typeError("jnp.spacing takes real inputs, not complex ones.");
  const infinity = constLike(x, Infinity);
  if (x.dtype === "float16") return lax.sub(lax.nextafter(x, infinity), x);
  const outward = copysign(infinity, x);
  const gap = lax.sub(lax.nextafter(x, outward), x);
  return where(
    lax.eq(gap, strongLike(gap, 0)),
    copysign(strongLike(x, finfo(x.dtype).smallestSubnormal), x),
    gap,
  );
});

/** Mantissa and exponent: subnormal numbers are scaled up first. */
function frexpBody(x: NDArray): [NDArray, NDArray] {
  if (isComplex(x.dtype)) throw typeError("frexp does not support complex-valued inputs");
  const { nexp, nmant, minexp, tiny } = finfo(x.dtype);
  const [mask, bias] = [2 ** nexp - 1, 1 - minexp];
  const subnormal = lax.lt(lax.abs(x), strongLike(x, tiny));
  const bits = bitsOf(where(subnormal, lax.mul(x, constLike(x, 2 ** nmant)), x));
  const as = (value: number): NDArray => full([], value, bits.dtype);
  const offset = where(subnormal, as(-nmant), as(0));
  const exponentBits = lax.bitwiseAnd(lax.shiftRightArithmetic(bits, as(nmant)), as(mask));
  const exponent = lax.add(offset, lax.sub(exponentBits, as(bias - 1)));
  const cleared = lax.bitwiseAnd(bits, lax.bitwiseNot(lax.shiftLeft(as(mask), as(nmant))));
  const halved = lax.bitwiseOr(cleared, lax.shiftLeft(as(bias - 1), as(nmant)));
  const mantissa = lax.bitcastConvertType(halved, x.dtype);
  const special = lax.bitwiseOr(lax.bitwiseNot(lax.isFinite(x)), lax.eq(x, strongLike(x, 0)));
  return [where(special, x, mantissa), convert(where(special, as(0), exponent), "int32")];
}

/** The mantissa is x·2^−e, and the exponent constant. */
const ruledFrexp = customJvp((x: NDArray) => frexpBody(x));
ruledFrexp.defjvp(([x]: NDArray[], [g]: NDArray[]) => {
  const [mantissa, exponent] = ruledFrexp(x);
  const slope = lax.exp2(lax.neg(convert(exponent, g.dtype)));
  return [
    [mantissa, exponent],
    [lax.mul(g, slope), float0Zeros(exponent.shape)],
  ];
});

/** Mantissa with 0.5 ≤ |m| < 1 and integer exponent with m·2^e = x. @throws TypeError on complex numbers. */
export const frexp = unaryPair("frexp", "inexact", ruledFrexp);

function ldexpBody(operands: readonly NDArray[]): NDArray {
  const [a, b] = operands;
  if (isComplex(a.dtype) || isInexact(b))
    throw typeError(`ldexp not supported for input types (${a.dtype}, ${b.dtype})`);
  const base = inexact(a);
  const [x, n] = broadcastOperands("ldexp", [base, convert(b, base.dtype)]);
  // Split off the exponent so that a small x1 and a large x2 do not overflow on the way.
  const [m, e] = frexpBody(x);
  const sum = lax.add(convert(e, x.dtype), n);
  const positive = lax.gt(sum, strongLike(sum, 0));
  const mantissa = where(positive, lax.mul(m, constLike(m, 2)), m);
  const exponent = where(positive, lax.sub(sum, strongLike(sum, 1)), sum);
  const scaled = lax.mul(mantissa, lax.pow(strongLike(mantissa, 2), exponent));
  const special = lax.bitwiseOr(lax.eq(lax.abs(x), strongLike(x, Infinity)), lax.eq(x, strongLike(x, 0)));
  return where(special, x, scaled);
}

/** x1·2^x2 with integer `x2`. @throws TypeError on complex numbers, or if `x2` is not an integer. */
export const ldexp = (x1: ArrayLike, x2: ArrayLike): NDArray =>
  dispatchOne("jnp.ldexp", [asArray(x1, "ldexp", 0), asArray(x2, "ldexp", 1)], undefined, ldexpBody);
