// tanh_0: a workgroup of 64 for each of 300 iterations
//   binding 0: out0, buffer 2, 120000 × float32, written
//   binding 1: a, buffer 0, 300 × float32, read
//   binding 2: b, buffer 1, 400 × float32, read
// fused:
//   add
//   tanh

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 30000>;
@group(0) @binding(1) var<storage, read> a: array<f32, 300>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>, 100>;

fn fx_power2_v4(k: vec4<i32>) -> vec4<f32> { return bitcast<vec4<f32>>((k + vec4<i32>(127)) << vec4<u32>(23u)); }

fn fx_copysign_v4(x: vec4<f32>, s: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) | (bitcast<vec4<u32>>(s) & vec4<u32>(0x80000000u)));
}

fn fx_is_nan_v4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

fn fx_tanh_v4(x: vec4<f32>) -> vec4<f32> {
  let a = abs(x);
  let c = min(a, vec4<f32>(9.5));
  let n = floor(c * 2.88539f + 0.5);
  let r = c - n * 0.3465736f;
  let s = fx_power2_v4(vec4<i32>(n));
  let q = ((((0.044281308f * r + 0.13387708f) * r + 0.33334193f) * r + 0.6666615f) * r + 0.99999994f) * (r * r) + r;
  let large = 1.0 - 1.0 / (s * q + (s * 0.5 + 0.5));
  let u = x * x;
  let small = (((0.016420081f * u + (-0.05266285f)) * u + 0.13320589f) * u + (-0.3333294f)) * u * a + a;
  return select(fx_copysign_v4(select(large, small, a < vec4<f32>(0.55)), x), x, fx_is_nan_v4(x));
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let g = i32(wid.x);
  let x = a[g];
  for (var i1: i32 = i32(lid) * 4; i1 < 400; i1 += 256) {
    let x_1 = b[i1 >> 2u];
    let v = (vec4<f32>(x) + x_1);
    let v_1 = fx_tanh_v4(v);
    out0[(g * 400 + i1) >> 2u] = v_1;
  }
}
