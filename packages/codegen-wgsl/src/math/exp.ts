/** e^x and the functions made of it. `round(x)` is ⌊x + ½⌋, since a compiler may simplify (x + c) − c. */

import { coefficients } from "@fluxion/ir";
import { f, LN2_HI, LN2_LO, MAX, poly } from "./poly.ts";

const { EXPM1_F32, SINH_F32, TANH_F32 } = coefficients;

/** e^r − 1 for |r| ≤ ln 2/2. */
const expm1Reduced = (r: string): string => `(${poly(r, EXPM1_F32)} * (${r} * ${r}) + ${r})`;

/** r = x − n·ln 2 */
const reduced = (x: string, n: string): string => `(${x} - ${n} * ${f(LN2_HI)}) - ${n} * ${f(LN2_LO)}`;

const LOG2E = f(Math.LOG2E);

/** The bits of a float32 as hexadecimal WGSL. */
const bitsOf = (x: number): string => `0x${new Uint32Array(Float32Array.of(x).buffer)[0].toString(16)}`;

export const expFunctions: Readonly<Record<string, string>> = {
  // 2^k for exponents of normal numbers.
  fx_power2: `
fn fx_power2{n}(k: {I}) -> {F} { return bitcast<{F}>((k + {I}(127)) << {U}(23u)); }`,

  // As integers positive floats grow with their size, and so do negative ones without signs: two minima clamp x. The sum with
  // 1.5·2²³ has ⌊x/ln 2 + ½⌋ in its last bits. 2ⁿ as 2^⌊n/2⌋ times 2^⌈n/2⌉, so that only the last product may overflow or be denormal. \`factor\` is 1 or ½.
  fx_exp_times: `
fn fx_exp_times{n}(x: {F}, factor: f32) -> {F} {
  let upper = min(bitcast<{I}>(x), {I}(${bitsOf(91)}));
  let c = bitcast<{F}>(min(bitcast<{U}>(upper), {U}(${bitsOf(-110)}u)));
  let k = bitcast<{I}>(c * ${LOG2E} + 12582912.0) - {I}(0x4b400000);
  let n = {F}(k);
  let r = ${reduced("c", "n")};
  let half = k >> {U}(1u);
  let s = fx_power2{n}(half);
  let e = ${expm1Reduced("r")} * s + s;
  return select(e * (fx_power2{n}(k - half) * factor), x, fx_is_nan{n}(x));
}`,
  fx_exp: `
fn fx_exp{n}(x: {F}) -> {F} { return fx_exp_times{n}(x, 1.0); }`,

  // 2ⁿ·(e^r − 1) + (2ⁿ − 1); for the n whose 2ⁿ is too large the largest finite number stands in.
  fx_expm1: `
fn fx_expm1{n}(x: {F}) -> {F} {
  let c = clamp(x, {F}(-18.0), {F}(89.0));
  let n = floor(c * ${LOG2E} + 0.5);
  let r = ${reduced("c", "n")};
  let k = {I}(n);
  let s = select(fx_power2{n}(k), {F}(${f(MAX)}), k > {I}(127));
  let y = s * ${expm1Reduced("r")} + (s - 1.0);
  return select(fx_copysign{n}(y, x), x, fx_is_nan{n}(x));
}`,

  // 1/(1 + e^−x) = c/(c·2ⁿ·(e^r − 1) + c·2ⁿ + c); c is a power of two that keeps 2ⁿ in range.
  fx_logistic: `
fn fx_logistic{n}(x: {F}) -> {F} {
  let a = -clamp(x, {F}(-106.0), {F}(30.0));
  let n = floor(a * ${LOG2E} + 0.5);
  let r = ${reduced("a", "n")};
  let down = select({I}(0), {I}(64), x < {F}(-60.0));
  let s = fx_power2{n}({I}(n) - down);
  let c = fx_power2{n}(-down);
  let sum = s + c;
  let lost = c - (sum - s);
  return select(c / ((s * ${expm1Reduced("r")} + lost) + sum), x, fx_is_nan{n}(x));
}`,

  // 1 − 1/(e^2|x|/2 + ½); below 0.55 a polynomial, since there the difference cancels.
  fx_tanh: `
fn fx_tanh{n}(x: {F}) -> {F} {
  let a = abs(x);
  let c = min(a, {F}(9.5));
  let n = floor(c * ${f(2 * Math.LOG2E)} + 0.5);
  let r = c - n * ${f(Math.LN2 / 2)};
  let s = fx_power2{n}({I}(n));
  let q = ${poly(
    "r",
    EXPM1_F32.map((c, i) => c * 2 ** (i + 1)),
  )} * (r * r) + r;
  let large = 1.0 - 1.0 / (s * q + (s * 0.5 + 0.5));
  let u = x * x;
  let small = ${poly("u", TANH_F32)} * u * a + a;
  return select(fx_copysign{n}(select(large, small, a < {F}(0.55)), x), x, fx_is_nan{n}(x));
}`,

  // E − 1/(4E) with E = e^|x|/2; below 1 a polynomial.
  fx_sinh: `
fn fx_sinh{n}(x: {F}) -> {F} {
  let a = abs(x);
  let h = fx_exp_times{n}(a, 0.5);
  let u = x * x;
  let small = ${poly("u", SINH_F32)} * u * a + a;
  return select(fx_copysign{n}(select(h - 0.25 / h, small, a < {F}(1.0)), x), x, fx_is_nan{n}(x));
}`,
  fx_cosh: `
fn fx_cosh{n}(x: {F}) -> {F} {
  let h = fx_exp_times{n}(abs(x), 0.5);
  return select(h + 0.25 / h, x, fx_is_nan{n}(x));
}`,
};
