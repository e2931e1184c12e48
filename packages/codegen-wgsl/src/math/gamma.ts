/** The gamma function's logarithm and derivatives, Hurwitz' zeta, and the Bessel function I₁. */

import { coefficients } from "@fluxion/ir";
import { f, pair, poly } from "./poly.ts";

const { BESSEL_I1, BESSEL_I1E, DIGAMMA, DIGAMMA_MIDDLE, DIGAMMA_ROOT, EULER_MACLAURIN, LGAMMA, STIRLING } =
  coefficients;
const PI = f(Math.PI);
const [ROOT, ROOT_LOW] = pair(DIGAMMA_ROOT[0]).map(f);

/** Terms of ζ summed one by one before the Euler–Maclaurin formula takes over, and the least argument for that. */
const TERMS = 10;
const LOWEST = -(2 ** 20);

/** The product of s(s + 1)…(s + 2j − 2)/a^(2j−1) with B₂ⱼ/(2j)!, term after term. */
const eulerMaclaurin = EULER_MACLAURIN.map((c, i) => {
  const next = i === 0 ? "" : `  term = term * ((s + ${2 * i - 1}.0) * (s + ${2 * i}.0)) * square;\n`;
  return `${next}  series = series + term * ${f(c)};`;
}).join("\n");

export const gammaFunctions: Readonly<Record<string, string>> = {
  // Below 7.5 from Γ(2 + z), |z| ≤ ½, by the recurrence; above by Stirling's series.
  fx_lgamma_positive: `
fn fx_lgamma_positive(x: f32) -> f32 {
  if (x >= 7.5) {
    let w = 1.0 / x;
    let u = w * w;
    let series = ${poly("u", STIRLING)} * w + ${f(0.9189385332046728 - 0.5)};
    return (x - 0.5) * (fx_log(x) - 1.0) + series;
  }
  let k = round(x);
  let z = x - k;
  let p = ${poly("z", LGAMMA)} * z;
  if (k < 1.0) { return p - fx_log(x) - fx_log1p(x); }
  if (k < 2.0) { return p - fx_log1p(z); }
  var product = 1.0;
  for (var j = 2.0; j < k; j = j + 1.0) { product = product * (z + j); }
  return p + fx_log(product);
}`,
  // Γ(x)·Γ(−x) = −π/(x·sin πx); ∞ at zero and the negative integers.
  fx_lgamma: `
fn fx_lgamma(x: f32) -> f32 {
  if (fx_is_nan(x)) { return x; }
  let a = abs(x);
  let nearest = round(a);
  if (fx_is_inf(x) || (x <= 0.0 && a == nearest)) { return fx_inf(); }
  let positive = fx_lgamma_positive(a);
  if (x > 0.0 || a < 1e-18) { return positive; }
  let s = abs(fx_sin((a - nearest) * ${PI}));
  return fx_log(${PI} / (a * s)) - positive;
}`,
  // ψ(z) for 1 ≤ z ≤ 2.25 from t = z − 1.6 and d, the distance of z from the root.
  fx_digamma_middle: `
fn fx_digamma_middle(t: f32, d: f32) -> f32 { return ${poly("t", DIGAMMA_MIDDLE)} * d; }`,
  // From 8 on the asymptotic series; below ψ(x + 1) = ψ(x) + 1/x leads to the middle, in sums that do not cancel. Without the
  // maximum a compiler may take both halves of the root for one constant.
  fx_digamma_positive: `
fn fx_digamma_positive(x: f32) -> f32 {
  if (x < 1.0) { return fx_digamma_middle(x - 0.6, x - ${f(DIGAMMA_ROOT[0] - 1)}) - 1.0 / x; }
  if (x >= 8.0) {
    let w = 1.0 / x;
    let u = w * w;
    return fx_log(x) - (${poly("u", DIGAMMA)} * u + w * 0.5);
  }
  var z = x;
  var sum = 0.0;
  while (z >= 2.25) {
    z = z - 1.0;
    sum = sum + 1.0 / z;
  }
  return fx_digamma_middle(z - 1.6, max(z - ${ROOT}, -1.0) - ${ROOT_LOW}) + sum;
}`,
  // ψ(1 − x) − ψ(x) = π/tan πx; NaN at zero and the negative integers.
  fx_digamma: `
fn fx_digamma(x: f32) -> f32 {
  if (fx_is_nan(x) || (x <= 0.0 && x == floor(x))) { return fx_nan(); }
  let y = fx_digamma_positive(select(1.0 - x, x, x > 0.0));
  if (x > 0.0) { return y; }
  return y - ${PI} / fx_tan((x - round(x)) * ${PI});
}`,
  // Σ (q + k)^−s over k ≥ 0, with what the sums round off put back: powers of negative numbers cancel those of positive.
  fx_zeta_sum: `
fn fx_zeta_sum(s: f32, q: f32) -> f32 {
  var sum = 0.0;
  var lost = 0.0;
  var a = q;
  for (var count = 0; count < ${TERMS} || a < ${TERMS}.0; count++) {
    let power = fx_pow(a, -s);
    let next = fx_head(sum + power);
    let larger = abs(sum) > abs(power);
    lost = lost + ((select(power, sum, larger) - next) + select(sum, power, larger));
    sum = next;
    a = a + 1.0;
  }
  let inverse = 1.0 / a;
  let square = inverse * inverse;
  var term = s * inverse;
  var series = 0.5;
${eulerMaclaurin}
  let root = fx_pow(a, s * -0.5);
  if (root == 0.0 || !fx_is_finite(sum)) { return sum; }
  return sum + (lost + (root * (series + a / (s - 1.0))) * root);
}`,
  // As in JAX: NaN for infinite arguments, s < 1, and q < 0 unless s is an integer; ∞ for s = 1 and, for even s, at poles.
  fx_zeta: `
fn fx_zeta(s: f32, q: f32) -> f32 {
  if (s == 1.0) { return fx_inf(); }
  if (fx_is_nan(s) || fx_is_nan(q)) { return fx_nan(); }
  let half = s * 0.5;
  let pole = fx_is_neg_inf(q) || (q <= 0.0 && floor(q) == q);
  if (pole && fx_is_finite(s) && floor(s) == s && floor(half) == half) { return fx_inf(); }
  if (!fx_is_finite(s) || !fx_is_finite(q) || s < 1.0 || pole || q <= ${f(LOWEST)} || (q <= 0.0 && floor(s) != s)) { return fx_nan(); }
  return fx_zeta_sum(s, q);
}`,
  // (−1)ⁿ⁺¹·n!·ζ(n + 1, x); ψ for n = 0; NaN for other n. For x > 0 the powers are taken of x/(x + k), and n!·x^−(n+1) as a
  // product of quotients, since n! alone overflows. Beyond n = 170 it is infinite, as in double precision.
  fx_polygamma: `
fn fx_polygamma(n: f32, x: f32) -> f32 {
  if (!(n >= 0.0) || floor(n) != n || fx_is_nan(x)) { return fx_nan(); }
  if (n == 0.0) { return fx_digamma(x); }
  let half = n * 0.5;
  let sign = select(1.0, -1.0, floor(half) == half);
  let zeta = fx_zeta(n + 1.0, x);
  if (n > 170.0) { return select(sign * fx_inf(), fx_nan(), zeta == 0.0 || fx_is_nan(zeta)); }
  let last = min(n, 200.0);
  var factor = sign;
  for (var k = 1.0; k <= last; k = k + 1.0) { factor = factor * k; }
  if (x <= 0.0 || !fx_is_finite(x) || !fx_is_finite(zeta) || (zeta > 1e-30 && abs(factor) < 1e37)) { return factor * zeta; }
  var sum = 1.0;
  var a = x + 1.0;
  for (var count = 1; count < ${TERMS} || a < ${TERMS}.0; count++) {
    sum = sum + fx_pow(x / a, n + 1.0);
    a = a + 1.0;
  }
  let s = n + 1.0;
  let inverse = 1.0 / a;
  let square = inverse * inverse;
  var term = s * inverse;
  var series = 0.5;
${eulerMaclaurin}
  sum = sum + fx_pow(x / a, s) * (series + a / n);
  var quotient = sign * (sum / x);
  for (var k = 1.0; k <= last; k = k + 1.0) { quotient = quotient * (k / x); }
  return quotient;
}`,
  // e^−|x|·I₁(x)
  fx_bessel_i1e: `
fn fx_bessel_i1e{n}(x: {F}) -> {F} {
  let a = abs(x);
  let c = min(a, {F}(8.0));
  let u = c * c;
  let near = (fx_exp{n}(-c) * ${poly("u", BESSEL_I1)}) * c;
  let d = max(a, {F}(8.0));
  let t = 16.0 / d - 1.0;
  let far = select(${poly("t", BESSEL_I1E)} / sqrt(d), {F}(0.0), bitcast<{U}>(a) == {U}(0x7f800000u));
  let y = fx_copysign{n}(select(far, near, a < {F}(8.0)), x);
  return select(y, x, fx_is_nan{n}(x));
}`,
};
