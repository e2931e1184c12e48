/**
 * Floats by their bits. WGSL lets a compiler assume that NaN and infinity do not occur, so what depends on them is decided on
 * integers: a test for NaN is a comparison of bits, and the constants come out of private variables, which no compiler
 * folds into an error.
 */

export const bitFunctions: Readonly<Record<string, string>> = {
  fx_inf_bits: "var<private> fx_inf_bits: u32 = 0x7f800000u;",
  fx_nan_bits: "var<private> fx_nan_bits: u32 = 0x7fc00000u;",
  fx_inf: "fn fx_inf() -> f32 { return bitcast<f32>(fx_inf_bits); }",
  fx_nan: "fn fx_nan() -> f32 { return bitcast<f32>(fx_nan_bits); }",

  fx_is_nan: `
fn fx_is_nan{n}(x: {F}) -> {B} {
  return (bitcast<{U}>(x) & {U}(0x7fffffffu)) > {U}(0x7f800000u);
}`,
  fx_unequal: `
fn fx_unequal{n}(a: {F}, b: {F}) -> {B} { return (a != b) | fx_is_nan{n}(a) | fx_is_nan{n}(b); }`,
  fx_is_finite: `
fn fx_is_finite{n}(x: {F}) -> {B} {
  return (bitcast<{U}>(x) & {U}(0x7fffffffu)) < {U}(0x7f800000u);
}`,
  fx_is_inf: `
fn fx_is_inf{n}(x: {F}) -> {B} {
  return (bitcast<{U}>(x) & {U}(0x7fffffffu)) == {U}(0x7f800000u);
}`,
  fx_is_pos_inf: `
fn fx_is_pos_inf{n}(x: {F}) -> {B} { return bitcast<{U}>(x) == {U}(0x7f800000u); }`,
  fx_is_neg_inf: `
fn fx_is_neg_inf{n}(x: {F}) -> {B} { return bitcast<{U}>(x) == {U}(0xff800000u); }`,

  fx_abs: `
fn fx_abs{n}(x: {F}) -> {F} { return bitcast<{F}>(bitcast<{U}>(x) & {U}(0x7fffffffu)); }`,
  fx_neg: `
fn fx_neg{n}(x: {F}) -> {F} { return bitcast<{F}>(bitcast<{U}>(x) ^ {U}(0x80000000u)); }`,
  // |x| with the sign of s.
  fx_copysign: `
fn fx_copysign{n}(x: {F}, s: {F}) -> {F} {
  return bitcast<{F}>((bitcast<{U}>(x) & {U}(0x7fffffffu)) | (bitcast<{U}>(s) & {U}(0x80000000u)));
}`,
  // NaN where the condition holds.
  fx_nan_if: `
fn fx_nan_if{n}(condition: {B}, x: {F}) -> {F} {
  return bitcast<{F}>(select(bitcast<{U}>(x), {U}(0x7fc00000u), condition));
}`,
  // As integers floats of one sign are ordered by magnitude; this orders all of them, −0 below +0.
  fx_key: `
fn fx_key{n}(x: {F}) -> {I} {
  let b = bitcast<{I}>(x);
  return b ^ ((b >> {U}(31u)) & {I}(0x7fffffff));
}`,
  // The keys of NaN are at one end (of either sign next to each other, since integers wrap): moved to the top for the maximum, to
  // the bottom for the minimum, NaN is what both choose.
  fx_max: `
fn fx_max{n}(a: {F}, b: {F}) -> {F} {
  return select(b, a, fx_key{n}(a) - {I}(0x7fffff) > fx_key{n}(b) - {I}(0x7fffff));
}`,
  fx_min: `
fn fx_min{n}(a: {F}, b: {F}) -> {F} {
  return select(b, a, fx_key{n}(a) + {I}(0x7fffff) < fx_key{n}(b) + {I}(0x7fffff));
}`,
  fx_sign: `
fn fx_sign{n}(x: {F}) -> {F} {
  return select(fx_copysign{n}({F}(1.0), x), x, (x == {F}(0.0)) | fx_is_nan{n}(x));
}`,
  // −1 − trunc where the fraction is ½ or more, away from zero.
  fx_round_afz: `
fn fx_round_afz{n}(x: {F}) -> {F} {
  let whole = trunc(x);
  let far = abs(x - whole) >= {F}(0.5);
  return fx_copysign{n}(select(whole, whole + fx_copysign{n}({F}(1.0), x), far & (abs(x) < {F}(8388608.0))), x);
}`,
  fx_next_after: `
fn fx_next_after{n}(x: {F}, y: {F}) -> {F} {
  let r = fx_next_bits{n}(bitcast<{U}>(x), bitcast<{U}>(y), 0x80000000u);
  return fx_nan_if{n}(fx_is_nan{n}(x) | fx_is_nan{n}(y), bitcast<{F}>(r));
}`,
  fx_next_after_f16: `
fn fx_next_after_f16{n}(x: {F}, y: {F}) -> {F} {
  let r = fx_next_bits{n}(fx_f16_bits{n}(x), fx_f16_bits{n}(y), 0x8000u);
  return fx_nan_if{n}(fx_is_nan{n}(x) | fx_is_nan{n}(y), fx_f16_from{n}(r));
}`,
  fx_next_after_bf16: `
fn fx_next_after_bf16{n}(x: {F}, y: {F}) -> {F} {
  let r = fx_next_bits{n}(fx_bf16_bits{n}(x), fx_bf16_bits{n}(y), 0x8000u);
  return fx_nan_if{n}(fx_is_nan{n}(x) | fx_is_nan{n}(y), fx_bf16_from{n}(r));
}`,
  // The neighbour of a float towards another, both as bits. Away from zero it is larger as an integer.
  fx_next_bits: `
fn fx_next_bits{n}(x: {U}, y: {U}, sign: u32) -> {U} {
  let digits = sign - 1u;
  let a = x & {U}(digits);
  let b = y & {U}(digits);
  let opposite = ((x ^ y) & {U}(sign)) != {U}(0u);
  let next = select(x + {U}(1u), x - {U}(1u), opposite | (b < a));
  let moved = select(next, (y & {U}(sign)) | {U}(1u), a == {U}(0u));
  return select(moved, y, (x == y) | ((a | b) == {U}(0u)));
}`,

  // 16-bit floats: their bits from a float32, to the nearest, ties to even; and the float32 of their bits.
  fx_bf16_bits: `
fn fx_bf16_bits{n}(x: {F}) -> {U} {
  let b = bitcast<{U}>(x);
  let rounded = (b + {U}(0x7fffu) + ((b >> {U}(16u)) & {U}(1u))) >> {U}(16u);
  return select(rounded, {U}(0x7fc0u), fx_is_nan{n}(x));
}`,
  fx_bf16_from: `
fn fx_bf16_from{n}(b: {U}) -> {F} { return bitcast<{F}>(b << {U}(16u)); }`,
  fx_round_bf16: `
fn fx_round_bf16{n}(x: {F}) -> {F} { return fx_bf16_from{n}(fx_bf16_bits{n}(x)); }`,
  // Below 2^−14 adding ½ puts the 10 bits of the subnormal fraction at the end of the sum.
  fx_f16_bits: `
fn fx_f16_bits{n}(x: {F}) -> {U} {
  let b = bitcast<{U}>(x);
  let sign = (b >> {U}(16u)) & {U}(0x8000u);
  let m = b & {U}(0x7fffffffu);
  let shifted = m - {U}(0x38000000u);
  let normal = (shifted + {U}(0xfffu) + ((shifted >> {U}(13u)) & {U}(1u))) >> {U}(13u);
  let small = bitcast<{U}>(bitcast<{F}>(m) + {F}(0.5)) - {U}(0x3f000000u);
  let finite = select(normal, small, m < {U}(0x38800000u));
  let r = select(select(finite, {U}(0x7c00u), m >= {U}(0x47800000u)), {U}(0x7e00u), m > {U}(0x7f800000u));
  return sign | r;
}`,
  fx_f16_from: `
fn fx_f16_from{n}(h: {U}) -> {F} {
  let m = h & {U}(0x7fffu);
  let normal = bitcast<{F}>((m << {U}(13u)) + {U}(0x38000000u));
  let small = {F}(m) * {F}(5.9604645e-8);
  let special = bitcast<{F}>((m << {U}(13u)) | {U}(0x7f800000u));
  let r = select(select(normal, small, m < {U}(0x400u)), special, m >= {U}(0x7c00u));
  return bitcast<{F}>(bitcast<{U}>(r) | ((h & {U}(0x8000u)) << {U}(16u)));
}`,
  fx_round_f16: `
fn fx_round_f16{n}(x: {F}) -> {F} { return fx_f16_from{n}(fx_f16_bits{n}(x)); }`,

  // Mantissa to 23 − drop bits; beyond `largest` (bits) infinite; below `least` (bits) zero. `unit`, if not 0, is the last
  // place of numbers below 2^−14.
  fx_reduce_precision: `
fn fx_reduce_precision{n}(x: {F}, drop: {U}, largest: {U}, least: {U}, unit: {F}) -> {F} {
  let b = bitcast<{U}>(x);
  let m = b & {U}(0x7fffffffu);
  let ulp = {U}(1u) << drop;
  let shifted = select({U}(0u), (ulp >> {U}(1u)) - {U}(1u) + ((m >> drop) & {U}(1u)), drop > {U}(0u));
  let plain = (m + shifted) & ~(ulp - {U}(1u));
  let steps = bitcast<{F}>(m) / select({F}(1.0), unit, unit > {F}(0.0));
  let small = bitcast<{U}>(round(steps) * unit);
  let r = select(plain, small, (unit > {F}(0.0)) & (m < {U}(0x38800000u)));
  let finite = select(select(r, {U}(0x7f800000u), r > largest), {U}(0u), r < least);
  let result = select(finite, m, m >= {U}(0x7f800000u));
  return bitcast<{F}>(result | (b & {U}(0x80000000u)));
}`,
};
