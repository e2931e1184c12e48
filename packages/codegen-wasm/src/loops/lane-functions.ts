/** The float functions that `src/math` has, by opcode. */
import type { kernel as k } from "@fluxion/ir";
import { acos, asin, atan, atan2 } from "../math/atan.ts";
import type { LaneFunction } from "../math/emitter.ts";
import { erf, erfc } from "../math/erf.ts";
import { erfInv } from "../math/erf-inv.ts";
import { cosh, exp, expm1, logistic, sinh, tanh } from "../math/exp.ts";
import { acosh, asinh, atanh, log, log1p } from "../math/log.ts";
import { pow } from "../math/pow.ts";
import { cbrt, rsqrt } from "../math/roots.ts";
import { nextAfter, remainder, roundNearestAfz, roundNearestEven, sign } from "../math/round.ts";
import { cos, sin, tan } from "../math/trig.ts";

export const laneFunctions: Partial<Record<k.ScalarOpcode, LaneFunction>> = {
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
  cbrt,
  rsqrt,
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
  "chlo.cosh": cosh,
  "chlo.sinh": sinh,
  "chlo.tan": tan,
  "chlo.erf": erf,
  "chlo.erfc": erfc,
  "chlo.erf_inv": erfInv,
  "chlo.next_after": nextAfter,
};
