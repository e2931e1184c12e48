/** Activation functions. Formulas and constants are JAX's, so that values agree. */

import { type ArrayLike, asArray, FloatScalar } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { absolute, add, divide, multiply, negative, square, subtract } from "../numpy/arithmetic.ts";
import { inexact, inFloat32, strongLike } from "../numpy/define.ts";
import { exp, expm1, log, log1p, logaddexp, power, sqrt } from "../numpy/exponential.ts";
import { greater, greaterEqual, less, lessEqual } from "../numpy/logic.ts";
import { normalizeAxis, readOptions, refuseOptions } from "../numpy/options.ts";
import { readFlag } from "../numpy/scalars.ts";
import { split } from "../numpy/split.ts";
import { tanh } from "../numpy/trigonometric.ts";
import { clip, maximum, minimum, where } from "../numpy/where.ts";
import { withRules } from "../transforms/custom/with-rule.ts";

const activation =
  (name: string, body: (x: NDArray) => NDArray) =>
  (x: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    if (rest.length > 0) refuseOptions(name, rest);
    return dispatchOne(`nn.${name}`, [asArray(x, name, 0)], undefined, ([a]) => inFloat32(a, body));
  };

/** An activation with a parameter that may be traced. */
const parametric =
  (name: string, parameter: string, fallback: number, body: (x: NDArray, p: NDArray) => NDArray) =>
  (x: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const value = readOptions(name, [parameter], rest)[parameter] ?? fallback;
    const p = typeof value === "number" ? floatScalar(value) : asArray(value, name, 1);
    return dispatchOne(`nn.${name}`, [asArray(x, name, 0), p], undefined, ([a, b]) => body(a, b));
  };

/** A number as the weak float that Python's `1.0` is. */
const floatScalar = (value: number): NDArray => asArray(new FloatScalar(value));

/** The identity. */
export const identity = activation("identity", (x) => x);
/** The tangent where the condition holds, else 0: also at the bends, where the derivative could be anything between. */
const tangentWhere = (condition: NDArray, tangent: NDArray): NDArray =>
  lax.select(condition, tangent, lax.fullLike(tangent, 0));

const reluBody = withRules(
  "relu",
  (x) => maximum(x, 0),
  (g, _, x) => tangentWhere(greater(x, 0), g),
);
/** max(x, 0), with the derivative 0 at 0. */
export const relu = activation("relu", reluBody);
const relu6Body = withRules(
  "relu6",
  (x) => minimum(maximum(x, 0), floatScalar(6)),
  (g, _, x) => tangentWhere(lax.bitwiseAnd(greater(x, 0), less(x, 6)), g),
);
/** min(max(x, 0), 6), with the derivative 0 at 0 and 6. */
export const relu6 = activation("relu6", relu6Body);
/** 1 / (1 + e^−x). @throws TypeError on integers. */
export const sigmoid = activation("sigmoid", lax.logistic);
/** log(1 + eˣ). */
export const softplus = activation("softplus", (x) => logaddexp(x, 0));
const log1mexpBody = withRules(
  "log1mexp",
  (x) =>
    where(
      less(x, strongLike(x, Math.LN2)),
      log(negative(expm1(negative(x)))),
      log1p(negative(exp(negative(x)))),
    ),
  (g, _, x) => divide(g, expm1(x)),
);
/** log(1 − e^(−x)) for x > 0, exact at both ends: Mächler, "Accurately Computing log(1 − exp(−|a|))" (2012). */
export const log1mexp = activation("log1mexp", log1mexpBody);
/** Logarithm of the sigmoid. */
export const logSigmoid = activation("logSigmoid", (x) => negative(softplus(negative(x))));
/** x·sigmoid(x). */
export const silu = activation("silu", (x) => multiply(x, lax.logistic(x)));
export { silu as swish };
/** x·tanh(softplus(x)). */
export const mish = activation("mish", (x) => multiply(x, tanh(softplus(x))));
/** x / (|x| + 1). */
export const softSign = activation("softSign", (x) => divide(x, add(absolute(x), 1)));
/** 0 below −1, x above 1, (x + 1)² / 4 between. */
export const sparsePlus = activation("sparsePlus", (x) => {
  const curve = divide(power(add(x, floatScalar(1)), 2), 4);
  const right = where(greaterEqual(x, floatScalar(1)), x, curve);
  return where(lessEqual(x, floatScalar(-1)), floatScalar(0), right);
});
/** 0 below −1, 1 above 1, (x + 1) / 2 between. */
export const sparseSigmoid = activation("sparseSigmoid", (x) =>
  multiply(0.5, clip(add(x, floatScalar(1)), floatScalar(0), floatScalar(2))),
);
/** x between −1 and 1, the nearer of them outside. */
export const hardTanh = activation("hardTanh", (x) => where(greater(x, 1), 1, where(less(x, -1), -1, x)));
/** relu6(x + 3) / 6. */
export const hardSigmoid = activation("hardSigmoid", (x) =>
  divide(relu6(add(x, floatScalar(3))), floatScalar(6)),
);
/** x·hardSigmoid(x). */
export const hardSilu = activation("hardSilu", (x) => multiply(x, hardSigmoid(x)));
export { hardSilu as hardSwish };

