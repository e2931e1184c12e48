// divide_0: a workgroup of 64 for each of 20 iterations
//   binding 0: out0, buffer 1, 1800 × float16, written
//   binding 1: x, buffer 0, 1800 × float16, read
// fused:
//   reduce
//   subtract
//   exponential
//   reduce
//   divide
enable f16;

@group(0) @binding(0) var<storage, read_write> out0: array<f16, 1800>;
@group(0) @binding(1) var<storage, read> x: array<f16, 1800>;

var<workgroup> tile: array<f32, 90>;
var<workgroup> sums: array<f32, 64>;
var<workgroup> totals: array<f32, 8>;

var<private> fx_inf_bits: u32 = 0x7f800000u;

fn fx_inf() -> f32 { return bitcast<f32>(fx_inf_bits); }

fn fx_key(x: f32) -> i32 {
  let b = bitcast<i32>(x);
  return b ^ ((b >> u32(31u)) & i32(0x7fffffff));
}

fn fx_max(a: f32, b: f32) -> f32 {
  return select(b, a, fx_key(a) - i32(0x7fffff) > fx_key(b) - i32(0x7fffff));
}

fn fx_f16_from(h: u32) -> f32 {
  let m = h & u32(0x7fffu);
  let normal = bitcast<f32>((m << u32(13u)) + u32(0x38000000u));
  let small = f32(m) * f32(5.9604645e-8);
  let special = bitcast<f32>((m << u32(13u)) | u32(0x7f800000u));
  let r = select(select(normal, small, m < u32(0x400u)), special, m >= u32(0x7c00u));
  return bitcast<f32>(bitcast<u32>(r) | ((h & u32(0x8000u)) << u32(16u)));
}

fn fx_f16_bits(x: f32) -> u32 {
  let b = bitcast<u32>(x);
  let sign = (b >> u32(16u)) & u32(0x8000u);
  let m = b & u32(0x7fffffffu);
  let shifted = m - u32(0x38000000u);
  let normal = (shifted + u32(0xfffu) + ((shifted >> u32(13u)) & u32(1u))) >> u32(13u);
  let small = bitcast<u32>(bitcast<f32>(m) + f32(0.5)) - u32(0x3f000000u);
  let finite = select(normal, small, m < u32(0x38800000u));
  let r = select(select(finite, u32(0x7c00u), m >= u32(0x47800000u)), u32(0x7e00u), m > u32(0x7f800000u));
  return sign | r;
}

fn fx_round_f16(x: f32) -> f32 { return fx_f16_from(fx_f16_bits(x)); }

fn fx_power2(k: i32) -> f32 { return bitcast<f32>((k + i32(127)) << u32(23u)); }

fn fx_is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & u32(0x7fffffffu)) > u32(0x7f800000u);
}

fn fx_exp_times(x: f32, factor: f32) -> f32 {
  let upper = min(bitcast<i32>(x), i32(0x42b60000));
  let c = bitcast<f32>(min(bitcast<u32>(upper), u32(0xc2dc0000u)));
  let k = bitcast<i32>(c * 1.442695f + 12582912.0) - i32(0x4b400000);
  let n = f32(k);
  let r = (c - n * 0.69314575f) - n * 0.0000014286068f;
  let half = k >> u32(1u);
  let s = fx_power2(half);
  let e = (((((0.0013837909f * r + 0.008367318f) * r + 0.04166774f) * r + 0.16666538f) * r + 0.49999997f) * (r * r) + r) * s + s;
  return select(e * (fx_power2(k - half) * factor), x, fx_is_nan(x));
}

fn fx_exp(x: f32) -> f32 { return fx_exp_times(x, 1.0); }

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let g = i32(wid.x);
  var acc0: f32 = (-fx_inf());
  for (var c: i32 = i32(lid); c < 90; c += 64) {
    let x_1 = f32(x[g * 90 + c]);
    let v = fx_max(acc0, x_1);
    acc0 = v;
  }
  sums[lid] = acc0;
  workgroupBarrier();
  if (lid < 8u) {
    var a: f32 = sums[lid * 8u];
    for (var j_1 = 1u; j_1 < 8u; j_1++) {
      let b = sums[lid * 8u + j_1];
      let v_1 = fx_max(a, b);
      a = v_1;
    }
    totals[lid] = a;
  }
  workgroupBarrier();
  var a_1: f32 = totals[0u];
  for (var j_2 = 1u; j_2 < 8u; j_2++) {
    let b_1 = totals[j_2];
    let v_2 = fx_max(a_1, b_1);
    a_1 = v_2;
  }
  var acc0_1: f32 = 0.0f;
  for (var c_1: i32 = i32(lid); c_1 < 90; c_1 += 64) {
    let x_2 = f32(x[g * 90 + c_1]);
    let v_3 = fx_round_f16((x_2 - a_1));
    let v_4 = fx_round_f16(fx_exp(v_3));
    tile[c_1] = v_4;
    let v_5 = fx_round_f16((acc0_1 + v_4));
    acc0_1 = v_5;
  }
  sums[lid] = acc0_1;
  workgroupBarrier();
  if (lid < 8u) {
    var a_2: f32 = sums[lid * 8u];
    for (var j_3 = 1u; j_3 < 8u; j_3++) {
      let b_2 = sums[lid * 8u + j_3];
      let v_6 = fx_round_f16((a_2 + b_2));
      a_2 = v_6;
    }
    totals[lid] = a_2;
  }
  workgroupBarrier();
  var a_3: f32 = totals[0u];
  for (var j_4 = 1u; j_4 < 8u; j_4++) {
    let b_3 = totals[j_4];
    let v_7 = fx_round_f16((a_3 + b_3));
    a_3 = v_7;
  }
  for (var c_2: i32 = i32(lid); c_2 < 90; c_2 += 64) {
    let v_8 = fx_round_f16((tile[c_2] / a_3));
    out0[g * 90 + c_2] = f16(v_8);
  }
}
