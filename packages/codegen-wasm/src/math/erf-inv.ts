/**
 * The inverse error function by the polynomials of M. Giles, "Approximating the erfinv function", GPU Computing Gems
 * (2012), in w = −log(1 − x²). JAX's normal draws are √2 times this, with w = −log1p(−x·x) and a chain of fused
 * multiply-adds: so it is computed here, draw for draw (in a build without fused operations within 3 ulp).
 *
 * The rounding of x·x shows near ±1, where a relative change of 1 − x² is large: there the result differs from the
 * true function just as JAX's does, by up to half an ulp of x² through that function's derivative.
 */
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "./emitter.ts";
import { log1p } from "./log.ts";

/** Table of the paper, lowest power first. */
const CENTRAL_F32 = [
  1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6,
  3.43273939e-7, 2.81022636e-8,
];
const TAIL_F32 = [
  2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322,
  0.000100950558, -0.000200214257,
];
const CENTRAL_F64 = [
  1.6536545626831027, 0.24015818242558962, -0.006033670871430149, -0.000740702534166267,
  0.00018673420803405714, -1.3882523362786469e-5, -1.3654692000834679e-6, 4.2347877827932404e-7,
  -2.9070369957882005e-8, -4.112633980346984e-9, 1.0512122733215323e-9, -5.415412054294628e-11,
  -1.2975133253453532e-11, 2.6335093153082323e-12, -8.151934197605472e-14, -4.054566272975207e-14,
  6.637638134358324e-15, 2.0972767875968562e-17, -1.333171662854621e-16, 1.1157877678025181e-17,
  1.28584807152564e-18, -1.6850591381820166e-19, -3.64441206401782e-21,
];
const MIDDLE_F64 = [
  3.0838856104922208, 1.0052589676941592, 0.005370914553590064, -0.003751208507569241, 0.002491442096107851,
  -0.0016882755560235047, 0.0009532893797373805, -0.0003550375203628475, 2.40311103870978e-5,
  6.828485145957318e-5, -4.7318229009055734e-5, 1.2475304481671779e-5, 2.9234449089955446e-6,
  -4.013867526981546e-6, 1.5027403968909828e-6, 1.8239629214389228e-8, -2.7517406297064545e-7,
  9.075656193888539e-8, 2.2137376921775787e-9,
];
const TAIL_F64 = [
  4.849906401408584, 1.0103004648645344, -0.00013871931833623122, -0.00021503011930044477,
  7.599527703001776e-5, -1.9681778105531671e-5, 4.526060597223154e-6, -9.9298272942317e-7,
  2.2900482228026655e-7, -6.771199775845234e-8, 2.9147953450901081e-8, -1.496002662714924e-8,
  7.61570120807834e-9, -3.789465440126737e-9, 1.50765726935005e-9, -2.5556418169965252e-10,
  -2.7109920616438573e-11,
];

/** erf⁻¹(x)/x as a function of w. */
function ratio(v: Lanes, w: Local): Local {
  const root = v.sqrt(w);
  if (v.width === 32) {
    const central = v.poly(v.sub(w, 2.5), CENTRAL_F32);
    return v.select(v.lt(w, 5), central, v.poly(v.sub(root, 3), TAIL_F32));
  }
  const central = v.poly(v.sub(w, 3.125), CENTRAL_F64);
  const middle = v.poly(v.sub(root, 3.25), MIDDLE_F64);
  const tail = v.poly(v.sub(root, 5), TAIL_F64);
  return v.select(v.lt(w, 6.25), central, v.select(v.lt(w, 16), middle, tail));
}

/** Numerator and denominator of Cephes' log1p (S. Moshier, unity.c), lowest power first. */
const LOG1P_NUMERATOR = [
  20.039553499201283, 57.11296359058554, 60.94966798098779, 29.911919328553072, 6.578732594206104,
  0.49854102823193375, 4.52700008624452e-5,
];
const LOG1P_DENOMINATOR = [
  60.11866049760384, 216.42788614495947, 309.09872225312057, 221.76239823732857, 83.04756596796722,
  15.062909083469192, 1,
];

/**
 * log(1 + z) of a double as XLA has it: z − z²/2 + z³·P(z)/Q(z) where |z| < √2 − 1, else log of the rounded sum. P/Q is
 * meant for z > √½ − 1, so from there to 1 − √2 this is wrong by up to 128 ulp, and JAX's erf_inv of 0.54 … 0.64 by up
 * to 20: an exact logarithm would give other draws.
 */
function log1pOfXla(v: Lanes, z: Local): Local {
  const z2 = v.mul(z, z);
  const cubic = v.mul(v.mul(z, z2), v.div(v.poly(z, LOG1P_NUMERATOR), v.poly(z, LOG1P_DENOMINATOR)));
  const rational = v.add(z, v.fnma(z2, 0.5, cubic));
  return v.select(v.lt(v.abs(z), Math.SQRT2 - 1), rational, log1p(v, z));
}

/** ±∞ at ±1, NaN beyond. */
export function erfInv(v: Lanes, x: Local): Local {
  const square = v.mul(x, v.neg(x));
  const w = v.neg(v.width === 32 ? log1p(v, square) : log1pOfXla(v, square));
  const atOne = v.eq(v.abs(x), 1);
  return v.mul(x, v.select(atOne, Number.POSITIVE_INFINITY, ratio(v, w)));
}
