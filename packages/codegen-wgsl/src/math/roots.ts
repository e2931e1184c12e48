/** Roots and powers. */

import { coefficients } from "@fluxion/ir";
import { f, poly, splitText } from "./poly.ts";

const { CBRT, POW_EXP2_F32, POW_LOG_F32 } = coefficients;
/** 2/ln 2 whole, its first 12 bits, and what those lack. */
const TWO_OVER_LN2 = POW_LOG_F32[0];
const HEAD = Math.floor(TWO_OVER_LN2 * 1024) / 1024;
const [C, C_HEAD, C_TAIL] = [TWO_OVER_LN2, HEAD, TWO_OVER_LN2 - HEAD].map(f);

export const rootFunctions: Readonly<Record<string, string>> = {
  // The 12 upper bits of the digits: products of two such are exact.
  fx_head: `
fn fx_head{n}(x: {F}) -> {F} { return bitcast<{F}>(bitcast<{U}>(x) & {U}(0xfffff000u)); }`,
  // d − a·b where d is close to a·b: products of heads are exact, so it does not matter which of them a compiler fuses with
  // the subtractions, as it may. (An error term of a rounded product would be wrong if the product is fused elsewhere.)
  fx_rest: `
fn fx_rest{n}(d: {F}, a: {F}, b: {F}) -> {F} {
  let ah = fx_head{n}(a);
  let bh = fx_head{n}(b);
  let al = a - ah;
  let bl = b - bh;
  return (((d - ah * bh) - ah * bl) - al * bh) - al * bl;
}`,
  // WGSL's own root may be off by several ulp; one step with the exact remainder mends it.
  fx_sqrt: `
fn fx_sqrt{n}(x: {F}) -> {F} {
  let y = sqrt(x);
  let mended = y + fx_rest{n}(x, y, y) / (y + y);
  let plain = (x > {F}(1e-30)) & (x < {F}(1e37));
  let b = bitcast<{U}>(x);
  let negative = (b > {U}(0x80000000u)) | fx_is_nan{n}(x);
  let limit = (b == {U}(0x7f800000u)) | ((b & {U}(0x7fffffffu)) == {U}(0u));
  return fx_nan_if{n}(negative, select(select(y, mended, plain), x, limit));
}`,
  fx_rsqrt: `
fn fx_rsqrt{n}(x: {F}) -> {F} {
  let b = bitcast<{U}>(x);
  let zero = (b & {U}(0x7fffffffu)) == {U}(0u);
  let y = select(1.0 / fx_sqrt{n}(x), {F}(0.0), b == {U}(0x7f800000u));
  let negative = ((b >= {U}(0x80000000u)) & !zero) | fx_is_nan{n}(x);
  return fx_nan_if{n}(negative, select(y, fx_copysign{n}({F}(fx_inf()), x), zero));
}`,
  // |x| = 2^3k·b, ½√½ ≤ b ≤ 2√2; ∛b from a polynomial by one step of Halley's iteration.
  fx_cbrt: `
fn fx_cbrt{n}(x: {F}) -> {F} {
  let a = fx_abs{n}(x);
${splitText("a")}
  let k = floor(n * ${f(1 / 3)} + 0.5);
  let b = m * fx_power2{n}({I}(n - k * 3.0));
  let y = ${poly("b", CBRT)};
  let cube = y * y * y;
  let root = (y + y * ((b - cube) / (cube + cube + b))) * fx_power2{n}({I}(k));
  let plain = (bitcast<{U}>(a) > {U}(0u)) & fx_is_finite{n}(x);
  return select(x, fx_copysign{n}(root, x), plain);
}`,

  // x^y for x > 0 finite. log₂ x as a sum of two numbers, from s = (m − 1)/(m + 1) and its remainder. The first number of every
  // pair is cut to its head: a compiler may simplify (a − (a + b)) + b, but not through the mask.
  fx_pow_positive: `
fn fx_pow_positive{n}(x: {F}, y: {F}) -> {F} {
${splitText("x")}
  let d = m - 1.0;
  let g = m + 1.0;
  let gh = fx_head{n}(g);
  let gl = (1.0 - gh) + m;
  let s = d / g;
  let sl = (fx_rest{n}(d, s, gh) - s * gl) / g;
  let z = s * s;
  let sh = fx_head{n}(s);
  let lead = sh * ${C_HEAD};
  let leadLow = sh * ${C_TAIL} + ((s - sh) + sl) * ${C};
  let tail = (s * z) * ${poly("z", POW_LOG_F32.slice(1))} + leadLow;
  let part = fx_head{n}(lead + tail);
  let log = fx_head{n}(n + part);
  let logLow = ((n - log) + part) + ((lead - part) + tail);
  let yh = fx_head{n}(y);
  let high = yh * log;
  let near = abs(high) < {F}(300.0);
  let low = select({F}(0.0), (y - yh) * log + y * logLow, near);
  let e = clamp(high, {F}(-300.0), {F}(300.0));
  let whole = floor(e + low + 0.5);
  let r = (e - whole) + low;
  let k = clamp({I}(whole), {I}(-250), {I}(250));
  let half = k >> {U}(1u);
  return ${poly("r", POW_EXP2_F32)} * fx_power2{n}(half) * fx_power2{n}(k - half);
}`,
  // The special cases of IEEE 754 and C.
  fx_pow: `
fn fx_pow{n}(x: {F}, y: {F}) -> {F} {
  let ax = fx_abs{n}(x);
  let ay = fx_abs{n}(y);
  let xb = bitcast<{U}>(ax);
  let yInfinite = bitcast<{U}>(ay) == {U}(0x7f800000u);
  let yb = select(bitcast<{U}>(y), {U}(0x3f800000u), yInfinite);
  let safeY = bitcast<{F}>(yb);
  let integer = yInfinite | (trunc(safeY) == safeY);
  let half = safeY * 0.5;
  let odd = !yInfinite & integer & (trunc(half) != half);
  let unusual = (xb == {U}(0u)) | (xb >= {U}(0x7f800000u)) | yInfinite;
  let base = select(ax, {F}(1.0), unusual);
  let plain = fx_pow_positive{n}(base, safeY);
  let up = bitcast<{U}>(y) < {U}(0x80000000u);
  let grows = select(up, !up, (xb == {U}(0u)) | (yInfinite & (ax < {F}(1.0))));
  let limit = select(select({F}(0.0), {F}(fx_inf()), grows), {F}(1.0), ax == {F}(1.0));
  let magnitude = select(plain, limit, unusual);
  let negative = bitcast<{U}>(x) >= {U}(0x80000000u);
  let signed = select(magnitude, fx_neg{n}(magnitude), negative & odd);
  let finiteNegative = negative & (xb != {U}(0u)) & (xb < {U}(0x7f800000u));
  let bad = (finiteNegative & !integer) | fx_is_nan{n}(x) | fx_is_nan{n}(y);
  let one = (bitcast<{U}>(ay) == {U}(0u)) | (bitcast<{U}>(x) == {U}(0x3f800000u));
  return select(fx_nan_if{n}(bad, signed), {F}(1.0), one);
}`,

  // x − y·trunc(x/y), exactly: long division of the mantissas, eight binary digits of the quotient a step.
  fx_fmod: `
fn fx_fmod(x: f32, y: f32) -> f32 {
  let xb = bitcast<u32>(x) & 0x7fffffffu;
  let yb = bitcast<u32>(y) & 0x7fffffffu;
  if (xb >= 0x7f800000u || yb > 0x7f800000u || yb == 0u) { return fx_nan(); }
  if (xb < yb) { return x; }
  let ex = max(xb >> 23u, 1u);
  let ey = max(yb >> 23u, 1u);
  let mx = (xb & 0x7fffffu) | select(0u, 0x800000u, xb >= 0x800000u);
  let my = (yb & 0x7fffffu) | select(0u, 0x800000u, yb >= 0x800000u);
  var rest = mx % my;
  for (var left = ex - ey; left > 0u; ) {
    let step = min(left, 8u);
    rest = (rest << step) % my;
    left = left - step;
  }
  if (rest == 0u) { return bitcast<f32>(bitcast<u32>(x) & 0x80000000u); }
  let up = countLeadingZeros(rest) - 8u;
  let exponent = i32(ey) - i32(up);
  let normal = ((rest << up) & 0x7fffffu) | (u32(max(exponent, 0)) << 23u);
  let bits = select(rest << (ey - 1u), normal, exponent > 0);
  return bitcast<f32>(bits | (bitcast<u32>(x) & 0x80000000u));
}`,
};
