/** `scipy.special`: functions of mathematical physics and statistics. */

import { isInteger } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { add, divide, multiply, subtract } from "../numpy/arithmetic.ts";
import { binaryUfunc, constLike, inexact, strongLike, unaryUfunc } from "../numpy/define.ts";
import { expm1, log, log1p } from "../numpy/exponential.ts";
import { signbit } from "../numpy/floating.ts";
import { readOptions } from "../numpy/options.ts";
import { where } from "../numpy/where.ts";
import { i0 as besselI0 } from "../numpy/windows.ts";
import { withRules } from "../transforms/custom/with-rule.ts";

export { logSoftmax, logsumexp, softmax } from "../nn/softmax.ts";

/** A function of floats; a complex argument is an error of the operation. */
const special = (name: string, body: (x: NDArray) => NDArray) => unaryUfunc(name, "inexact", body);
const special2 = (name: string, body: (x: NDArray, y: NDArray) => NDArray) =>
  binaryUfunc(name, "inexact", body);

/** Error function, 2/√π ∫₀ˣ e^−t² dt. */
export const erf = special("erf", lax.erf);
/** 1 − erf(x) without cancellation. */
export const erfc = special("erfc", lax.erfc);
/** Inverse of the error function. */
export const erfinv = special("erfinv", lax.erfInv);
/** Logarithm of |Γ(x)|. */
export const gammaln = special("gammaln", lax.lgamma);
/** Derivative of `gammaln`. */
export const digamma = special("digamma", lax.digamma);
/** 1 / (1 + e^−x). */
export const expit = special("expit", lax.logistic);
/** log(p / (1 − p)), the inverse of `expit`. */
export const logit = special(
  "logit",
  withRules(
    "logit",
    (p) => lax.log(lax.div(p, lax.sub(constLike(p, 1), p))),
    (g, _, p) => lax.div(g, lax.mul(p, lax.sub(constLike(p, 1), p))),
  ),
);
/** e^−|x| I₀(x). */
export const i0e = special("i0e", lax.besselI0e);
/** e^−|x| I₁(x). */
export const i1e = special("i1e", lax.besselI1e);
/** I₀(x), the modified Bessel function of order 0. */
export const i0 = (x: ArrayLike): NDArray => besselI0(x);
/** I₁(x), the modified Bessel function of order 1. */
export const i1 = special("i1", (x) => lax.mul(lax.exp(lax.abs(x)), lax.besselI1e(x)));

/** 0 where x is 0 and y no NaN. */
const zeroWhereZero = (x: NDArray, y: NDArray, value: NDArray): NDArray =>
  where(lax.bitwiseAnd(lax.eq(x, constLike(x, 0)), lax.eq(y, y)), constLike(x, 0), value);

/** x·log y, 0 where x is 0, with derivatives that are finite there. */
export const xlogy = special2(
  "xlogy",
  withRules(
    "xlogy",
    (x, y) => zeroWhereZero(x, y, lax.mul(x, log(y))),
    (g, _, __, y) => lax.mul(g, lax.log(y)),
    (g, _, x, y) => lax.div(lax.mul(g, x), y),
  ),
);
/** x·log(1 + y), 0 where x is 0, with derivatives that are finite there. */
export const xlog1py = special2(
  "xlog1py",
  withRules(
    "xlog1py",
    (x, y) => zeroWhereZero(x, y, lax.mul(x, log1p(y))),
    (g, _, __, y) => lax.mul(g, lax.log1p(y)),
    (g, _, x, y) => lax.div(lax.mul(g, x), lax.add(constLike(y, 1), y)),
  ),
);

const xlogx = withRules(
  "xlogx",
  (x) => zeroWhereZero(x, x, lax.mul(x, lax.log(x))),
  (g, _, x) => lax.mul(g, lax.add(lax.log(x), constLike(x, 1))),
);

/** −x·log x, 0 at 0 and −∞ below. */
export const entr = special("entr", (x) => {
  const zero = constLike(x, 0);
  return lax.select(lax.lt(x, zero), lax.fullLike(x, -Infinity), lax.neg(xlogx(x)));
});

/** x·log(x / y), 0 where x is 0 and y is not negative, ∞ outside. */
export const relEntr = special2("relEntr", (p, q) => {
  const zero = strongLike(p, 0);
  const [both, none] = [
    lax.bitwiseAnd(lax.gt(p, zero), lax.gt(q, zero)),
    lax.bitwiseAnd(lax.eq(p, zero), lax.ge(q, zero)),
  ];
  const [safeP, safeQ] = [where(both, p, 1), where(both, q, 1)];
  const value = multiply(safeP, subtract(log(safeP), log(safeQ)));
  return where(both, value, where(none, zero, Infinity));
});
/** `relEntr(x, y)` − x + y. */
export const klDiv = special2("klDiv", (p, q) => add(subtract(relEntr(p, q), p), q));

