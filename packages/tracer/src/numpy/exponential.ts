/** Exponentials, logarithms, roots and powers. */

import { dtypeTable, isComplex, isFloat, isInteger } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { type TangentRule, withRules } from "../transforms/custom/with-rule.ts";
import { broadcastOperands, promoteDTypes } from "./broadcast.ts";
import { binaryUfunc, constLike, inFloat32, promoteTo, strongLike, ufuncType, unaryUfunc } from "./define.ts";
import { where } from "./where.ts";

export const exp = unaryUfunc("exp", "inexact", lax.exp);
export const exp2 = unaryUfunc("exp2", "inexact", lax.exp2);
export const expm1 = unaryUfunc("expm1", "inexact", lax.expm1);
/** Natural logarithm; NaN of negative numbers. */
export const log = unaryUfunc("log", "inexact", lax.log);
export const log1p = unaryUfunc("log1p", "inexact", lax.log1p);
export const sqrt = unaryUfunc("sqrt", "inexact", lax.sqrt);
/** Real cube root. @throws TypeError on complex numbers. */
export const cbrt = unaryUfunc("cbrt", "inexact", lax.cbrt);

/** The parts of log x, each changed by a real function. */
function scaledLog(x: NDArray, scale: (log: NDArray) => NDArray): NDArray {
  if (!isComplex(x.dtype)) return inFloat32(x, (a) => scale(lax.log(a)));
  const y = lax.log(x);
  return lax.complex(scale(lax.real(y)), scale(lax.imag(y)));
}

/** log x / log 2. */
export const log2 = unaryUfunc("log2", "inexact", (x) =>
  scaledLog(x, (y) => lax.div(y, lax.log(strongLike(y, 2)))),
);
/** log x · (1 / log 10). */
export const log10 = unaryUfunc("log10", "inexact", (x) =>
  scaledLog(x, (y) => lax.mul(y, strongLike(y, Math.LOG10E))),
);

/**
 * log_b(b^x + b^y) without overflow: max + log_b(1 + b^−|x − y|).
 * @param power x ↦ b^x.
 * @param scale 1 / log b.
 */
function logAddExp(x: NDArray, y: NDArray, power: (x: NDArray) => NDArray, scale: number): NDArray {
  const larger = lax.max(x, y);
  const softplus = (d: NDArray): NDArray => {
    const log = lax.log1p(power(d));
    return scale === 1 ? log : lax.mul(constLike(larger, scale), log);
  };
  if (isFloat(x.dtype)) {
    const delta = lax.sub(x, y);
    const sum = lax.add(larger, softplus(lax.neg(lax.abs(delta))));
    return lax.select(lax.ne(delta, delta), lax.add(x, y), sum);
  }
  const out = lax.add(larger, softplus(lax.sub(lax.add(x, y), lax.mul(larger, constLike(larger, 2)))));
  return lax.complex(lax.real(out), wrapBetween(lax.imag(out), Math.PI * scale));
}

/** ∂out/∂x = b^(x − out), without ∞ − ∞. */
const shareOf =
  (power: (x: NDArray) => NDArray, which: 0 | 1): TangentRule =>
  (g, out, ...operands) =>
    lax.mul(g, power(lax.sub(zeroAtInfinity(operands[which]), zeroAtInfinity(out))));

function zeroAtInfinity(x: NDArray): NDArray {
  const part = isComplex(x.dtype) ? lax.real(x) : x;
  return lax.select(lax.eq(part, constLike(part, Infinity)), lax.fullLike(x, 0), x);
}

/** `x` shifted by a multiple of 2a into [−a, a). */
function wrapBetween(x: NDArray, a: number): NDArray {
  const [bound, period, zero] = [a, 2 * a, 0].map((value) => constLike(x, value));
  const rem = lax.rem(lax.add(x, bound), period);
  const mod = lax.select(lax.lt(rem, zero), lax.add(rem, period), rem);
  return lax.sub(mod, bound);
}

/** log(eˣ + eʸ) without overflow. */
export const logaddexp = binaryUfunc(
  "logaddexp",
  "inexact",
  withRules("logaddexp", (x, y) => logAddExp(x, y, lax.exp, 1), shareOf(lax.exp, 0), shareOf(lax.exp, 1)),
);
/** log₂(2ˣ + 2ʸ) without overflow. */
export const logaddexp2 = binaryUfunc(
  "logaddexp2",
  "inexact",
  withRules(
    "logaddexp2",
    (x, y) => logAddExp(x, y, lax.exp2, Math.LOG2E),
    shareOf(lax.exp2, 0),
    shareOf(lax.exp2, 1),
  ),
);

/** A power, always as a float. */
export const floatPower = binaryUfunc("floatPower", "inexact", lax.pow);

/**
 * `x1` to the power `x2`. A whole number that is known while tracing is raised by repeated multiplication, so that
 * x ** 2 is x·x; integers to an integer array wrap.
 * @throws TypeError if an integer is raised to a negative number.
 */
export function power(x1: ArrayLike, x2: ArrayLike): NDArray {
  const base = asArray(x1, "power", 0);
  const exponent = wholeNumber(x2);
  if (exponent !== undefined) {
    return dispatchOne("jnp.power.integer", [base], { exponent }, ([x], s) => {
      const [number] = promoteDTypes([x], ufuncType([x], "number"));
      return lax.integerPow(number, s.exponent);
    });
  }
  return dispatchOne("jnp.power", [base, asArray(x2, "power", 1)], undefined, powerBody);
}
export { power as pow };

/** The value of a whole number that is part of the program. */
function wholeNumber(x: ArrayLike): number | undefined {
  if (typeof x === "boolean" || typeof x === "bigint") return Number(x);
  if (typeof x === "number") return Number.isInteger(x) && !Object.is(x, -0) ? x : undefined;
  if (!(x instanceof NDArray) || x.ndim > 0 || x.payload.kind !== "host") return undefined;
  return isInteger(x.dtype) || x.dtype === "bool" ? Number(x.payload.value.data[0]) : undefined;
}

function powerBody(operands: readonly NDArray[]): NDArray {
  const [a, b] = promoteTo("power", operands, "number");
  if (isInteger(a.dtype)) return integerPower(a, b);
  const [x, y] = operands;
  const { kind } = dtypeTable[x.dtype];
  if ((kind === "float" || kind === "complex") && isInteger(y.dtype)) {
    const [base, exponent] = broadcastOperands("power", [x, y]);
    return lax.pow(base, exponent);
  }
  return lax.pow(a, b);
}

/** Six steps of repeated squaring: every larger exponent overflows, whatever the base. */
function integerPower(base: NDArray, exponent: NDArray): NDArray {
  const [zero, one] = [strongLike(base, 0), strongLike(base, 1)];
  let [x, n] = [base, exponent];
  let result = where(lax.bitwiseAnd(lax.eq(x, zero), lax.ne(n, zero)), zero, one);
  for (let step = 0; step < 6; step++) {
    result = where(lax.bitwiseAnd(n, one), lax.mul(result, x), result);
    x = lax.mul(x, x);
    n = lax.shiftRightLogical(n, one);
  }
  return result;
}
