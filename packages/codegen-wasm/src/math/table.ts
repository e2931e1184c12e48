/** Every vectorised function by its StableHLO or CHLO opcode. */
import type { Expr, Value } from "../emit/function-builder.ts";
import { acos, asin, atan, atan2 } from "./atan.ts";
import { besselI1e } from "./bessel.ts";
import type { LaneFunction, Lanes, MathEmitter } from "./emitter.ts";
import { erf, erfc } from "./erf.ts";
import { erfInv } from "./erf-inv.ts";
import { cosh, exp, expm1, logistic, sinh, tanh } from "./exp.ts";
import { digamma, lgamma, polygamma } from "./gamma.ts";
import { acosh, asinh, atanh, log, log1p } from "./log.ts";
import { pow } from "./pow.ts";
import { cbrt, rsqrt, sqrt } from "./roots.ts";
import { nextAfter, remainder, roundNearestAfz, roundNearestEven, sign } from "./round.ts";
import { cos, sin, tan } from "./trig.ts";
import { zeta } from "./zeta.ts";

/** Functions of lanes of either width, with as many operands as the operation. */
export const mathFunctions = {
  exponential: exp,
  exponential_minus_one: expm1,
  log,
  log_plus_one: log1p,
  logistic,
  sine: sin,
  cosine: cos,
  tan,
  tanh,
  atan2,
  power: pow,
  sqrt,
  rsqrt,
  cbrt,
  remainder,
  sign,
  round_nearest_afz: roundNearestAfz,
  round_nearest_even: roundNearestEven,
  "chlo.acos": acos,
  "chlo.acosh": acosh,
  "chlo.asin": asin,
  "chlo.asinh": asinh,
  "chlo.atan": atan,
  "chlo.atanh": atanh,
  "chlo.bessel_i1e": besselI1e,
  "chlo.cosh": cosh,
  "chlo.digamma": digamma,
  "chlo.erf": erf,
  "chlo.erf_inv": erfInv,
  "chlo.erfc": erfc,
  "chlo.lgamma": lgamma,
  "chlo.next_after": nextAfter,
  "chlo.polygamma": polygamma,
  "chlo.sinh": sinh,
  "chlo.tan": tan,
  "chlo.zeta": zeta,
} satisfies Record<string, LaneFunction>;

export type MathOpcode = keyof typeof mathFunctions;

/** Emits a function of v128 values into the emitter's function and returns the v128 result. */
export type VectorFunction = (e: MathEmitter, ...args: Value[]) => Expr;

const vector =
  (f: LaneFunction, lanes: (e: MathEmitter) => Lanes): VectorFunction =>
  (e, ...args) =>
    e.f.get(f(lanes(e), ...args.map((x) => e.v128(x))));

/** The same functions on v128 values, by lane type. */
export const mathTable = Object.fromEntries(
  Object.entries<LaneFunction>(mathFunctions).map(([opcode, f]) => [
    opcode,
    { f32x4: vector(f, (e) => e.f32), f64x2: vector(f, (e) => e.f64) },
  ]),
) as Record<MathOpcode, { readonly f32x4: VectorFunction; readonly f64x2: VectorFunction }>;
