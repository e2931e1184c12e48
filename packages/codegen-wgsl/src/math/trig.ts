/**
 * Sine, cosine, tangent. Arguments are reduced by multiples of π/2: up to 6000 with π/2 as a sum of four numbers, whose
 * products with the multiple are exact; beyond that in integers, with the window of the bits of 2/π that matters (M. Payne,
 * R. Hanek, "Radian reduction for trigonometric functions", 1983).
 */

import { coefficients } from "@fluxion/ir";
import { f, poly } from "./poly.ts";

const { COS_F32, HALF_PI_F32, SIN_F32, TAN_F32, TWO_OVER_PI } = coefficients;
const [P1, P2, P3, P4] = HALF_PI_F32.map(f);

/** A zero word, then 2/π. */
const words = ["0u", ...Array.from({ length: 6 }, (_, i) => `0x${TWO_OVER_PI.slice(8 * i, 8 * i + 8)}u`)];

export const trigFunctions: Readonly<Record<string, string>> = {
  // x = q·π/2 + r: (r, what r lacks, q), for |x| > 6000 and finite.
  fx_reduce_large: `
fn fx_reduce_large(x: f32) -> vec3<f32> {
  let b = bitcast<u32>(x);
  let position = ((b >> 23u) & 255u) - 128u;
  let mantissa = ((b & 0x7fffffu) | 0x800000u) << 8u;
  let table = array<u32, 7>(${words.join(", ")});
  let word = min(position >> 5u, 3u);
  let shift = position & 31u;
  let back = 31u - shift;
  let t0 = table[word];
  let t1 = table[word + 1u];
  let t2 = table[word + 2u];
  let t3 = table[word + 3u];
  let w0 = (t0 << shift) | ((t1 >> 1u) >> back);
  let w1 = (t1 << shift) | ((t2 >> 1u) >> back);
  let w2 = (t2 << shift) | ((t3 >> 1u) >> back);
  let low = mantissa * w2;
  let part = mantissa * w1;
  let middle = part + fx_mulhi_u(mantissa, w2);
  let high = mantissa * w0 + fx_mulhi_u(mantissa, w1) + select(0u, 1u, middle < part);
  var q = high >> 30u;
  var f0 = (high << 2u) | (middle >> 30u);
  var f1 = (middle << 2u) | (low >> 30u);
  let above = f0 >= 0x80000000u;
  if (above) {
    q = q + 1u;
    f1 = 0u - f1;
    f0 = ~f0 + select(0u, 1u, f1 == 0u);
  }
  let zeros = min(countLeadingZeros(f0), 31u);
  let top = (f0 << zeros) | ((f1 >> 1u) >> (31u - zeros));
  let scale = bitcast<f32>((95u - zeros) << 23u);
  let head = f32(top & 0xfff00000u) * scale;
  let centre = f32(top & 0x000fff00u) * scale;
  let tail = f32(top & 0xffu) * scale;
  let lead = head * ${P1};
  let rest = (head * ${P2} + centre * ${P1}) + (head * ${P3} + centre * ${P2} + tail * ${P1});
  let r = lead + rest;
  let lost = (lead - r) + rest;
  let negative = b >= 0x80000000u;
  let turns = select(q, 4u - (q & 3u), negative) & 3u;
  let turned = above != negative;
  return vec3<f32>(select(r, -r, turned), select(lost, -lost, turned), f32(turns));
}`,
  fx_reduce_small: `
fn fx_reduce_small(x: f32) -> vec3<f32> {
  let n = floor(x * ${f(2 / Math.PI)} + 0.5);
  let r2 = (x - n * ${P1}) - n * ${P2};
  let part = n * ${P3};
  let r3 = r2 - part;
  let excess = n * ${P4} + (part - (r2 - r3));
  let r = r3 - excess;
  return vec3<f32>(r, (r3 - r) - excess, n);
}`,
  fx_reduce: `
fn fx_reduce(x: f32) -> vec3<f32> {
  if (abs(x) > 6000.0) { return fx_reduce_large(x); }
  return fx_reduce_small(x);
}`,
  // sin of q·π/2 + r, and of what r lacks.
  fx_sin_quadrant: `
fn fx_sin_quadrant(r: f32, lost: f32, q: i32) -> f32 {
  let u = r * r;
  let s = fx_copysign((${poly("u", SIN_F32)} * u * r + lost) + r, r);
  let c = (1.0 - u * 0.5) + (${poly("u", COS_F32)} * (u * u) - lost * r);
  let y = select(s, c, (q & 1) == 1);
  return bitcast<f32>(bitcast<u32>(y) ^ (u32(q & 2) << 30u));
}`,
  fx_sin: `
fn fx_sin(x: f32) -> f32 {
  if (!fx_is_finite(x)) { return fx_nan(); }
  let z = fx_reduce(x);
  return fx_sin_quadrant(z.x, z.y, i32(z.z));
}`,
  fx_cos: `
fn fx_cos(x: f32) -> f32 {
  if (!fx_is_finite(x)) { return fx_nan(); }
  let z = fx_reduce(x);
  return fx_sin_quadrant(z.x, z.y, i32(z.z) + 1);
}`,
  // tan r for even q, −1/tan r for odd. The derivative is up to 2, so what r lacks is added: low·(1 + r²).
  fx_tan: `
fn fx_tan(x: f32) -> f32 {
  if (!fx_is_finite(x)) { return fx_nan(); }
  let z = fx_reduce(x);
  let u = z.x * z.x;
  let t = fx_copysign((${poly("u", TAN_F32)} * u * z.x + z.y * (u + 1.0)) + z.x, z.x);
  return select(t, -1.0 / t, (i32(z.z) & 1) == 1);
}`,
};
