/** Integer functions with the semantics of StableHLO where WGSL has none or others. */

export const integerFunctions: Readonly<Record<string, string>> = {
  // x / 0 = −1 and x mod 0 = x; WGSL defines MIN / −1 = MIN.
  fx_div_i: `
fn fx_div_i{n}(a: {I}, b: {I}) -> {I} { return select(a / b, {I}(-1), b == {I}(0)); }`,
  fx_div_u: `
fn fx_div_u{n}(a: {U}, b: {U}) -> {U} { return select(a / b, {U}(0xffffffffu), b == {U}(0u)); }`,
  fx_rem_i: `
fn fx_rem_i{n}(a: {I}, b: {I}) -> {I} { return select(a % b, a, b == {I}(0)); }`,
  fx_rem_u: `
fn fx_rem_u{n}(a: {U}, b: {U}) -> {U} { return select(a % b, a, b == {U}(0u)); }`,

  // The upper half of a 64-bit product, from products of 16-bit halves.
  fx_mulhi_u: `
fn fx_mulhi_u{n}(a: {U}, b: {U}) -> {U} {
  let al = a & {U}(0xffffu);
  let ah = a >> {U}(16u);
  let bl = b & {U}(0xffffu);
  let bh = b >> {U}(16u);
  let mid = ah * bl + ((al * bl) >> {U}(16u));
  let low = al * bh + (mid & {U}(0xffffu));
  return ah * bh + (mid >> {U}(16u)) + (low >> {U}(16u));
}`,
  fx_mulhi_i: `
fn fx_mulhi_i{n}(a: {I}, b: {I}) -> {I} {
  let high = bitcast<{I}>(fx_mulhi_u{n}(bitcast<{U}>(a), bitcast<{U}>(b)));
  return high - select({I}(0), b, a < {I}(0)) - select({I}(0), a, b < {I}(0));
}`,

  // Powers wrap; a negative exponent gives the integer part of the reciprocal.
  fx_pow_u: `
fn fx_pow_u(base: u32, exponent: u32) -> u32 {
  var result = 1u;
  var factor = base;
  for (var n = exponent; n > 0u; n = n >> 1u) {
    if ((n & 1u) == 1u) { result = result * factor; }
    factor = factor * factor;
  }
  return result;
}`,
  fx_pow_i: `
fn fx_pow_i(base: i32, exponent: i32) -> i32 {
  if (exponent < 0i) {
    if (base == -1i) { return select(1i, -1i, (exponent & 1i) == 1i); }
    return select(0i, 1i, base == 1i);
  }
  return bitcast<i32>(fx_pow_u(bitcast<u32>(base), bitcast<u32>(exponent)));
}`,

  // Floats to integers: towards zero, saturating, NaN to 0.
  fx_to_i32: `
fn fx_to_i32{n}(x: {F}) -> {I} {
  let r = {I}(clamp(x, {F}(-2147483648.0), {F}(2147483520.0)));
  return select(select(r, {I}(2147483647), x >= {F}(2147483648.0)), {I}(0), fx_is_nan{n}(x));
}`,
  fx_to_u32: `
fn fx_to_u32{n}(x: {F}) -> {U} {
  let r = {U}(clamp(x, {F}(0.0), {F}(4294967040.0)));
  return select(select(r, {U}(0xffffffffu), x >= {F}(4294967296.0)), {U}(0u), fx_is_nan{n}(x));
}`,
  // To the nearest; adapters round large numbers twice.
  fx_u32_to_f32: `
fn fx_u32_to_f32{n}(x: {U}) -> {F} { return {F}(x >> {U}(16u)) * 65536.0 + {F}(x & {U}(0xffffu)); }`,
  // An integer with the bits beyond the 24th made one sticky bit, so that it fits float32 and rounds on as it would.
  fx_sticky: `
fn fx_sticky{n}(m: {U}) -> {U} {
  let low = select({U}(0u), {U}(256u), (m & {U}(255u)) != {U}(0u));
  return select(m, (m & {U}(0xffffff00u)) | low, m >= {U}(0x1000000u));
}`,
  // float16 and bfloat16 from integers, rounded once.
  fx_u32_to_bf16: `
fn fx_u32_to_bf16{n}(x: {U}) -> {F} { return fx_round_bf16{n}({F}(fx_sticky{n}(x))); }`,
  fx_i32_to_bf16: `
fn fx_i32_to_bf16{n}(x: {I}) -> {F} {
  return fx_copysign{n}(fx_u32_to_bf16{n}(bitcast<{U}>(abs(x))), {F}(x));
}`,

  // Four bytes of a word, and two halves.
  fx_unpack8: `
fn fx_unpack8(w: u32) -> vec4<u32> {
  return (vec4<u32>(w) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u);
}`,
  fx_pack8: `
fn fx_pack8(v: vec4<u32>) -> u32 {
  let s = (v & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u);
  return s.x | s.y | s.z | s.w;
}`,
  fx_unpack16: `
fn fx_unpack16(w: vec2<u32>) -> vec4<u32> {
  return vec4<u32>(w.x & 0xffffu, w.x >> 16u, w.y & 0xffffu, w.y >> 16u);
}`,
  fx_pack16: `
fn fx_pack16(v: vec4<u32>) -> vec2<u32> {
  let m = v & vec4<u32>(0xffffu);
  return vec2<u32>(m.x | (m.y << 16u), m.z | (m.w << 16u));
}`,
};
