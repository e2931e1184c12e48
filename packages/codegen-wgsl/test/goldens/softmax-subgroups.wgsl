// divide_0: a workgroup of 64 for each of 200 iterations
//   binding 0: out0, buffer 1, 200000 × float32, written
//   binding 1: x, buffer 0, 200000 × float32, read
// fused:
//   reduce
//   subtract
//   exponential
//   reduce
//   divide
enable subgroups;

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 50000>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 50000>;

var<workgroup> tile: array<vec4<f32>, 250>;
var<workgroup> parts: array<f32, 16>;

var<private> fx_inf_bits: u32 = 0x7f800000u;

fn fx_inf() -> f32 { return bitcast<f32>(fx_inf_bits); }

fn fx_key_v4(x: vec4<f32>) -> vec4<i32> {
  let b = bitcast<vec4<i32>>(x);
  return b ^ ((b >> vec4<u32>(31u)) & vec4<i32>(0x7fffffff));
}

fn fx_max_v4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(b, a, fx_key_v4(a) - vec4<i32>(0x7fffff) > fx_key_v4(b) - vec4<i32>(0x7fffff));
}

fn fx_key(x: f32) -> i32 {
  let b = bitcast<i32>(x);
  return b ^ ((b >> u32(31u)) & i32(0x7fffffff));
}

fn fx_max(a: f32, b: f32) -> f32 {
  return select(b, a, fx_key(a) - i32(0x7fffff) > fx_key(b) - i32(0x7fffff));
}

fn fx_power2_v4(k: vec4<i32>) -> vec4<f32> { return bitcast<vec4<f32>>((k + vec4<i32>(127)) << vec4<u32>(23u)); }

fn fx_is_nan_v4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

fn fx_exp_times_v4(x: vec4<f32>, factor: f32) -> vec4<f32> {
  let upper = min(bitcast<vec4<i32>>(x), vec4<i32>(0x42b60000));
  let c = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>(upper), vec4<u32>(0xc2dc0000u)));
  let k = bitcast<vec4<i32>>(c * 1.442695f + 12582912.0) - vec4<i32>(0x4b400000);
  let n = vec4<f32>(k);
  let r = (c - n * 0.69314575f) - n * 0.0000014286068f;
  let half = k >> vec4<u32>(1u);
  let s = fx_power2_v4(half);
  let e = (((((0.0013837909f * r + 0.008367318f) * r + 0.04166774f) * r + 0.16666538f) * r + 0.49999997f) * (r * r) + r) * s + s;
  return select(e * (fx_power2_v4(k - half) * factor), x, fx_is_nan_v4(x));
}

fn fx_exp_v4(x: vec4<f32>) -> vec4<f32> { return fx_exp_times_v4(x, 1.0); }

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>, @builtin(subgroup_invocation_id) place: u32, @builtin(subgroup_size) invocations: u32) {
  let g = i32(wid.x);
  var acc0: vec4<f32> = vec4<f32>((-fx_inf()));
  for (var c: i32 = i32(lid) * 4; c < 1000; c += 256) {
    let x_1 = x[(g * 1000 + c) >> 2u];
    let v = fx_max_v4(acc0, x_1);
    acc0 = v;
  }
  let b = acc0.y;
  let v_1 = fx_max(acc0.x, b);
  let b_1 = acc0.z;
  let v_2 = fx_max(v_1, b_1);
  let b_2 = acc0.w;
  let v_3 = fx_max(v_2, b_2);
  var a: f32 = v_3;
  for (var distance = 1u; distance < invocations; distance <<= 1u) {
    let other = subgroupShuffleXor(a, distance);
    let v_4 = fx_max(a, other);
    a = v_4;
  }
  if (place == 0u) {
    parts[lid / invocations] = a;
  }
  workgroupBarrier();
  var a_1: f32 = parts[0u];
  for (var j_1 = 1u; j_1 < 64u / invocations; j_1++) {
    let b_3 = parts[j_1];
    let v_5 = fx_max(a_1, b_3);
    a_1 = v_5;
  }
  workgroupBarrier();
  var acc0_1: vec4<f32> = vec4<f32>(0.0f);
  for (var c_1: i32 = i32(lid) * 4; c_1 < 1000; c_1 += 256) {
    let x_2 = x[(g * 1000 + c_1) >> 2u];
    let v_6 = (x_2 - vec4<f32>(a_1));
    let v_7 = fx_exp_v4(v_6);
    tile[c_1 >> 2u] = v_7;
    let v_8 = (acc0_1 + v_7);
    acc0_1 = v_8;
  }
  let b_4 = acc0_1.y;
  let v_9 = (acc0_1.x + b_4);
  let b_5 = acc0_1.z;
  let v_10 = (v_9 + b_5);
  let b_6 = acc0_1.w;
  let v_11 = (v_10 + b_6);
  var a_2: f32 = v_11;
  for (var distance_1 = 1u; distance_1 < invocations; distance_1 <<= 1u) {
    let other_1 = subgroupShuffleXor(a_2, distance_1);
    let v_12 = (a_2 + other_1);
    a_2 = v_12;
  }
  if (place == 0u) {
    parts[lid / invocations] = a_2;
  }
  workgroupBarrier();
  var a_3: f32 = parts[0u];
  for (var j_2 = 1u; j_2 < 64u / invocations; j_2++) {
    let b_7 = parts[j_2];
    let v_13 = (a_3 + b_7);
    a_3 = v_13;
  }
  workgroupBarrier();
  for (var c_2: i32 = i32(lid) * 4; c_2 < 1000; c_2 += 256) {
    let v_14 = (tile[c_2 >> 2u] / vec4<f32>(a_3));
    out0[(g * 1000 + c_2) >> 2u] = v_14;
  }
}