/** (x + √(x² + b)) / 2. */
export const squareplus = parametric("squareplus", "b", 4, (x, b) =>
  divide(add(x, sqrt(add(square(x), b))), 2),
);

function eluBody(x: NDArray, alpha: NDArray): NDArray {
  const positive = greater(x, 0);
  return where(positive, x, multiply(alpha, expm1(where(positive, floatScalar(0), x))));
}
/** x where positive, else α(eˣ − 1). */
export const elu = parametric("elu", "alpha", 1, eluBody);
/** max(x, 0) + α(e^(min(x, 0)/α) − 1). */
export const celu = parametric("celu", "alpha", 1, (x, alpha) =>
  add(maximum(x, floatScalar(0)), multiply(alpha, expm1(divide(minimum(x, floatScalar(0)), alpha)))),
);
/** x where not negative, else x·negativeSlope. */
export const leakyRelu = parametric("leakyRelu", "negativeSlope", 0.01, (x, slope) =>
  where(greaterEqual(x, 0), x, multiply(slope, x)),
);

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;
/** Scaled ELU (Klambauer et al. 2017): activations keep mean 0 and variance 1. */
export const selu = activation("selu", (x) => multiply(seluScale, eluBody(x, floatScalar(seluAlpha))));

/** x·Φ(x) with the normal distribution function, through erfc or (`approximate`, the default) through tanh. */
export function gelu(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { approximate } = readOptions("gelu", ["approximate"], rest);
  const statics = { approximate: readFlag(approximate, "approximate", true) };
  return dispatchOne("nn.gelu", [asArray(x, "gelu", 0)], statics, ([a], s) => {
    const y = inexact(a);
    return s.approximate ? geluTanh(y) : geluExact(y);
  });
}

/** x/2·(1 + tanh y). */
function geluTanh(x: NDArray): NDArray {
  const y = multiply(strongLike(x, Math.sqrt(2 / Math.PI)), add(x, multiply(0.044715, power(x, 3))));
  return multiply(x, multiply(0.5, add(floatScalar(1), x.dtype === "float32" ? tanhNearOne(y) : tanh(y))));
}

/** tanh y as 2·logistic(2y) − 1: near −1, where the sum 1 + tanh y magnifies an error of its last place, rounded just once. */
const tanhNearOne = (y: NDArray): NDArray =>
  subtract(multiply(2, lax.logistic(multiply(2, y))), floatScalar(1));

function geluExact(x: NDArray): NDArray {
  const tail = lax.erfc(multiply(negative(x), strongLike(x, Math.SQRT1_2)));
  return convert(multiply(multiply(0.5, x), tail), x.dtype);
}

/** Gated linear unit: the first half of an axis times the sigmoid of the second. @throws RangeError if its size is odd. */
export function glu(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { axis } = readOptions("glu", ["axis"], rest);
  const a = asArray(x, "glu", 0);
  const at = normalizeAxis(axis ?? -1, a.ndim);
  if (a.shape[at] % 2 !== 0) throw rangeError("axis size must be divisible by 2");
  return dispatchOne("nn.glu", [a], { at }, ([b], s) => {
    const [left, right] = split(b, 2, s.at);
    return multiply(left, lax.logistic(right));
  });
}
