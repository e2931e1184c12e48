/** Logarithms and the inverse hyperbolic functions. */

import { coefficients } from "@fluxion/ir";
import { f, LN2_HI, LN2_LO, MAX, poly, splitText } from "./poly.ts";

const { LOG_F32 } = coefficients;
const LN2 = f(Math.LN2);
const HUGE = "268435456.0";

export const logFunctions: Readonly<Record<string, string>> = {
  // log(1 + f) + n·ln 2 for √½ ≤ 1 + f ≤ √2.
  fx_log_sum: `
fn fx_log_sum{n}(f: {F}, n: {F}) -> {F} {
  let f2 = f * f;
  let p = ${poly("f", LOG_F32)} * (f2 * f);
  return n * ${f(LN2_HI)} + (f + (n * ${f(LN2_LO)} + (p - f2 * 0.5)));
}`,
  // The limits: −∞ for 0, NaN below, ∞ and NaN as they are.
  fx_log_limits: `
fn fx_log_limits{n}(x: {F}, y: {F}) -> {F} {
  let b = bitcast<{U}>(x);
  let open = select(y, x, (b & {U}(0x7fffffffu)) >= {U}(0x7f800000u));
  let zero = (b & {U}(0x7fffffffu)) == {U}(0u);
  let r = select(open, {F}(-fx_inf()), zero);
  return fx_nan_if{n}((b >= {U}(0x80000000u)) & !zero, r);
}`,
  fx_log: `
fn fx_log{n}(x: {F}) -> {F} {
${splitText("x")}
  return fx_log_limits{n}(x, fx_log_sum{n}(m - 1.0, n));
}`,
  // With 1 + x ≈ 2ⁿm, f = x·2⁻ⁿ + (2⁻ⁿ − 1) has lost nothing to the rounding of 1 + x. s = 2^(2−n).
  fx_log1p: `
fn fx_log1p{n}(x: {F}) -> {F} {
  let u = x + 1.0;
  let i = bitcast<{I}>(u) - {I}(0x3f3504f3);
  let field = i & {I}(-8388608);
  let s = bitcast<{F}>({I}(0x40800000) - field);
  let f = (min(x, {F}(${f(MAX)})) * 0.25) * s + (s * 0.25 - 1.0);
  let y = fx_log_limits{n}(u, fx_log_sum{n}(f, {F}(i >> {U}(23u))));
  return select(y, x, (abs(x) < {F}(2.9802322e-8)) | fx_is_nan{n}(x));
}`,

  // sign(x)·log1p(a + a²/(1 + √(1 + a²))), a = |x|; log a + ln 2 for huge a.
  fx_asinh: `
fn fx_asinh{n}(x: {F}) -> {F} {
  let a = abs(x);
  let huge = a > {F}(${HUGE});
  let c = min(a, {F}(${HUGE}));
  let z = c + (c * c) / (sqrt(c * c + 1.0) + 1.0);
  let y = fx_log1p{n}(select(z, a, huge)) + select({F}(0.0), {F}(${LN2}), huge);
  return select(fx_copysign{n}(y, x), x, fx_is_nan{n}(x));
}`,
  // log1p(t + √(2t + t²)), t = x − 1; log x + ln 2 for huge x; NaN below 1.
  fx_acosh: `
fn fx_acosh{n}(x: {F}) -> {F} {
  let huge = x > {F}(${HUGE});
  let t = clamp(x - 1.0, {F}(0.0), {F}(${HUGE}));
  let z = t + sqrt(t * (t + 2.0));
  let y = fx_log1p{n}(select(z, x, huge)) + select({F}(0.0), {F}(${LN2}), huge);
  return fx_nan_if{n}((x < {F}(1.0)) | fx_is_nan{n}(x), y);
}`,
  // ½·log1p(2a/(1 − a)), a = |x|.
  fx_atanh: `
fn fx_atanh{n}(x: {F}) -> {F} {
  let a = abs(x);
  let y = 0.5 * fx_log1p{n}((a + a) / (1.0 - min(a, {F}(0.99999994))));
  let r = select(y, {F}(fx_inf()), a == {F}(1.0));
  return fx_nan_if{n}((a > {F}(1.0)) | fx_is_nan{n}(x), fx_copysign{n}(r, x));
}`,
};