/** Sign of Γ(x): −1 between −1 and 0, −3 and −2, …; NaN at the poles below 0. */
export const gammasgn = special("gammasgn", (x) => {
  const [one, zero] = [strongLike(x, 1), strongLike(x, 0)];
  const below = lax.lt(x, zero);
  const whole = lax.floor(x);
  const odd = lax.ne(lax.rem(whole, strongLike(x, 2)), zero);
  const negativeZero = lax.bitwiseAnd(lax.eq(x, zero), signbit(x));
  const minus = lax.bitwiseOr(lax.bitwiseAnd(below, odd), negativeZero);
  const undefinedAt = lax.bitwiseOr(lax.bitwiseAnd(below, lax.eq(x, whole)), lax.ne(x, x));
  return where(undefinedAt, strongLike(x, Number.NaN), where(minus, lax.neg(one), one));
});
/** Γ(x). */
export const gamma = special("gamma", (x) => multiply(gammasgn(x), lax.exp(lax.lgamma(x))));
/** Logarithm of the beta function of a and b. */
export const betaln = special2("betaln", (a, b) =>
  subtract(add(lax.lgamma(a), lax.lgamma(b)), lax.lgamma(add(a, b))),
);
/** Beta function, Γ(a)Γ(b) / Γ(a + b). */
export const beta = special2("beta", (a, b) =>
  multiply(multiply(multiply(gammasgn(a), gammasgn(b)), gammasgn(add(a, b))), lax.exp(betaln(a, b))),
);
/** n! as a float, 0 of negative numbers. */
export const factorial = special("factorial", (n) =>
  where(lax.lt(n, strongLike(n, 0)), 0, lax.exp(lax.lgamma(add(n, 1)))),
);
/** Binomial coefficient "N choose k" as a float; 0 outside of 0 ≤ k ≤ N. */
export const comb = special2("comb", (n, k) => {
  const zero = strongLike(n, 0);
  const inside = lax.bitwiseAnd(lax.bitwiseAnd(lax.ge(k, zero), lax.le(k, n)), lax.ge(n, zero));
  const terms = subtract(
    subtract(lax.lgamma(add(n, 1)), lax.lgamma(add(k, 1))),
    lax.lgamma(add(subtract(n, k), 1)),
  );
  return where(inside, lax.exp(terms), 0);
});

/** Riemann's zeta function (one argument), or Hurwitz's ζ(x, q). */
export function zeta(x: ArrayLike, q: ArrayLike): NDArray {
  if (q === undefined) throw typeError("Riemann zeta function not implemented; pass q explicitly.");
  return hurwitz(x, q);
}
const hurwitz = special2("zeta", lax.zeta);
/** n-th derivative of `digamma`. @throws TypeError unless `n` is of integer type. */
export function polygamma(n: ArrayLike, x: ArrayLike): NDArray {
  const order = asArray(n, "polygamma", 0);
  if (!isInteger(order.dtype))
    throw typeError(`Argument \`n\` to polygamma must be of integer type. Got dtype ${order.dtype}.`);
  return derivative(order, x);
}
const derivative = special2("polygamma", lax.polygamma);

/** Distribution function of the normal distribution. @throws TypeError unless `x` is float32 or float64. */
export const ndtr = unaryUfunc("ndtr", "any", (x) => {
  if (x.dtype !== "float32" && x.dtype !== "float64")
    throw typeError(`x.dtype=${x.dtype} is not supported, see docstring for supported types.`);
  const root = Math.SQRT1_2;
  const w = lax.mul(x, strongLike(x, root));
  const z = lax.abs(w);
  const [one, two] = [strongLike(x, 1), strongLike(x, 2)];
  const tail = where(lax.gt(w, strongLike(x, 0)), lax.sub(two, lax.erfc(z)), lax.erfc(z));
  return lax.mul(strongLike(x, 0.5), where(lax.lt(z, strongLike(x, root)), lax.add(one, lax.erf(w)), tail));
});

/** Box–Cox transform: (x^λ − 1) / λ, log x for λ = 0. */
export const boxcox = special2("boxcox", (x, lambda) =>
  where(lax.eq(lambda, strongLike(lambda, 0)), log(x), divide(expm1(multiply(lambda, log(x))), lambda)),
);
/** Box–Cox transform of 1 + x. */
export const boxcox1p = special2("boxcox1p", (x, lambda) =>
  where(lax.eq(lambda, strongLike(lambda, 0)), log1p(x), divide(expm1(multiply(lambda, log1p(x))), lambda)),
);

/** Logarithm of the multivariate gamma function of dimension d. */
export function multigammaln(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { d } = readOptions("multigammaln", ["d"], rest);
  const dimension = Number(d);
  if (!Number.isInteger(dimension))
    throw typeError(`multigammaln: d must be a whole number, got ${String(d)}`);
  return dispatchOne("scipy.multigammaln", [asArray(a, "multigammaln", 0)], { dimension }, ([b], s) => {
    const x = inexact(b);
    const constant = convert(asArray(0.25 * s.dimension * (s.dimension - 1) * Math.log(Math.PI)), x.dtype);
    const terms = Array.from({ length: s.dimension }, (_, i) =>
      lax.lgamma(subtract(x, strongLike(x, i / 2))),
    );
    return add(
      terms.reduce((p, q) => lax.add(p, q)),
      constant,
    );
  });
}
