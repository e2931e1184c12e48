// multiply_0: 100000 iterations, 4 in an invocation, 391 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 1, 100000 × float32, written
//   binding 1: x, buffer 0, 100000 × float32, read
// fused:
//   compare
//   exponential
//   subtract
//   multiply
//   select
//   multiply

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 25000>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 25000>;

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
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i0 = i32(wid.x * 64u + lid) * 4;
  if (i0 >= 100000) { return; }
  let x_1 = x[i0 >> 2u];
  let v = (x_1 > vec4<f32>(0.0f));
  let v_1 = fx_exp_v4(x_1);
  let v_2 = (v_1 - vec4<f32>(1.0f));
  let v_3 = (v_2 * vec4<f32>(1.67f));
  let v_4 = select(v_3, x_1, v);
  let v_5 = (v_4 * vec4<f32>(1.05f));
  out0[i0 >> 2u] = v_5;
}
