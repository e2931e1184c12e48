// add_0: 444 iterations, 4 in an invocation, 2 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 2, 444 × float16, written
//   binding 1: x, buffer 0, 444 × float16, read
//   binding 2: y, buffer 1, 12 × float16, read
// fused:
//   add
enable f16;

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f16>, 111>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f16>, 111>;
@group(0) @binding(2) var<storage, read> y: array<vec4<f16>, 3>;

fn fx_f16_from_v4(h: vec4<u32>) -> vec4<f32> {
  let m = h & vec4<u32>(0x7fffu);
  let normal = bitcast<vec4<f32>>((m << vec4<u32>(13u)) + vec4<u32>(0x38000000u));
  let small = vec4<f32>(m) * vec4<f32>(5.9604645e-8);
  let special = bitcast<vec4<f32>>((m << vec4<u32>(13u)) | vec4<u32>(0x7f800000u));
  let r = select(select(normal, small, m < vec4<u32>(0x400u)), special, m >= vec4<u32>(0x7c00u));
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(r) | ((h & vec4<u32>(0x8000u)) << vec4<u32>(16u)));
}

fn fx_f16_bits_v4(x: vec4<f32>) -> vec4<u32> {
  let b = bitcast<vec4<u32>>(x);
  let sign = (b >> vec4<u32>(16u)) & vec4<u32>(0x8000u);
  let m = b & vec4<u32>(0x7fffffffu);
  let shifted = m - vec4<u32>(0x38000000u);
  let normal = (shifted + vec4<u32>(0xfffu) + ((shifted >> vec4<u32>(13u)) & vec4<u32>(1u))) >> vec4<u32>(13u);
  let small = bitcast<vec4<u32>>(bitcast<vec4<f32>>(m) + vec4<f32>(0.5)) - vec4<u32>(0x3f000000u);
  let finite = select(normal, small, m < vec4<u32>(0x38800000u));
  let r = select(select(finite, vec4<u32>(0x7c00u), m >= vec4<u32>(0x47800000u)), vec4<u32>(0x7e00u), m > vec4<u32>(0x7f800000u));
  return sign | r;
}

fn fx_round_f16_v4(x: vec4<f32>) -> vec4<f32> { return fx_f16_from_v4(fx_f16_bits_v4(x)); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = i32(wid.x * 64u + lid) * 4;
  if (i >= 444) { return; }
  let x_1 = vec4<f32>(x[i >> 2u]);
  let q = i32(u32(i) % 12u);
  let x_2 = vec4<f32>(y[q >> 2u]);
  let v = fx_round_f16_v4((x_1 + x_2));
  out0[i >> 2u] = vec4<f16>(v);
}
