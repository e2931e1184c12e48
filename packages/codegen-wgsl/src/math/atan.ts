/** Inverse trigonometric functions. */

import { coefficients } from "@fluxion/ir";
import { f, poly } from "./poly.ts";

const { ASIN_F32, ATAN_F32 } = coefficients;

/** π/2 and π as a float and what it lacks. */
const HALF_PI = ["1.5707964f", "(-4.371139e-8f)"];
const PI = ["3.1415927f", "(-8.742278e-8f)"];
const complement = ([hi, lo]: readonly string[], y: string): string => `((${hi} - ${y}) + ${lo})`;
/** x·(1 + u·P(u)) */
const odd = (x: string, u: string, c: readonly number[]): string => `(${poly(u, c)} * ${u} * ${x} + ${x})`;
/** asin a up to here is the polynomial itself; above, π/2 − 2 asin √((1 − a)/2). */
const DIRECT = f(0.5625);

export const atanFunctions: Readonly<Record<string, string>> = {
  fx_atan: `
fn fx_atan{n}(x: {F}) -> {F} {
  let a = abs(x);
  let large = a > {F}(1.0);
  let quotient = select(a, 1.0 / a, large);
  let t = select(quotient, {F}(0.0), bitcast<{U}>(a) == {U}(0x7f800000u));
  let y = ${odd("t", "(t * t)", ATAN_F32)};
  return select(fx_copysign{n}(select(y, ${complement(HALF_PI, "y")}, large), x), x, fx_is_nan{n}(x));
}`,
  // Zeros and infinities count as limits along the axes and diagonals.
  fx_atan2: `
fn fx_atan2{n}(y: {F}, x: {F}) -> {F} {
  let ax = fx_abs{n}(x);
  let ay = fx_abs{n}(y);
  let steep = ay > ax;
  let low = select(ay, ax, steep);
  let high = select(ax, ay, steep);
  let scale = select({F}(1.0), {F}(0.25), high > {F}(8.0e37));
  let infinite = bitcast<{U}>(high) == {U}(0x7f800000u);
  let both = bitcast<{U}>(low) == {U}(0x7f800000u);
  let quotient = (low * scale) / (high * scale);
  let t = select(select(select(quotient, {F}(0.0), infinite), {F}(1.0), both), {F}(0.0), high == {F}(0.0));
  let acute = ${odd("t", "(t * t)", ATAN_F32)};
  let folded = select(acute, ${complement(HALF_PI, "acute")}, steep);
  let left = bitcast<{U}>(x) >= {U}(0x80000000u);
  let angle = select(folded, ${complement(PI, "folded")}, left);
  return fx_nan_if{n}(fx_is_nan{n}(x) | fx_is_nan{n}(y), fx_copysign{n}(angle, y));
}`,
  // asin of a, or of √((1 − a)/2), for 0 ≤ a ≤ 1.
  fx_arc: `
fn fx_arc{n}(a: {F}) -> {F} {
  let small = a < {F}(${DIRECT});
  let u = select((1.0 - a) * 0.5, a * a, small);
  let s = select(sqrt(max(u, {F}(0.0))), a, small);
  return ${odd("s", "u", ASIN_F32)};
}`,
  fx_asin: `
fn fx_asin{n}(x: {F}) -> {F} {
  let a = abs(x);
  let v = fx_arc{n}(a);
  let y = select(${complement(HALF_PI, "(v + v)")}, v, a < {F}(${DIRECT}));
  return fx_nan_if{n}((a > {F}(1.0)) | fx_is_nan{n}(x), fx_copysign{n}(y, x));
}`,
  fx_acos: `
fn fx_acos{n}(x: {F}) -> {F} {
  let a = abs(x);
  let v = fx_arc{n}(a);
  let twice = v + v;
  let outer = select(twice, ${complement(PI, "twice")}, x < {F}(0.0));
  let near = ${complement(HALF_PI, "fx_copysign{n}(v, x)")};
  return fx_nan_if{n}((a > {F}(1.0)) | fx_is_nan{n}(x), select(outer, near, a < {F}(${DIRECT})));
}`,
};
